package upkeep

import (
	"context"
	"sync"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/storage/dir"
)

// TestAServiceAtRestIsClean: of a service whose clips are made, one of them
// posted on two channels, and one promised in an older revision.
func TestAServiceAtRestIsClean(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.posted("cl_1", "first", 0)
	w.posted("cl_2", "second", 0)
	w.told("tiktok/cl_1")
	w.told("tiktok/of another")
	w.promise()
	r := w.check(CheckOptions{Deep: true})
	for _, f := range r.Findings {
		t.Errorf("%+v", f)
	}
	l := r.Looked
	if l.Recordings != 1 || l.Moments != 1 || l.Variants < 3 || l.Decoded != l.Variants || l.Segments < 4 || l.Excerpts != 1 || l.Sidecars != 2 || l.Files < l.Variants+4 {
		t.Errorf("looked at %+v", l)
	}
}

// flicker says once that an object is gone, as one that is replaced between
// two calls does.
type flicker struct {
	storage.Bucket
	mu   sync.Mutex
	keys map[string]bool
}

func (f *flicker) Stat(ctx context.Context, key string) (storage.Object, error) {
	f.mu.Lock()
	hidden := f.keys[key]
	delete(f.keys, key)
	f.mu.Unlock()
	if hidden {
		return storage.Object{}, pipeline.Fail(pipeline.NotFound, "no_such_file", "", "stat %s", key)
	}
	return f.Bucket.Stat(ctx, key)
}

func TestWhatOnlyLookedWrongIsNoFinding(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.premises()
	p.Output = &flicker{Bucket: w.output, keys: map[string]bool{w.made()[0].Made.Key: true, w.made()[1].Made.Poster: true}}
	r, err := Check(t.Context(), p, CheckOptions{Pause: time.Millisecond})
	if err != nil || len(r.Findings) != 0 {
		t.Errorf("%+v, %v", r.Findings, err)
	}
}

func TestWhatIsInProgressIsNoFinding(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.made()[1]
	w.lose(w.output, v.Made.Key)
	w.lose(w.output, w.manifest())
	w.lose(w.data, w.newest().Key)
	w.putMoment(func(m *pipeline.Moment) { m.State = pipeline.MomentRendering })
	w.putVariant(1, func(v *pipeline.Variant) { v.State, v.Made = pipeline.VariantRendering, nil })
	w.putRecording(func(r *pipeline.Recording) { r.State = pipeline.RecordingDetected })
	m := w.moment()
	w.write(func(tx *catalog.Tx) error {
		first, err := tx.Enqueue(catalog.Work{Kind: pipeline.Assemble, Subject: v.ID, Input: "i", Recording: m.Recording})
		if err != nil {
			return err
		}
		_, err = tx.Enqueue(catalog.Work{Kind: pipeline.Publish, Subject: m.ID, Input: "i", Recording: m.Recording}, first)
		return err
	})
	w.clean("while it is worked on", CheckOptions{})
	w.sql(`UPDATE work SET state = 'failed', failure = '{"code":"c","step":"publish","detail":"d"}' WHERE input = 'i'`)
	w.sql(`UPDATE work SET waits = 0`)
	w.sql(`DELETE FROM work_waits`)
	if r := w.check(CheckOptions{}); r.Broken() < 5 {
		t.Errorf("nobody works on it any more, and all that is found is %+v", r.Findings)
	}
}

func TestARepairKeepsOffWhatIsWorkedOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.lose(w.output, w.made()[1].Made.Key)
	c := &check{Premises: w.premises()}
	s, err := c.recording(t.Context(), w.moment().Recording)
	if err != nil || len(s.findings) != 1 {
		t.Fatal(s.findings, err)
	}
	m := w.moment()
	w.write(func(tx *catalog.Tx) error { // somebody begins between the look and the repair
		_, err := tx.Enqueue(catalog.Work{Kind: pipeline.Compose, Subject: m.ID, Input: "i", Recording: m.Recording})
		return err
	})
	if err := c.repair(t.Context(), s.findings); err != nil || s.findings[0].Repaired {
		t.Errorf("%+v, %v", s.findings, err)
	}
	if v := w.made()[1]; v.State != pipeline.VariantMade {
		t.Errorf("the variant is %s", v.State)
	}
}

func TestWhatAPersonJudgedIsFoundAndNotTouched(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.putVariant(1, func(v *pipeline.Variant) { v.State = pipeline.VariantApproved })
	before := w.made()[1]
	w.lose(w.output, before.Made.Key)
	r := w.check(CheckOptions{Repair: true})
	if len(r.Findings) != 1 || r.Findings[0].Code != fileGone || r.Broken() != 1 {
		t.Fatalf("%+v", r.Findings)
	}
	if v := w.made()[1]; v.State != pipeline.VariantApproved || *v.Made.Loudness != *before.Made.Loudness || v.Made.Key != before.Made.Key {
		t.Errorf("%+v", v)
	}
	if todo := w.subject().todo; len(todo) != 0 {
		t.Errorf("something is to be done: %+v", todo)
	}
}

func TestDamageIsNotRemovedBeforeItsReplacementStands(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.made()[1]
	segment := w.firstUnder(w.data, "segments/", "")
	w.flip(w.output, v.Made.Key)
	w.flip(w.data, segment)
	if r := w.check(CheckOptions{Deep: true, Repair: true}); len(r.Findings) != 2 || r.Broken() != 0 {
		t.Errorf("%+v", r.Findings)
	}
	for _, one := range []struct {
		b   *dir.Bucket
		key string
	}{{w.output, v.Made.Key}, {w.data, segment}} {
		if _, err := one.b.Stat(t.Context(), one.key); err != nil {
			t.Error(err)
		}
	}
	s := w.subject()
	for _, x := range s.moments[0].variants {
		if x.ID == v.ID && (x.State != pipeline.VariantFailed || x.Failure.Code != fileDamaged || x.Made == nil) {
			t.Errorf("until it is made again it is %s: %+v", x.State, x.Failure)
		}
	}
}
