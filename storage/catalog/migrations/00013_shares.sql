-- +goose Up
CREATE TABLE share_sources (        -- who counts
  id      BIGINT PRIMARY KEY,
  creator TEXT NOT NULL,
  source  TEXT NOT NULL,
  UNIQUE (creator, source)
);
CREATE TABLE share_subjects (       -- what a source counts, by the name it has for it
  id        BIGINT PRIMARY KEY,
  source_id BIGINT NOT NULL REFERENCES share_sources (id),
  creator   TEXT NOT NULL,
  named     TEXT NOT NULL,          -- pipeline.Named.Key
  UNIQUE (creator, named, source_id)
);
CREATE TABLE share_events (         -- counted re-shares, each once
  source_id   BIGINT NOT NULL,      -- of share_sources
  id          TEXT NOT NULL,        -- the source's own
  subject_id  BIGINT NOT NULL,      -- of share_subjects
  occurred_ms BIGINT NOT NULL,
  received_ms BIGINT NOT NULL,
  PRIMARY KEY (source_id, id)
) by_key;
CREATE INDEX share_events_by_time ON share_events (subject_id, occurred_ms, received_ms); -- counting reads nothing else
CREATE TABLE snapshots (            -- cumulative counters at a time
  subject_id  BIGINT NOT NULL,      -- of share_subjects
  observed_ms BIGINT NOT NULL,
  id          TEXT NOT NULL,
  views       BIGINT,               -- NULL: not told
  shares      BIGINT,
  likes       BIGINT,
  comments    BIGINT,
  grain       TEXT NOT NULL,
  received_ms BIGINT NOT NULL,
  PRIMARY KEY (subject_id, observed_ms)
);
CREATE TABLE post_names (           -- what a post may be named by
  creator  TEXT NOT NULL,
  named    TEXT NOT NULL,
  post_id  TEXT NOT NULL,
  posted_ms BIGINT NOT NULL,
  until_ms BIGINT NOT NULL,         -- what happened by then is this post's; later another has the same name
  PRIMARY KEY (creator, named, post_id)
);
CREATE INDEX post_names_by_post ON post_names (post_id);
CREATE TABLE polls (                -- posts whose platform is asked for counters
  post_id     TEXT PRIMARY KEY,
  creator     TEXT NOT NULL,
  platform    TEXT NOT NULL,
  external_id TEXT NOT NULL,
  posted_ms   BIGINT NOT NULL,
  due_ms      BIGINT NOT NULL       -- when to ask next; 0: no more
);
CREATE INDEX polls_due ON polls (platform, due_ms) WHERE due_ms > 0;
-- +goose Down
DROP TABLE polls;
DROP TABLE post_names;
DROP TABLE snapshots;
DROP TABLE share_events;
DROP TABLE share_subjects;
DROP TABLE share_sources;
