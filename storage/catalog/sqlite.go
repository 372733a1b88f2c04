package catalog

import (
	"context"
	"database/sql"
	"errors"
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
		"skip_locked", ""),
	schema:    strings.NewReplacer(),
	goose:     goose.DialectSQLite3,
	exclusive: true,
}

// openSQLite opens the file at path. Its folder must exist. A commit survives
// power loss (synchronous=FULL).
func openSQLite(ctx context.Context, path string) (*DB, error) {
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return nil, fail(ctx, err, "open catalogue")
	}
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(10000)", "journal_mode(WAL)", "foreign_keys(1)", "synchronous(FULL)"}}
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
