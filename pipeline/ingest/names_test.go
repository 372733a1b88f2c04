package ingest

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
	"dropcut/storage/dir"
)

// accept is the row that takes in a file as a service does, by its arrival, in hand.
func (d *dock) accept(t *testing.T, key string, req Request) *catalog.Work {
	t.Helper()
	b, err := dir.OpenExisting(d.folder)
	if err != nil {
		t.Fatal(err)
	}
	o, err := b.Stat(t.Context(), key)
	if err = errors.Join(err, b.Close()); err != nil {
		t.Fatal(err)
	}
	req.Creator, req.Source, req.Key, req.Name, req.ByID = "ada", d.folder, key, key, true
	doc, _ := json.Marshal(req)
	d.write(t, func(tx *catalog.Tx) error {
		a, err := tx.Seen(catalog.Arrival{Source: d.folder, Key: key, Version: o.Version, Size: o.Size, Beside: pipeline.Mint(pipeline.RoundID)})
		if err != nil {
			return err
		}
		_, err = tx.Accept(a, catalog.Work{Kind: pipeline.Ingest, Subject: d.folder + " " + key, Input: a.Beside, Doc: doc})
		return err
	})
	time.Sleep(2 * time.Millisecond) // the database's clock counts milliseconds
	w, err := d.db.Claim(t.Context(), time.Hour)
	if err != nil || w == nil {
		t.Fatal(err)
	}
	return w
}

// land takes in a file, and gives the recording, its brief, and whether the line
// goes on with it.
func (d *dock) land(t *testing.T, key string, brief pipeline.Brief) (rec pipeline.Recording, now pipeline.Brief, on bool) {
	t.Helper()
	w := d.accept(t, key, Request{Brief: brief})
	out, err := d.Do(t.Context(), *w, func(float64) {})
	if err != nil {
		t.Fatal(err)
	}
	d.write(t, func(tx *catalog.Tx) error {
		if err := errors.Join(out.Keep(tx), tx.Finish(*w)); err != nil {
			return err
		}
		all, err := tx.Recordings()
		if err != nil || len(all) != 1 {
			t.Fatalf("%d recordings, %v", len(all), err)
		}
		rec = all[0]
		now, err = tx.Brief(rec.ID)
		return err
	})
	return rec, now, out.Next[0].Subject != ""
}

// copies puts the same bytes under another name, written later.
func (d *dock) copies(t *testing.T, from, to string) {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(d.folder, from))
	if err == nil {
		err = os.WriteFile(filepath.Join(d.folder, to), body, 0o600)
	}
	later := time.Now().Add(time.Hour)
	if err = errors.Join(err, os.Chtimes(filepath.Join(d.folder, to), later, later)); err != nil {
		t.Fatal(err)
	}
}

