// Package catalog keeps dropcut's records in SQL: recordings, moments, clips,
// variants, segments and the work to do. SQL is the truth; everything else
// (queues, files on disk) is a hint or can be made again from it.
//
// The engine is SQLite, for one process, or PostgreSQL, for many. Queries are
// written once; what the engines say differently stands in their dialects.
package catalog

import (
	"context"
	"database/sql"
	"strings"

	"dropcut/pipeline"
)

// DB is an open catalogue. All methods may be called at once.
type DB struct {
	sql *sql.DB
	dialect
}

// Open opens the catalogue at where, the path of an SQLite file or the URL of a
// PostgreSQL database (postgres://…), and brings its schema up to date. A
// server that does not answer is Unavailable, a URL that cannot be read Usage;
// no error shows its password.
func Open(ctx context.Context, where string) (*DB, error) {
	if strings.HasPrefix(where, "postgres://") || strings.HasPrefix(where, "postgresql://") {
		return openPostgres(ctx, where, patience)
	}
	return openSQLite(ctx, where)
}

// Close lets the database go.
func (db *DB) Close() error { return db.sql.Close() }

// Intact checks that an SQLite file is whole; Corrupt says what is not. A
// PostgreSQL server looks after its own files: there it checks that it answers.
func (db *DB) Intact(ctx context.Context) error {
	if !db.exclusive {
		var one int
		return db.one(ctx, "database", `SELECT 1`, nil, &one)
	}
	var found string
	if err := db.one(ctx, "database", `PRAGMA integrity_check(1)`, nil, &found); err != nil || found == "ok" {
		return err
	}
	return pipeline.Fail(pipeline.Corrupt, "catalogue_damaged", damagedHint, "the catalogue is damaged: %s", found)
}

// alone refuses what only the process may do that holds the catalogue's lock.
func (db *DB) alone(what string) error {
	if db.exclusive {
		return nil
	}
	return pipeline.Fail(pipeline.Internal, "not_alone", "", "%s: other processes work on this catalogue", what)
}
