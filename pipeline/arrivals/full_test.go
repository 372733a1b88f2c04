package arrivals

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// write changes the records.
func (s *shop) write(t *testing.T, f func(*catalog.Tx) error) {
	t.Helper()
	if err := s.db.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// TestOneCreatorsManyRecordingsLetOthersPass: so many of one creator are in work
// at a time, until their clips are made; another's are taken in meanwhile.
func TestOneCreatorsManyRecordingsLetOthersPass(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.AtOnce = 2
	for n := range 4 {
		s.put(t, fmt.Sprintf("ada/%d.mp4", n), fmt.Sprint("show ", n))
	}
	s.put(t, "eve/1.mp4", "a show")
	rows := s.claimed(t, 3)
	if len(rows) != 3 {
		t.Fatalf("%d are in work, want two of ada's and eve's", len(rows))
	}
	i := slices.IndexFunc(rows, func(w catalog.Work) bool { return requested(t, w).Key == "ada/0.mp4" })
	rec := pipeline.Recording{ID: "r_1", Creator: "ada", Fingerprint: "f", Source: "in", Key: "ada/0.mp4", State: pipeline.RecordingSealed}
	s.write(t, func(tx *catalog.Tx) error { // it is taken in, and its marks are looked for
		_, err := tx.Enqueue(catalog.Work{Kind: pipeline.Detect, Subject: rec.ID, Recording: rec.ID, Input: "x"})
		return errors.Join(err, tx.PutRecording(rec), tx.ForRecording(rows[i], rec.ID), tx.Finish(rows[i]))
	})
	more := s.claimed(t, 3)
	if len(more) != 1 || more[0].Kind != pipeline.Detect {
		t.Fatalf("while its clips are made: %+v", more)
	}
	rec.State = pipeline.RecordingDone
	s.write(t, func(tx *catalog.Tx) error { return errors.Join(tx.PutRecording(rec), tx.Finish(more[0])) })
	if more = s.claimed(t, 3); len(more) != 1 || requested(t, more[0]).Key != "ada/2.mp4" {
		t.Fatalf("once they are: %+v", more)
	}
	s.write(t, func(tx *catalog.Tx) error { // what failed makes room too
		return tx.FinishFailed(more[0], pipeline.AsError(errors.New("broken"), pipeline.Ingest))
	})
	if more = s.claimed(t, 3); len(more) != 1 || requested(t, more[0]).Key != "ada/3.mp4" {
		t.Errorf("once one failed: %+v", more)
	}
}
