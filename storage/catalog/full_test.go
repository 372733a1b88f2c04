package catalog

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dropcut/pipeline"
)

func TestAFullDatabaseIsNoRoom(t *testing.T) {
	db := inFile(t)
	db.sql.SetMaxOpenConns(1) // the limit below is the connection's
	if _, err := db.sql.Exec(`PRAGMA max_page_count = 1`); err != nil {
		t.Fatal(err)
	}
	err := db.Write(t.Context(), func(tx *Tx) error {
		_, err := tx.Enqueue(Work{Kind: pipeline.Ingest, Subject: strings.Repeat("long", 1<<20), Input: "i"})
		return err
	})
	if e := pipeline.AsError(err, ""); !errors.Is(err, pipeline.NoRoom) || e.Hint == "" {
		t.Errorf("kind %s, hint %q: %v", e.Kind, e.Hint, err)
	}
}

func TestADamagedDatabaseIsCorrupt(t *testing.T) {
	file := filepath.Join(t.TempDir(), "catalog.db")
	db, err := Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		enqueue(t, db, pipeline.Ingest, strings.Repeat("subject", i+1))
	}
	if err := errors.Join(db.Intact(t.Context()), db.Close()); err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for at := 4 << 10; at < len(body); at++ {
		body[at] ^= 0x55
	}
	if err := os.WriteFile(file, body, 0o644); err != nil {
		t.Fatal(err)
	}
	db, err = Open(t.Context(), file)
	if err == nil {
		defer db.Close()
		err = db.Intact(t.Context())
	}
	if !errors.Is(err, pipeline.Corrupt) {
		t.Errorf("every page but the first was damaged: %v", err)
	}
}
