// Package catalog keeps dropcut's records in SQL: recordings, moments, clips,
// variants, segments and the work to do. SQL is the truth; everything else
// (queues, files on disk) is a hint or can be made again from it.
package catalog

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite" // the engine behind Open
	sqlite3 "modernc.org/sqlite/lib"

	"dropcut/pipeline"
)

//go:embed migrations/*.sql
var migrations embed.FS

// now is the database's own clock in epoch milliseconds, the only dialect
// fragment: leases are never judged by a worker's clock.
const now = "CAST(unixepoch('subsec') * 1000 AS BIGINT)"

// DB is an open catalogue. All methods may be called at once.
type DB struct{ sql *sql.DB }

// Open opens the catalogue in the SQLite file at path and brings its schema up
// to date. The folder must exist. A commit survives power loss (synchronous=FULL).
func Open(ctx context.Context, path string) (*DB, error) {
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return nil, fail(err, "open catalogue")
	}
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(10000)", "journal_mode(WAL)", "foreign_keys(1)", "synchronous(FULL)"}}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String())
	if err != nil {
		return nil, fail(err, "open catalogue")
	}
	if err := migrate(ctx, db); err != nil {
		return nil, errors.Join(fail(err, "open catalogue %s", path), db.Close())
	}
	return &DB{db}, nil
}

func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// Close lets the database go.
func (db *DB) Close() error { return db.sql.Close() }

const damagedHint = "put a copy of the catalogue back, or name a new --data"

// Intact checks that the database's file is whole; Corrupt says what is not.
func (db *DB) Intact(ctx context.Context) error {
	return db.Write(ctx, func(t *Tx) error {
		var found string
		if err := t.one("database", `PRAGMA integrity_check(1)`, nil, &found); err != nil || found == "ok" {
			return err
		}
		return pipeline.Fail(pipeline.Corrupt, "catalogue_damaged", damagedHint, "the catalogue is damaged: %s", found)
	})
}

// Write runs f in one transaction, which is committed when f returns nil.
func (db *DB) Write(ctx context.Context, f func(*Tx) error) error {
	tx, err := db.sql.BeginTx(ctx, nil)
	if err != nil {
		return fail(err, "open the catalogue")
	}
	if err := f(&Tx{ctx, tx}); err != nil {
		_ = tx.Rollback()
		return err
	}
	return fail(tx.Commit(), "write the catalogue")
}

// Tx is one transaction. It must not outlive the call it was handed to.
type Tx struct {
	ctx context.Context
	tx  *sql.Tx
}

func (t *Tx) exec(query string, args ...any) (int64, error) {
	r, err := t.tx.ExecContext(t.ctx, query, args...)
	if err != nil {
		return 0, fail(err, "catalogue")
	}
	n, err := r.RowsAffected()
	return n, fail(err, "catalogue")
}

// one scans the single row of query into dest; no row is NotFound.
func (t *Tx) one(what, query string, args []any, dest ...any) error {
	err := t.tx.QueryRowContext(t.ctx, query, args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return pipeline.Fail(pipeline.NotFound, "no_such_"+what, "", "there is no such %s", what)
	}
	return fail(err, "read %s", what)
}

// docs reads every row's single JSON column into T.
func docs[T any](t *Tx, query string, args ...any) ([]T, error) {
	rows, err := t.tx.QueryContext(t.ctx, query, args...)
	if err != nil {
		return nil, fail(err, "catalogue")
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, fail(err, "catalogue")
		}
		var v T
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			return nil, pipeline.Fail(pipeline.Corrupt, "catalogue", "", "read catalogue row: %w", err)
		}
		out = append(out, v)
	}
	return out, fail(rows.Err(), "catalogue")
}

// doc reads one row's single JSON column; no row is NotFound.
func doc[T any](t *Tx, what, query string, args ...any) (T, error) {
	var v T
	all, err := docs[T](t, query, args...)
	if err != nil {
		return v, err
	}
	if len(all) == 0 {
		return v, pipeline.Fail(pipeline.NotFound, "no_such_"+what, "", "there is no such %s", what)
	}
	return all[0], nil
}

// text is v as a JSON column.
func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("catalog: a record that is no JSON: %v", err)) // a bug of ours: records are plain data
	}
	return string(b)
}

func fail(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	var known *pipeline.Error
	if errors.As(err, &known) {
		return err
	}
	what := fmt.Sprintf(format, args...)
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return pipeline.Fail(pipeline.Stopped, "stopped", "", "%s: %w", what, err)
	}
	var engine *sqlite.Error
	if errors.As(err, &engine) {
		switch engine.Code() & 0xff {
		case sqlite3.SQLITE_FULL:
			return pipeline.Fail(pipeline.NoRoom, "disk_full", "make room, then run again: finished pieces are kept", "%s: %w", what, err)
		case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
			return pipeline.Fail(pipeline.Corrupt, "catalogue_damaged", damagedHint, "%s: %w", what, err)
		}
	}
	return pipeline.Fail(pipeline.Unavailable, "catalogue", "", "%s: %w", what, err)
}
