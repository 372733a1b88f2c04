-- +goose Up
CREATE INDEX recordings_in_work ON recordings (creator) WHERE state IN ('found', 'open', 'sealed', 'detected');
-- +goose Down
DROP INDEX recordings_in_work;
