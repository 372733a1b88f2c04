package workers

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

func TestAnObjectThatCannotBeTakenInIsAnEvent(t *testing.T) {
	t.Parallel()
	db, err := catalog.Open(t.Context(), filepath.Join(t.TempDir(), "c.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for creator, doc := range map[string]string{"ada": `{"creator":"ada"}`, "bob": `{"creator":7}`, "eve": `no document`} {
		key := creator + "/broken.mp4"
		if creator == "ada" {
			key = "as its row says/broken.mp4"
		}
		a := catalog.Arrival{Source: "in", Key: key, Version: "1", Size: 1}
		if err := db.Write(t.Context(), func(tx *catalog.Tx) (err error) {
			if a, err = tx.Seen(a); err == nil {
				_, err = tx.Accept(a, catalog.Work{Kind: pipeline.Ingest, Subject: "in " + key, Input: "1", Doc: []byte(doc)})
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		w, err := db.Claim(t.Context(), time.Hour)
		if err != nil || w == nil {
			t.Fatal(w, err)
		}
		why := pipeline.Fail(pipeline.Invalid, "no_index", "", "no")
		if err := db.Write(t.Context(), func(tx *catalog.Tx) error { return errors.Join(tx.FinishFailed(*w, why), fails(tx, *w, why)) }); err != nil {
			t.Errorf("a row with the document %s never fails: %v", doc, err)
		}
		all, err := db.Events(t.Context(), creator, catalog.Since{While: time.Hour}, 9)
		if err != nil || len(all) != 1 || all[0].Kind != "landing" || all[0].Subject != w.ID || all[0].Key != key {
			t.Errorf("%s: %+v, %v", doc, all, err)
		}
	}
}
