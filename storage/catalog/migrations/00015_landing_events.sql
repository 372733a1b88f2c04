-- +goose Up
ALTER TABLE events ADD COLUMN creator TEXT NOT NULL DEFAULT ''; -- of a landing; '' where its recording says whose it is
ALTER TABLE events ADD COLUMN key TEXT NOT NULL DEFAULT '';     -- of a landing: where it lies in its source
-- +goose Down
ALTER TABLE events DROP COLUMN key;
ALTER TABLE events DROP COLUMN creator;
