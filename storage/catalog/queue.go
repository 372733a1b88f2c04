package catalog

import (
	"context"
	"database/sql"
	"time"

	"dropcut/pipeline"
)

// Queue is what is to be done, by urgency.
type Queue struct {
	Rows map[pipeline.Urgency]map[string]int64 // by "running", "due" and "waiting"
	Age  map[pipeline.Urgency]time.Duration    // of the oldest row that is due
	Full int64                                 // rows, of those that wait, for which there was no room
}

// Queue counts the rows that are not finished.
func (db *DB) Queue(ctx context.Context) (Queue, error) {
	var q Queue
	err := db.run(ctx, db.single, func(t *Tx) error {
		q = Queue{Rows: map[pipeline.Urgency]map[string]int64{}, Age: map[pipeline.Urgency]time.Duration{}}
		for _, u := range pipeline.Urgencies {
			q.Rows[u] = map[string]int64{"running": 0, "due": 0, "waiting": 0}
		}
		return t.each(`SELECT priority, state, waits = 0 AND not_before <= now_ms, id FROM work WHERE state IN ('ready', 'running')`,
			nil, func(rows *sql.Rows) error {
				var priority int64
				var state WorkState
				var due bool
				var id string
				if err := rows.Scan(&priority, &state, &due, &id); err != nil {
					return err
				}
				q.add(pipeline.UrgencyOf(priority), state, due, id)
				return nil
			})
	})
	if err != nil {
		return q, err
	}
	err = db.one(ctx, "count", `SELECT COUNT(*) FROM work WHERE `+withoutRoom, nil, &q.Full)
	return q, err
}

func (q Queue) add(u pipeline.Urgency, state WorkState, due bool, id string) {
	switch {
	case state == WorkRunning:
		q.Rows[u]["running"]++
	case !due:
		q.Rows[u]["waiting"]++
	default:
		q.Rows[u]["due"]++
		if at, ok := pipeline.MintedAt(id); ok {
			q.Age[u] = max(q.Age[u], time.Since(at))
		}
	}
}
