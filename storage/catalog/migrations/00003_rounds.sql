-- +goose Up
ALTER TABLE work ADD COLUMN moment TEXT NOT NULL DEFAULT '';      -- which moment it is for, where it is for one
ALTER TABLE work ADD COLUMN began_ms BIGINT NOT NULL DEFAULT 0;   -- its first attempt
ALTER TABLE work ADD COLUMN ended_ms BIGINT NOT NULL DEFAULT 0;   -- done or failed for good
CREATE INDEX work_by_recording ON work (recording, state);
ALTER TABLE arrivals ADD COLUMN rounds BIGINT NOT NULL DEFAULT 0; -- how often it was taken
ALTER TABLE variants ADD COLUMN asked BOOLEAN NOT NULL DEFAULT FALSE; -- a person asked for it by itself
CREATE TABLE events (                                             -- what changed its state, for those who watch
  id        TEXT PRIMARY KEY,
  at_ms     BIGINT NOT NULL,
  kind      TEXT NOT NULL,                                        -- recording, moment, variant
  subject   TEXT NOT NULL,
  recording TEXT NOT NULL,
  state     TEXT NOT NULL,
  failure   TEXT NOT NULL DEFAULT ''                              -- pipeline.Error
);
CREATE INDEX events_by_time ON events (at_ms, id);
-- +goose Down
DROP TABLE events;
ALTER TABLE variants DROP COLUMN asked;
ALTER TABLE arrivals DROP COLUMN rounds;
DROP INDEX work_by_recording;
ALTER TABLE work DROP COLUMN ended_ms;
ALTER TABLE work DROP COLUMN began_ms;
ALTER TABLE work DROP COLUMN moment;
