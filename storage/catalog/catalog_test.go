package catalog

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/storagetest/postgres"
)

func TestMain(m *testing.M) {
	if file := os.Getenv(childWriter); file != "" {
		fmt.Fprintln(os.Stderr, beWriter(file))
		os.Exit(1)
	}
	if where := os.Getenv(childCounter); where != "" {
		fmt.Fprintln(os.Stderr, beCounter(where))
		os.Exit(1)
	}
	os.Exit(postgres.Around(m).Run())
}

// both runs a test on a fresh catalogue of each engine.
func both(t *testing.T, f func(t *testing.T, db *DB)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, inFile(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		f(t, onServer(t))
	})
}

func inFile(t testing.TB) *DB { return open(t, filepath.Join(t.TempDir(), "odd name %?#.db")) }

func onServer(t testing.TB) *DB { return open(t, postgres.Database(t)) }

func open(t testing.TB, where string) *DB {
	t.Helper()
	db, err := Open(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func write(t testing.TB, db *DB, f func(*Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func enqueue(t testing.TB, db *DB, kind pipeline.Step, subject string, on ...string) string {
	t.Helper()
	var id string
	write(t, db, func(tx *Tx) (err error) {
		id, err = tx.Enqueue(Work{Kind: kind, Subject: subject, Input: "i"}, on...)
		return err
	})
	return id
}

func claim(t testing.TB, db *DB, lease time.Duration) *Work {
	t.Helper()
	w, err := db.Claim(t.Context(), lease)
	if err != nil {
		t.Fatal(err)
	}
	return w
}
