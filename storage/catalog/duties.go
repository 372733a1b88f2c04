package catalog

import (
	"context"
	"time"

	"dropcut/pipeline"
)

// Duty is something that one member of a service at a time does now and then.
type Duty struct {
	Name   string
	Member string // who does it
}

// Take takes a duty on for a lease where nobody has it, and it was not done for
// so long. It reports whether it did.
func (db *DB) Take(ctx context.Context, d Duty, every, lease time.Duration) (taken bool, err error) {
	err = db.Write(ctx, func(t *Tx) error {
		n, err := t.exec(`INSERT INTO duties (name, member, until_ms, done_ms) VALUES ($1, $2, now_ms + $3, 0)
			ON CONFLICT (name) DO UPDATE SET member = excluded.member, until_ms = excluded.until_ms
			WHERE duties.until_ms < now_ms AND duties.done_ms <= now_ms - $4`, d.Name, d.Member, lease.Milliseconds(), every.Milliseconds())
		taken = n > 0
		return err
	})
	return taken, err
}

// Hold keeps a duty for another lease. Conflict: another has it by now.
func (db *DB) Hold(ctx context.Context, d Duty, lease time.Duration) error {
	return db.Write(ctx, func(t *Tx) error {
		return t.onDuty(d, `UPDATE duties SET until_ms = now_ms + $3 WHERE name = $1 AND member = $2 AND until_ms > 0`, lease.Milliseconds())
	})
}

// Leave gives a duty back: done, or for another to do at once.
func (db *DB) Leave(ctx context.Context, d Duty, done bool) error {
	return db.Write(ctx, func(t *Tx) error {
		return t.onDuty(d, `UPDATE duties SET until_ms = 0, done_ms = CASE WHEN $3 THEN now_ms ELSE done_ms END WHERE name = $1 AND member = $2 AND until_ms > 0`, done)
	})
}

func (t *Tx) onDuty(d Duty, query string, more any) error {
	n, err := t.exec(query, d.Name, d.Member, more)
	if err == nil && n == 0 {
		err = pipeline.Fail(pipeline.Conflict, "duty_lost", "", "another member does %s now", d.Name)
	}
	return err
}
