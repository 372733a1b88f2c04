package catalog

import (
	"context"
	"encoding/json"
	"errors"
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
const claimable = `waits = 0 AND not_before <= ` + now + ` AND (state = 'ready' OR (state = 'running' AND lease_ms < ` + now + `))`

// ToRing is the rows that can be claimed now, most urgent first, at most limit.
// It claims nothing: another may be faster.
func (db *DB) ToRing(ctx context.Context, limit int) ([]Ring, error) {
	rows, err := db.sql.QueryContext(ctx, `SELECT id, kind, fence, priority FROM work WHERE `+claimable+`
		ORDER BY priority, id LIMIT $1`, limit)
	if err != nil {
		return nil, fail(err, "read work")
	}
	defer rows.Close()
	var out []Ring
	for rows.Next() {
		var r Ring
		if err := rows.Scan(&r.ID, &r.Kind, &r.Fence, &r.Priority); err != nil {
			return nil, fail(err, "read work")
		}
		out = append(out, r)
	}
	return out, fail(rows.Err(), "read work")
}

// ClaimRow takes the row with that ID and holds it for lease, where it can be
// claimed now. Otherwise, also where there is no such row, it returns nil.
func (db *DB) ClaimRow(ctx context.Context, id string, lease time.Duration) (*Work, error) {
	var w Work
	var body string
	err := db.Write(ctx, func(t *Tx) error {
		return t.one("work", `UPDATE work SET state = 'running', fence = fence + 1, attempt = attempt + 1, lease_ms = `+now+` + $2
			WHERE id = $1 AND `+claimable+`
			RETURNING id, kind, subject, input, recording, priority, doc, state, attempt, fence`,
			[]any{id, lease.Milliseconds()},
			&w.ID, &w.Kind, &w.Subject, &w.Input, &w.Recording, &w.Priority, &body, &w.State, &w.Attempt, &w.Fence)
	})
	if errors.Is(err, pipeline.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	w.Doc = json.RawMessage(body)
	return &w, nil
}
