package catalog

import (
	"context"
	"database/sql"
	"time"

	"dropcut/pipeline"
)

// Ring is a row that somebody should be told of: it can be claimed now.
type Ring struct {
	ID       string
	Kind     pipeline.Step
	Fence    int64 // of its last claim; a message that names another is old
	Priority int64
}

// claimable is true of a row that can be claimed now: it is ready and its time
// has come, or whoever claimed it has not been heard of for a lease.
const claimable = `waits = 0 AND state IN ('ready', 'running') AND not_before <= now_ms AND (state = 'ready' OR lease_ms < now_ms)`

// toRing asks for ready rows in the order of their index, and for the few that
// run beside them: with ten thousand ready rows both engines look at a few.
const toRing = `SELECT id, kind, fence, priority FROM (
	SELECT * FROM (SELECT id, kind, fence, priority FROM work
		WHERE state = 'ready' AND waits = 0 AND not_before <= now_ms ORDER BY priority, id LIMIT $1) AS due
	UNION ALL
	SELECT * FROM (SELECT id, kind, fence, priority FROM work
		WHERE state = 'running' AND waits = 0 AND not_before <= now_ms AND lease_ms < now_ms ORDER BY priority, id LIMIT $1) AS lost
	) AS work ORDER BY priority, id LIMIT $1`

// ToRing is the rows that can be claimed now, most urgent first, at most limit.
// It claims nothing: another may be faster.
func (db *DB) ToRing(ctx context.Context, limit int) ([]Ring, error) {
	var out []Ring
	err := db.run(ctx, db.single, func(t *Tx) error {
		out = nil
		return t.each(toRing,
			[]any{limit}, func(rows *sql.Rows) error {
				var r Ring
				err := rows.Scan(&r.ID, &r.Kind, &r.Fence, &r.Priority)
				out = append(out, r)
				return err
			})
	})
	return out, err
}

// ClaimRow takes the row with that ID and holds it for lease, where it can be
// claimed now. Otherwise, also where there is no such row, it returns nil.
func (db *DB) ClaimRow(ctx context.Context, id string, lease time.Duration) (*Work, error) {
	return db.claim(ctx, `id = $2 AND `+claimable, lease, id)
}
