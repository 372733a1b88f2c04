-- +goose Up
CREATE TABLE recordings (
  id          TEXT PRIMARY KEY,
  creator     TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  state       TEXT NOT NULL,
  doc         TEXT NOT NULL,            -- pipeline.Recording
  brief       TEXT NOT NULL DEFAULT '{}', -- pipeline.Brief: what the creator asked for
  marks       TEXT NOT NULL DEFAULT '[]', -- every mark, used or why not
  created_ms  BIGINT NOT NULL,
  updated_ms  BIGINT NOT NULL,
  UNIQUE (creator, fingerprint)
);
CREATE INDEX recordings_by_creator ON recordings (creator, id);
CREATE TABLE moments (
  id           TEXT PRIMARY KEY,
  recording_id TEXT NOT NULL REFERENCES recordings (id),
  state        TEXT NOT NULL,
  in_frame     BIGINT NOT NULL,
  doc          TEXT NOT NULL,           -- pipeline.Moment
  updated_ms   BIGINT NOT NULL
);
CREATE INDEX moments_by_recording ON moments (recording_id, in_frame);
CREATE TABLE excerpts (
  id           TEXT PRIMARY KEY,
  moment_id    TEXT NOT NULL REFERENCES moments (id),
  doc          TEXT NOT NULL,           -- pipeline.Excerpted
  created_ms   BIGINT NOT NULL
);
CREATE INDEX excerpts_by_moment ON excerpts (moment_id, id);
CREATE TABLE transcripts (
  moment_id TEXT NOT NULL REFERENCES moments (id),
  language  TEXT NOT NULL,
  doc       TEXT NOT NULL,              -- captions.Transcript
  PRIMARY KEY (moment_id, language)
);
CREATE TABLE clips (
  id        TEXT PRIMARY KEY,
  moment_id TEXT NOT NULL REFERENCES moments (id),
  kind      TEXT NOT NULL,
  n         BIGINT NOT NULL,
  doc       TEXT NOT NULL,              -- pipeline.Clip
  retired   BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE UNIQUE INDEX one_clip_a_place ON clips (moment_id, kind, n) WHERE NOT retired;
CREATE TABLE variants (
  id       TEXT PRIMARY KEY,
  clip_id  TEXT NOT NULL REFERENCES clips (id),
  aspect   TEXT NOT NULL,
  layout   TEXT NOT NULL,
  style    TEXT NOT NULL,
  language TEXT NOT NULL,
  hook     TEXT NOT NULL,
  state    TEXT NOT NULL,
  doc      TEXT NOT NULL,               -- pipeline.Variant
  UNIQUE (clip_id, aspect, layout, style, language, hook)
);
CREATE TABLE segments (
  recipe     TEXT NOT NULL,
  avcc       TEXT NOT NULL,             -- hash of the decoder configuration
  digest     TEXT NOT NULL,
  frames     BIGINT NOT NULL,
  bytes      BIGINT NOT NULL,
  encoder    TEXT NOT NULL,             -- build that made it
  doc        TEXT NOT NULL DEFAULT '{}', -- what is known of a sound: loudness, notes
  created_ms BIGINT NOT NULL,
  PRIMARY KEY (recipe, avcc)
);
CREATE TABLE reservations (
  recipe  TEXT PRIMARY KEY,
  work_id TEXT NOT NULL
);
CREATE TABLE tallies (                  -- what a moment cost since it was last published
  moment_id      TEXT PRIMARY KEY REFERENCES moments (id),
  encoded_frames BIGINT NOT NULL,
  bytes_read     BIGINT NOT NULL,
  cpu_ms         BIGINT NOT NULL,
  since_ms       BIGINT NOT NULL
);
CREATE TABLE work (
  id         TEXT PRIMARY KEY,
  kind       TEXT NOT NULL,
  subject    TEXT NOT NULL,
  input      TEXT NOT NULL,
  recording  TEXT NOT NULL,             -- '' until it is known
  priority   BIGINT NOT NULL,           -- low goes first
  state      TEXT NOT NULL,             -- ready, running, done, failed
  attempt    BIGINT NOT NULL DEFAULT 0,
  fence      BIGINT NOT NULL DEFAULT 0,
  lease_ms   BIGINT NOT NULL DEFAULT 0,
  not_before BIGINT NOT NULL DEFAULT 0,
  waits      BIGINT NOT NULL DEFAULT 0,
  doc        TEXT NOT NULL,             -- what the step needs beside its subject
  failure    TEXT NOT NULL DEFAULT '',  -- pipeline.Error
  UNIQUE (kind, subject, input)
);
CREATE INDEX work_to_do ON work (state, waits, priority, id);
CREATE TABLE work_waits (
  work_id TEXT NOT NULL REFERENCES work (id),
  on_id   TEXT NOT NULL REFERENCES work (id),
  PRIMARY KEY (on_id, work_id)
);
-- +goose Down
DROP TABLE work_waits;
DROP TABLE work;
DROP TABLE tallies;
DROP TABLE reservations;
DROP TABLE segments;
DROP TABLE variants;
DROP TABLE clips;
DROP TABLE transcripts;
DROP TABLE excerpts;
DROP TABLE moments;
DROP TABLE recordings;
