-- +goose Up
CREATE TABLE duties (               -- what one member at a time does now and then
  name     TEXT PRIMARY KEY,
  member   TEXT NOT NULL,           -- who has it, or had it last
  until_ms BIGINT NOT NULL,         -- it is held until then; 0: by nobody
  done_ms  BIGINT NOT NULL          -- when it was done last; 0: never
);
-- +goose Down
DROP TABLE duties;
