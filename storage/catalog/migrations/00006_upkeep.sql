-- +goose Up
CREATE INDEX segments_by_digest ON segments (digest);
-- +goose Down
DROP INDEX segments_by_digest;
