package disk

import (
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"modernc.org/sqlite"
)

// TestACallThatFailsIsAnErrorAndTheNextIsNot: for every call of one insertion.
func TestACallThatFailsIsAnErrorAndTheNextIsNot(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	d := Under(t, folder)
	db, err := sql.Open("sqlite", filepath.Join(folder, "a.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(t.Context(), `CREATE TABLE a (n INTEGER)`); err != nil {
		t.Fatal(err)
	}
	insert := func(fails int64) (calls int64, what string, err error) {
		var said atomic.Int64
		d.Hear(func(c Call) bool {
			if said.Add(1) != fails {
				return false
			}
			what = c.What + " " + c.File
			return true
		})
		_, err = db.ExecContext(t.Context(), `INSERT INTO a VALUES (1)`)
		d.Hear(nil)
		return said.Load(), what, err
	}
	n, _, err := insert(0)
	if err != nil || n < 2 {
		t.Fatalf("an insertion makes %d calls: %v", n, err)
	}
	kept, seen := 1, ""
	for k := int64(1); k <= n; k++ {
		_, what, err := insert(k)
		var of *sqlite.Error
		if !errors.As(err, &of) || of.Code()&0xff != 10 { // SQLITE_IOERR
			t.Errorf("call %d, %s, fails: %v", k, what, err)
		}
		seen += what + ", "
		if _, _, err := insert(0); err != nil {
			t.Errorf("after call %d had failed: %v", k, err)
		}
		kept++
	}
	var rows int
	if err := db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM a`).Scan(&rows); err != nil || rows != kept {
		t.Errorf("%d rows are kept, want %d: %v", rows, kept, err)
	}
	if !strings.Contains(seen, "write a.db-wal") || !strings.Contains(seen, "sync a.db-wal") {
		t.Errorf("only these were heard: %s", seen)
	}
}

func TestFilesElsewhereAreNotHeard(t *testing.T) {
	t.Parallel()
	d := Under(t, t.TempDir())
	d.Hear(func(Call) bool { return true })
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "b.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), `CREATE TABLE b (n INTEGER)`); err != nil {
		t.Error(err)
	}
}
