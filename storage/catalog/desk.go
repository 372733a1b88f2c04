package catalog

import (
	"context"
	"time"
)

// A creator's desk is where its clips are judged, handed to schedulers and
// reported on. One transaction at a time is at it: so no clip is handed out
// twice, and nothing is handed out that was just recalled.

// AtDesk runs f in one transaction that locks what it decides on: Enter comes
// first. Unlike in Write, transactions do not meet: they wait for each other.
// What Write says of errors and of calling f again is true here too.
func (db *DB) AtDesk(ctx context.Context, f func(*Tx) error) error {
	return db.run(ctx, db.single, f)
}

// Read runs f in one transaction that only reads. On PostgreSQL each of its
// statements sees what was committed before it.
func (db *DB) Read(ctx context.Context, f func(*Tx) error) error {
	return db.run(ctx, db.reading, f)
}

// Enter waits until nobody else is at a creator's desk, until the transaction ends.
func (t *Tx) Enter(creator string) error {
	_, err := t.exec(`INSERT INTO desks (creator, entries) VALUES ($1, 1)
		ON CONFLICT (creator) DO UPDATE SET entries = desks.entries + 1`, creator)
	return err
}

// Now is the database's clock.
func (t *Tx) Now() (time.Time, error) {
	var ms int64
	err := t.one("clock", `SELECT now_ms`, nil, &ms)
	return time.UnixMilli(ms).UTC(), err
}

// at is a time of a column, nil for 0.
func at(ms int64) *time.Time {
	if ms == 0 {
		return nil
	}
	t := time.UnixMilli(ms).UTC()
	return &t
}

// ms is a time as a column, 0 for nil.
func ms(t *time.Time) int64 {
	if t == nil {
		return 0
	}
	return t.UnixMilli()
}
