-- +goose Up
CREATE TABLE disk_room (            -- what work in hand has reserved of the disks of machines
  work_id TEXT NOT NULL,            -- with fence: a claim; once that is over, nothing is reserved
  fence   BIGINT NOT NULL,
  disk    TEXT NOT NULL,            -- as the machine names it
  bytes   BIGINT NOT NULL,
  PRIMARY KEY (work_id, disk)
);
CREATE INDEX disk_room_by_disk ON disk_room (disk);
-- +goose Down
DROP TABLE disk_room;
