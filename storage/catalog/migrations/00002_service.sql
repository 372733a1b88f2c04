-- +goose Up
CREATE TABLE arrivals (                        -- objects of source buckets that may be recordings
  source          TEXT NOT NULL,               -- as the wiring names buckets
  key             TEXT NOT NULL,
  version         TEXT NOT NULL,               -- as last listed
  size            BIGINT NOT NULL,
  listed          BIGINT NOT NULL,             -- how often in a row it was listed like this
  since_ms        BIGINT NOT NULL,             -- since when it is like this
  beside          TEXT NOT NULL,               -- digest of the versions of what lies beside it, as last listed
  beside_ms       BIGINT NOT NULL,             -- since when that is so
  accepted        TEXT NOT NULL DEFAULT '',    -- the version that was taken; '' for none yet
  accepted_beside TEXT NOT NULL DEFAULT '',
  accepted_ms     BIGINT NOT NULL DEFAULT 0,   -- when that version was taken first
  work_id         TEXT NOT NULL DEFAULT '',    -- the newest ingest row
  PRIMARY KEY (source, key)
);
-- +goose Down
DROP TABLE arrivals;
