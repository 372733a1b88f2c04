//go:build linux

package main

import (
	"errors"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// TestAMarkThatComesLateChangesOnlyWhatItTouches: a round begins, the mark is
// there, and what was made of the moment before stays as it is. Then its
// recording is copied under another name, and nothing changes by that.
func TestAMarkThatComesLateChangesOnlyWhatItTouches(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("makes real clips")
	}
	s := openStall(t)
	v := s.serve(t)
	s.drop(t, "ada")
	v.until(t, "clips", func() bool { return s.finished(t, 1) })
	before, was := s.known(t)[0], outcomeOf(s.known(t))
	if e := v.run(t, exitMade, "mark", "--server", v.address, "--data", "svc", "--creator", "ada", "--recording", before.Recording.ID, "--at", "0:50", "now"); !strings.Contains(e.talk, before.Recording.ID) {
		t.Errorf("%s", e.talk)
	}
	v.until(t, "the mark", func() bool {
		d := s.known(t)[0]
		return s.finished(t, 1) && slices.ContainsFunc(d.Marks, func(m pipeline.ManifestMark) bool {
			return m.Used && slices.ContainsFunc(m.Also, func(a string) bool { return strings.HasPrefix(a, "live") })
		})
	})
	after := s.known(t)[0]
	if len(after.Moments) != 1 || after.Moments[0].ID != before.Moments[0].ID || outcomeOf(s.known(t)) != was {
		t.Errorf("it was\n%s\nand is\n%s", was, outcomeOf(s.known(t)))
	}
	copied := path.Join(path.Dir(after.Recording.Key), "second.mp4")
	s.copied(t, after.Recording.Key, copied)
	v.until(t, "the copy", func() bool { return s.isTakenIn(t, copied) && s.finished(t, 1) })
	if now := s.known(t)[0]; now.Recording.Key != after.Recording.Key || !now.Recording.StartedAt.Equal(*after.Recording.StartedAt) ||
		len(now.Marks) != len(after.Marks) || now.Moments[0].ID != after.Moments[0].ID || outcomeOf(s.known(t)) != was {
		t.Errorf("with a copy it is\n%+v\nand was\n%+v", now, after)
	}
	s.sound(t)
	v.leave(t)
}

// copied puts what lies under one key of the source under another, later.
func (s stall) copied(t *testing.T, from, to string) {
	t.Helper()
	body, err := os.ReadFile(s.path("svc/recordings/" + from))
	if err == nil {
		err = os.WriteFile(s.path("svc/recordings/"+to), body, 0o600)
	}
	later := time.Now().Add(time.Hour)
	if err := errors.Join(err, os.Chtimes(s.path("svc/recordings/"+to), later, later)); err != nil {
		t.Fatal(err)
	}
}

// isTakenIn reports whether what lies under a key was taken in.
func (s stall) isTakenIn(t *testing.T, key string) (is bool) {
	t.Helper()
	db, err := catalog.Open(t.Context(), s.path("svc/catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Write(t.Context(), func(tx *catalog.Tx) error {
		all, err := tx.Acceptances()
		is = slices.ContainsFunc(all, func(a catalog.Acceptance) bool { return a.Key == key && a.State == catalog.WorkDone })
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return is
}
