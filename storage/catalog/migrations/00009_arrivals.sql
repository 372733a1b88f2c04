-- +goose Up
ALTER TABLE arrivals ADD COLUMN refused TEXT NOT NULL DEFAULT ''; -- pipeline.Error: why it is not looked at; '' where it is
CREATE INDEX arrivals_by_work ON arrivals (work_id);
CREATE INDEX arrivals_open ON arrivals (source, key) WHERE accepted = '';
CREATE INDEX arrivals_refused ON arrivals (source, key) WHERE refused <> '';
CREATE INDEX work_ingests ON work (kind, state) WHERE kind = 'ingest' AND state <> 'done';
-- +goose Down
DROP INDEX work_ingests;
DROP INDEX arrivals_refused;
DROP INDEX arrivals_open;
DROP INDEX arrivals_by_work;
ALTER TABLE arrivals DROP COLUMN refused;
