package catalog

import (
	"context"
	"database/sql"
	"embed"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
)

// dialect is all that one engine says otherwise than the other. Queries and
// migrations are written once; where the engines differ they hold a word that
// stands for what each says:
//
//	now_ms       the database's own clock in epoch milliseconds: leases are
//	             never judged by a worker's clock
//	skip_locked  at the end of a SELECT: keep off rows that another claims now
//	for_update   at the end of a SELECT: wait for who changes these rows now,
//	             and then read what they became
//	each_row     in FROM: the members of $1, a list in JSON, each as value
//	by_key       at the end of a CREATE TABLE: rows lie in the order of their
//	             key, and not beside an index of it, where an engine can
type dialect struct {
	queries   *strings.Replacer
	schema    *strings.Replacer
	goose     goose.Dialect
	options   []goose.ProviderOption
	whole     *sql.TxOptions // of Write: as if transactions ran one after another
	single    *sql.TxOptions // of one statement that is atomic by itself
	reading   *sql.TxOptions // of Read: it keeps no writer waiting, in whatever process
	silence   time.Duration  // a transaction this long without an answer is given up; 0: never
	exclusive bool           // one process alone has the catalogue, and proves it by a lock
}

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema up to date.
func (d dialect) migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(d.goose, db, spoken{files, d.schema}, d.options...)
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// spoken is migrations as an engine says them.
type spoken struct {
	fs.FS
	words *strings.Replacer
}

// Open implements fs.FS.
func (s spoken) Open(name string) (fs.File, error) {
	f, err := s.FS.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return f, err
	}
	text, err := io.ReadAll(f)
	return spokenFile{f, strings.NewReader(s.words.Replace(string(text)))}, err
}

type spokenFile struct {
	fs.File
	text io.Reader
}

// Read implements fs.File.
func (f spokenFile) Read(p []byte) (int, error) { return f.text.Read(p) }
