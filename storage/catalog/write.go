package catalog

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"

	"dropcut/pipeline"
)

// Write runs f in one transaction, which is committed when f returns nil. What
// transactions do is as if they had run one after another. f works with its Tx
// alone: what it asked of the DB itself would wait for f to end.
//
// On PostgreSQL f is called again where it met another transaction, or lost its
// connection before the commit: f must assign to what it captures, not append
// to it or count on it. Unavailable with code answer_lost, and Stopped, leave
// open whether the commit was done: fences and unique keys make it harmless to
// do all of it again. With any other error nothing was kept.
func (db *DB) Write(ctx context.Context, f func(*Tx) error) error {
	return db.run(ctx, db.whole, f)
}

// one runs a single statement that is atomic by itself, and scans its row into
// dest; no row is NotFound. It meets no other transaction, and so is not run
// again for one.
func (db *DB) one(ctx context.Context, what, query string, args []any, dest ...any) error {
	return db.run(ctx, db.single, func(t *Tx) error { return t.one(what, query, args, dest...) })
}

const (
	tries        = 100 // of a transaction that meets others
	longestPause = 100 * time.Millisecond
)

func (db *DB) run(ctx context.Context, how *sql.TxOptions, f func(*Tx) error) error {
	var err error
	for n := range tries {
		var again bool
		if again, err = db.attempt(ctx, how, f); !again {
			return err
		}
		pause := min(time.Millisecond<<min(n, 10), longestPause)
		select {
		case <-time.After(rand.N(pause)): // apart from those that were met
		case <-ctx.Done():
			return fail(ctx, ctx.Err(), "write the catalogue")
		}
	}
	return pipeline.Fail(pipeline.Unavailable, "catalogue_busy", "fewer workers, or a faster database, would help",
		"%d tries met other transactions: %w", tries, err)
}

// attempt runs f once. again says that nothing was kept, and that another
// attempt may succeed.
func (db *DB) attempt(ctx context.Context, how *sql.TxOptions, f func(*Tx) error) (again bool, err error) {
	within, cancel := ctx, func() {}
	if db.silence > 0 {
		within, cancel = context.WithTimeout(ctx, db.silence)
	}
	defer cancel()
	tx, err := db.sql.BeginTx(within, how)
	if err != nil {
		return wasCut(err), fail(ctx, err, "open the catalogue")
	}
	t := &Tx{ctx: within, asked: ctx, tx: tx, words: db.queries}
	if err := f(t); err != nil || t.rerun != nil {
		_ = tx.Rollback()
		return t.rerun != nil, errors.Join(err, t.rerun)
	}
	err = tx.Commit()
	return metAnother(err), db.commitFailed(ctx, err)
}

// commitFailed says what became of a commit.
func (db *DB) commitFailed(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, pgx.ErrTxCommitRollback):
		return pipeline.Fail(pipeline.Internal, "went_on", "", "a transaction went on after a statement had failed: %w", err)
	case !db.exclusive && ctx.Err() == nil && (sqlState(err) == "" || wasCut(err)):
		return pipeline.Fail(pipeline.Unavailable, "answer_lost", serverHint, "the catalogue's answer to a commit was lost: %w", err)
	}
	return fail(ctx, err, "write the catalogue")
}
