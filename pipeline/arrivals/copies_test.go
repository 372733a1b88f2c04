package arrivals

import (
	"context"
	"io"
	"testing"

	"dropcut/pipeline"
	"dropcut/storage"
)

// reader is a source that counts what is read of it, and gives nothing while it is away.
type reader struct {
	storage.Bucket
	reads int
	away  error
}

func (r *reader) OpenRange(ctx context.Context, key, version string, off, n int64) (io.ReadCloser, error) {
	if r.away != nil {
		return nil, r.away
	}
	r.reads++
	return r.Bucket.OpenRange(ctx, key, version, off, n)
}

func TestACopyTakesNoMarksFromARecordingThatIsAloneInItsFolder(t *testing.T) {
	s := open(t)
	s.put(t, "ada/live.mp4", "one")
	s.put(t, "ada/markers.csv", "0:10 a\n0:20 b\n")
	if got := s.taken(t, 2); len(got) != 1 || len(got[0].Brief.Marks) != 1 {
		t.Fatalf("%+v", got)
	}
	s.put(t, "ada/second.mp4", "one")
	if got := s.taken(t, 3); len(got) != 1 || got[0].Key != "ada/second.mp4" || len(got[0].Brief.Marks) != 1 {
		t.Errorf("beside a copy: %+v", got)
	}
	s.put(t, "ada/second.mp4", "another show")
	if got := s.taken(t, 3); len(got) != 2 || len(got[0].Brief.Marks)+len(got[1].Brief.Marks) != 0 {
		t.Errorf("beside another: %+v", got)
	}
}

// TestARecordingOfAsManyBytesIsNoCopy: a recorder that begins a new file each
// time one is full writes files of the same size.
func TestARecordingOfAsManyBytesIsNoCopy(t *testing.T) {
	s := open(t)
	source := &reader{Bucket: s.Source}
	s.Source = source
	s.put(t, "ada/part1.mp4", "one")
	s.put(t, "ada/markers.csv", "0:10 a\n0:20 b\n")
	if got := s.taken(t, 2); len(got) != 1 || len(got[0].Brief.Marks) != 1 || source.reads != 1 {
		t.Fatalf("%+v, after %d reads", got, source.reads)
	}
	s.put(t, "ada/copy.mp4", "one")
	for _, away := range []error{pipeline.Fail(pipeline.Conflict, "", "", "written over"), pipeline.Fail(pipeline.Unavailable, "", "", "away")} {
		source.away = away
		for range 3 {
			if err := s.Look(t.Context()); (err == nil) != (pipeline.AsError(away, "").Kind == pipeline.Conflict) {
				t.Error(err)
			}
		}
	}
	source.away = nil
	if got := s.taken(t, 3); len(got) != 1 || got[0].Key != "ada/copy.mp4" || len(got[0].Brief.Marks) != 1 {
		t.Errorf("once they can be compared: %+v", got)
	}
	read := source.reads
	s.taken(t, 3)
	if source.reads != read {
		t.Errorf("what is compared is read again: %d times more", source.reads-read)
	}
	s.put(t, "ada/copy.mp4", "two") // as many bytes, and others
	if got := s.taken(t, 3); len(got) != 2 || len(got[0].Brief.Marks)+len(got[1].Brief.Marks) != 0 {
		t.Errorf("beside one that was written over: %+v", got)
	}
	s.put(t, "ada/part3.mp4", "six")
	if got := s.taken(t, 3); len(got) != 1 || len(got[0].Brief.Marks) != 0 {
		t.Errorf("beside the next part: %+v", got)
	}
}
