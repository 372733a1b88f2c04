-- +goose Up
CREATE TABLE live_marks (           -- what was marked while a show went on, or by hand later
  id         TEXT PRIMARY KEY,
  creator    TEXT NOT NULL,
  recording  TEXT NOT NULL,         -- '' where the clock alone tells which
  clock_ms   BIGINT NOT NULL,       -- by wall clock; 0 where an offset on the recording was told
  doc        TEXT NOT NULL,         -- pipeline.LiveMark
  created_ms BIGINT NOT NULL
);
CREATE INDEX live_marks_by_creator ON live_marks (creator, id);
CREATE INDEX live_marks_by_clock ON live_marks (creator, clock_ms);
CREATE INDEX live_marks_by_recording ON live_marks (recording) WHERE recording <> '';
-- +goose Down
DROP TABLE live_marks;