func same(a, b any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

// TestASecondNameOfARecordingTakesNothingFromIt: the life of a recording that
// is copied, given words under its copy's name, named better, and moved.
func TestASecondNameOfARecordingTakesNothingFromIt(t *testing.T) {
	t.Parallel()
	d := newDock(t)
	d.draw(t, "night.mp4", show("16")...)
	asked := pipeline.Brief{Shorts: 3, Marks: []pipeline.Sidecar{{Name: "night.csv", Digest: "sha256:1"}},
		Plan: &pipeline.Sidecar{Name: "drop.yaml", Digest: "sha256:2"}, Drop: &pipeline.DropPlan{Name: "night drop"}, Dictionary: []pipeline.Term{{Write: "Kenji"}}}
	first, brief, _ := d.land(t, "night.mp4", asked)

	d.copies(t, "night.mp4", "second.mp4")
	rec, now, on := d.land(t, "second.mp4", pipeline.Brief{Shorts: 3})
	if on || !same(rec, first) || !same(now, brief) {
		t.Errorf("a copy with nothing beside it: goes on %v\n%+v\n%+v", on, rec, now)
	}

	words := []pipeline.Sidecar{{Name: "second.srt", Digest: "sha256:3"}}
	rec, now, on = d.land(t, "second.mp4", pipeline.Brief{Shorts: 3, Transcripts: words})
	if !on || !same(rec, first) || !same(now.Marks, asked.Marks) || !same(now.Transcripts, words) || now.Drop == nil {
		t.Errorf("words beside the copy: goes on %v\n%+v\n%+v", on, rec, now)
	}
	rec, now, on = d.land(t, "night.mp4", asked)
	if !on || rec.Key != "night.mp4" || !same(now.Transcripts, words) || !same(now.Marks, asked.Marks) {
		t.Errorf("something else beside the first: goes on %v\n%+v\n%+v", on, rec, now)
	}

	d.copies(t, "night.mp4", "2026-01-01 20-00-00.mp4")
	rec, _, on = d.land(t, "2026-01-01 20-00-00.mp4", pipeline.Brief{Shorts: 3})
	if !on || rec.Key != "night.mp4" || rec.StartedFrom != pipeline.StartFromName || rec.StartedAt.Year() != 2026 || rec.StartedAt.Equal(*first.StartedAt) {
		t.Errorf("a name that says when: goes on %v, %+v", on, rec)
	}

	for _, gone := range []string{"night.mp4", "2026-01-01 20-00-00.mp4"} {
		if err := os.Remove(filepath.Join(d.folder, gone)); err != nil {
			t.Fatal(err)
		}
	}
	rec, now, on = d.land(t, "second.mp4", pipeline.Brief{Shorts: 3})
	if !on || rec.Key != "second.mp4" || rec.StartedFrom != pipeline.StartFromName || !same(now.Marks, asked.Marks) || now.Drop == nil {
		t.Errorf("moved: goes on %v\n%+v\n%+v", on, rec, now)
	}
	if rec, now, _ = d.land(t, "second.mp4", pipeline.Brief{Shorts: 3, Marks: words}); !same(now.Marks, words) {
		t.Errorf("other marks beside the only name that is left: %+v\n%+v", now, rec)
	}
}

// TestANameThatIsNotTakenInJustNowKeepsWhatItBrought: of a copy with words the
// plan is malformed, then the copy is to be taken in anew, then
// its row is of another program; each time marks beside the first name change.
func TestANameThatIsNotTakenInJustNowKeepsWhatItBrought(t *testing.T) {
	t.Parallel()
	d := newDock(t)
	d.draw(t, "night.mp4", show("16")...)
	first, _, _ := d.land(t, "night.mp4", pipeline.Brief{Shorts: 3})
	d.copies(t, "night.mp4", "second.mp4")
	words := []pipeline.Sidecar{{Name: "second.srt", Digest: "sha256:3"}}
	d.land(t, "second.mp4", pipeline.Brief{Shorts: 3, Transcripts: words})
	still := func(why, digest string) {
		t.Helper()
		marks := []pipeline.Sidecar{{Name: "night.csv", Digest: digest}}
		if rec, now, on := d.land(t, "night.mp4", pipeline.Brief{Shorts: 3, Marks: marks}); !on || rec.Key != first.Key || !same(now.Marks, marks) || !same(now.Transcripts, words) {
			t.Errorf("%s: goes on %v\n%+v\n%+v", why, on, now, rec)
		}
	}

	bad := pipeline.Fail(pipeline.Invalid, "bad_plan", "mend it", "second.drop.yaml: no")
	w := d.accept(t, "second.mp4", Request{Refused: bad})
	d.write(t, func(tx *catalog.Tx) error {
		_, err := tx.ForgetDone("w_~")
		return errors.Join(tx.FinishFailed(*w, bad), err)
	})
	still("its newest row failed", "sha256:4")
	d.write(t, func(tx *catalog.Tx) error { _, err := tx.ForgetDone("w_~"); return err })
	still("and what is done was tidied since", "sha256:5")

	d.land(t, "second.mp4", pipeline.Brief{Shorts: 3, Transcripts: words})
	d.write(t, func(tx *catalog.Tx) error { return tx.Unaccept(d.folder, "second.mp4") })
	still("it is to be taken in anew", "sha256:6")

	w = d.accept(t, "second.mp4", Request{})
	w.Doc = []byte(`{"of":"another program"}`)
	d.write(t, func(tx *catalog.Tx) error {
		if err := tx.FinishFailed(*w, bad); err != nil {
			return err
		}
		_, err := tx.Enqueue(*w)
		return err
	})
	w, err := d.db.Claim(t.Context(), time.Hour)
	if err != nil || w == nil {
		t.Fatal(err)
	}
	d.write(t, func(tx *catalog.Tx) error { return errors.Join(tx.ForRecording(*w, first.ID), tx.Finish(*w)) })
	if _, now, _ := d.land(t, "night.mp4", pipeline.Brief{Shorts: 3}); !same(now.Transcripts, words) {
		t.Errorf("its row is of another program: %+v", now)
	}

	err = os.WriteFile(filepath.Join(d.folder, "night.mp4"), []byte("the next show"), 0o600)
	w = d.accept(t, "night.mp4", Request{Refused: bad})
	d.write(t, func(tx *catalog.Tx) error { return errors.Join(err, tx.FinishFailed(*w, bad)) })
	if rec, _, _ := d.land(t, "second.mp4", pipeline.Brief{Shorts: 3, Transcripts: words}); rec.Key != "second.mp4" {
		t.Errorf("other bytes lie where the first name was, and it is still known by it: %+v", rec)
	}
}
