-- +goose Up
-- Rows that are done are most of all rows, and nobody looks for them: what
-- is asked for all the time has an index of what is still to be done.
DROP INDEX work_to_do;
CREATE INDEX work_to_claim ON work (priority, id) WHERE waits = 0 AND state IN ('ready', 'running');
CREATE INDEX work_unfinished ON work (id) WHERE state IN ('ready', 'running');
CREATE INDEX work_waits_by_waiter ON work_waits (work_id);
CREATE INDEX reservations_by_work ON reservations (work_id);
CREATE INDEX retired_clips ON clips (moment_id, id) WHERE retired;
-- +goose Down
DROP INDEX retired_clips;
DROP INDEX reservations_by_work;
DROP INDEX work_waits_by_waiter;
DROP INDEX work_unfinished;
DROP INDEX work_to_claim;
CREATE INDEX work_to_do ON work (state, waits, priority, id);
