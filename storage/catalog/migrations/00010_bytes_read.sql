-- +goose Up
ALTER TABLE recordings ADD COLUMN bytes_read BIGINT NOT NULL DEFAULT 0; -- of the recording, by all steps ever
-- +goose Down
ALTER TABLE recordings DROP COLUMN bytes_read;
