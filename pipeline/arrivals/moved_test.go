package arrivals

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// isOf has the next row done: its object is a name of that recording, which is
// known by home.
func (s *shop) isOf(t *testing.T, rec *pipeline.Recording) {
	t.Helper()
	w, err := s.db.Claim(t.Context(), time.Hour)
	if err != nil || w == nil {
		t.Fatalf("nothing was taken: %v", err)
	}
	err = s.db.Write(t.Context(), func(tx *catalog.Tx) error {
		return errors.Join(tx.PutRecording(*rec), tx.ForRecording(*w, rec.ID), tx.Finish(*w))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// away is a catalogue that is out of reach while it says so.
type away struct {
	Catalog
	is bool
}

func (a *away) Write(ctx context.Context, f func(*catalog.Tx) error) error {
	if a.is {
		return pipeline.Fail(pipeline.Unavailable, "catalogue", "", "the catalogue is away")
	}
	return a.Catalog.Write(ctx, f)
}

func TestARecordingWhoseNameGoesIsTakenInByItsOtherName(t *testing.T) {
	remove := func(s *shop) { _ = os.Remove(filepath.Join(s.folder, "ada/first.mp4")) }
	for _, c := range []struct {
		why     string
		again   bool
		does    func(s *shop, db *away)
		settles bool // what does does, is done before the other name's row is over
	}{
		{"removed", true, func(s *shop, _ *away) { remove(s) }, false},
		{"written over by the next show", true, func(s *shop, _ *away) { s.put(t, "ada/first.mp4", "another show") }, false},
		{"still there", false, func(*shop, *away) {}, false},
		{"removed while the catalogue is away", true, func(s *shop, db *away) {
			remove(s)
			db.is = true
			if err := s.Look(t.Context()); err == nil {
				t.Error("a look without a catalogue is well")
			}
			db.is = false
		}, false},
		{"removed and looked at while its other name is in hand", true, func(s *shop, _ *away) {
			remove(s)
			for range 2 {
				if err := s.Look(t.Context()); err != nil {
					t.Error(err)
				}
			}
		}, true},
	} {
		s := open(t)
		db := &away{Catalog: s.Catalog}
		s.Catalog = db
		s.put(t, "ada/first.mp4", "one")
		look := func(n int) {
			for range n {
				if err := s.Look(t.Context()); err != nil {
					t.Fatal(err)
				}
				time.Sleep(2 * time.Millisecond) // the database's clock counts milliseconds
			}
		}
		look(2)
		o, err := s.Source.Stat(t.Context(), "ada/first.mp4")
		if err != nil {
			t.Fatal(err)
		}
		rec := &pipeline.Recording{ID: "r_1", Creator: "ada", Fingerprint: "f", Source: "in", Key: "ada/first.mp4", Version: o.Version, State: pipeline.RecordingDone}
		s.isOf(t, rec)
		s.put(t, "ada/second.mp4", "one")
		look(2)
		if c.settles {
			c.does(s, db)
			s.isOf(t, rec)
		} else {
			s.isOf(t, rec)
			look(1) // nothing is in hand, and nobody asks any more
			c.does(s, db)
		}
		again := false
		for _, r := range s.taken(t, 2) {
			again = again || r.Key == "ada/second.mp4"
		}
		if again != c.again {
			t.Errorf("%s: taken again: %v", c.why, again)
		}
	}
}
