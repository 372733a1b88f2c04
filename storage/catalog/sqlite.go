package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the engine
)

// inSQLite is one file and one process: BEGIN IMMEDIATE lets one transaction
// in at a time.
var inSQLite = dialect{
	queries: strings.NewReplacer(
		"now_ms", "CAST(unixepoch('subsec') * 1000 AS BIGINT)",
		"skip_locked", "",
		"for_update", "",
		"each_row", "json_each($1)"),
	schema:    strings.NewReplacer(" by_key;", " WITHOUT ROWID;"),
	goose:     goose.DialectSQLite3,
	reading:   &sql.TxOptions{ReadOnly: true}, // BEGIN, where others begin with the lock of a writer
	exclusive: true,
}

// What a commit changed lies in the log until so many pages of it do, and only
// then is laid into the file. With SQLite's 1000 pages, a commit of a thousand
// share events, which lie all over the file, laid all of its pages there each
// time: the more the file held, the slower (6,000 events a second at 200,000
// rows, and falling; with 16,384 it stays at 11,000; 2026-11-26, two cores).
const (
	logPages  = 16_384 // 64 MiB of log
	pageCache = 64_000 // KiB at most: inner pages and most leaves of what is counted
)

// openSQLite opens the file at path. Its folder must exist. A commit survives
// power loss (synchronous=FULL).
func openSQLite(ctx context.Context, path string) (*DB, error) {
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return nil, fail(ctx, err, "open catalogue")
	}
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(10000)", "journal_mode(WAL)", "foreign_keys(1)", "synchronous(FULL)",
		fmt.Sprintf("wal_autocheckpoint(%d)", logPages), fmt.Sprintf("cache_size(-%d)", pageCache)}}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String())
	if err != nil {
		return nil, fail(ctx, err, "open catalogue")
	}
	if err := inSQLite.migrate(ctx, db); err != nil {
		return nil, errors.Join(fail(ctx, err, "open catalogue %s", path), db.Close())
	}
	db.SetMaxOpenConns(1) // who waits stands in a queue, and polls no lock until a timeout
	return &DB{db, inSQLite}, nil
}
