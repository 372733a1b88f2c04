package arrivals

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/ingest"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/storage/dir"
)

// shop is a watcher over a real folder and a real catalogue.
type shop struct {
	*Watcher
	db     *catalog.DB
	folder string
}

func open(t *testing.T) *shop {
	t.Helper()
	s := &shop{folder: t.TempDir()}
	source, err := dir.Open(s.folder)
	if err != nil {
		t.Fatal(err)
	}
	return s.over(t, source, filepath.Join(t.TempDir(), "c.db"))
}

// over gives a shop its source and its catalogue.
func (s *shop) over(t *testing.T, source *dir.Bucket, catalogue string) *shop {
	t.Helper()
	data, err := dir.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if s.db, err = catalog.Open(t.Context(), catalogue); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _, _ = s.db.Close(), source.Close(), data.Close() })
	s.Watcher = New(Watcher{Catalog: s.db, Source: source, Name: "in", Data: data, Settle: time.Nanosecond, Every: time.Hour,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	return s
}

func (s *shop) put(t *testing.T, key, body string) {
	t.Helper()
	file := filepath.Join(s.folder, key)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
}

// taken is what ingest was asked for after so many looks.
func (s *shop) taken(t *testing.T, looks int) (out []ingest.Request) {
	t.Helper()
	for _, w := range s.claimed(t, looks) {
		out = append(out, requested(t, w))
	}
	return out
}

// claimed is the rows that can be done after so many looks.
func (s *shop) claimed(t *testing.T, looks int) (out []catalog.Work) {
	t.Helper()
	for range looks {
		if err := s.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Millisecond) // the database's clock counts milliseconds
	}
	for {
		w, err := s.db.Claim(t.Context(), time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if w == nil {
			return out
		}
		out = append(out, *w)
	}
}

// requested is what an ingest row asks for.
func requested(t *testing.T, w catalog.Work) (r ingest.Request) {
	t.Helper()
	if err := json.Unmarshal(w.Doc, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestARecordingIsTakenOnceItWasListedAlikeTwice(t *testing.T) {
	s := open(t)
	s.put(t, "ada/live.mp4", "abc")
	s.put(t, "ada/notes.pdf", "no recording")
	s.put(t, "ada/empty.mp4", "")
	s.put(t, ".trash/old.mp4", "hidden")
	if got := s.taken(t, 1); len(got) != 0 {
		t.Fatalf("taken at first sight: %+v", got)
	}
	got := s.taken(t, 1)
	if len(got) != 1 || got[0].Key != "ada/live.mp4" || got[0].Creator != "ada" || got[0].Name != "live.mp4" || !got[0].ByID || got[0].Brief.Shorts != 3 {
		t.Fatalf("%+v", got)
	}
	if got := s.taken(t, 5); len(got) != 0 {
		t.Errorf("taken again: %+v", got)
	}
}

func TestAnUploadThatGrowsIsLeftAlone(t *testing.T) {
	s := open(t)
	for n := range 6 {
		s.put(t, "live.mkv", strings.Repeat("x", n+1))
		if got := s.taken(t, 1); len(got) != 0 {
			t.Fatalf("taken while it grew: %+v", got)
		}
	}
	if got := s.taken(t, 1); len(got) != 1 || got[0].Creator != pipeline.Local {
		t.Errorf("%+v", got)
	}
}

func TestAFileThatSettlesMustStandForAWhile(t *testing.T) {
	s := open(t)
	s.Settle = time.Hour
	s.put(t, "live.mkv", "x")
	if got := s.taken(t, 5); len(got) != 0 {
		t.Errorf("taken before its time: %+v", got)
	}
	s.put(t, "live.mkv.done", "")
	if got := s.taken(t, 1); len(got) != 1 {
		t.Error("its sender said that it is whole, and it was not taken")
	}
}

func TestAnOldWordThatARecordingIsWholeSaysNothingOfWhatIsWrittenOverIt(t *testing.T) {
	s := open(t)
	s.Settle = time.Hour
	s.put(t, "live.mkv", "x")
	s.put(t, "live.mkv.done", "")
	if got := s.taken(t, 1); len(got) != 1 {
		t.Fatalf("said to be whole: %+v", got)
	}
	for n := range 3 {
		time.Sleep(10 * time.Millisecond) // the clock of a file system is coarse
		s.put(t, "live.mkv", strings.Repeat("y", n+2))
		if got := s.taken(t, 1); len(got) != 0 {
			t.Fatalf("taken while it grew: %+v", got)
		}
	}
	time.Sleep(10 * time.Millisecond)
	s.put(t, "live.mkv.done", "")
	if got := s.taken(t, 1); len(got) != 1 {
		t.Errorf("said to be whole anew: %+v", got)
	}
}

// hiccup is a source that does not give up some objects for a while.
type hiccup struct {
	storage.Bucket
	fails map[string]error
}

func (h hiccup) OpenRange(ctx context.Context, key, version string, off, n int64) (io.ReadCloser, error) {
	if err := h.fails[key]; err != nil {
		return nil, err
	}
	return h.Bucket.OpenRange(ctx, key, version, off, n)
}

func TestMarksThatTheStoreDoesNotGiveUpAreWaitedForAndNotLost(t *testing.T) {
	s := open(t)
	s.put(t, "ada/live.mp4", "one")
	s.put(t, "ada/live.txt", "0:10 a\n0:20 b\n")
	fails := map[string]error{"ada/live.txt": pipeline.Fail(pipeline.Unavailable, "storage", "", "the store does not answer")}
	s.Source = hiccup{s.Source, fails}
	for range 3 {
		if err := s.Look(t.Context()); err != nil && !errors.Is(err, pipeline.Unavailable) {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Millisecond)
	}
	clear(fails)
	if got := s.taken(t, 2); len(got) != 1 || len(got[0].Brief.Marks) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestMarksThatNobodyMayReadKeepNoRecordingFromBeingTaken(t *testing.T) {
	for _, kind := range []pipeline.Kind{pipeline.Invalid, pipeline.NotFound} {
		s := open(t)
		s.put(t, "ada/live.mp4", "one")
		s.put(t, "ada/live.txt", "0:10 a\n0:20 b\n")
		s.Source = hiccup{s.Source, map[string]error{"ada/live.txt": pipeline.Fail(kind, "x", "", "no")}}
		if got := s.taken(t, 2); len(got) != 1 || len(got[0].Brief.Marks) != 0 {
			t.Errorf("%s: %+v", kind, got)
		}
	}
}

func TestAnOverwrittenKeyIsTakenAnew(t *testing.T) {
	s := open(t)
	s.put(t, "live.mp4", "one")
	first := s.taken(t, 2)
	s.put(t, "live.mp4", "another")
	if got := s.taken(t, 2); len(first) != 1 || len(got) != 1 {
		t.Errorf("first %+v, then %+v", first, got)
	}
}

func TestWhatComesLaterIsTakenWithItsRecording(t *testing.T) {
	s := open(t)
	s.put(t, "ada/live.mp4", "one")
	if got := s.taken(t, 2); len(got) != 1 || len(got[0].Brief.Marks) != 0 {
		t.Fatalf("%+v", got)
	}
	s.put(t, "ada/live.txt", "0:10 a\n0:20 b\n")
	s.put(t, "ada/.dropcut.yaml", "styles: [phrase]\n")
	got := s.taken(t, 3)
	if len(got) != 1 || len(got[0].Brief.Marks) != 1 || !slices.Equal(got[0].Brief.Styles, []string{"phrase"}) {
		t.Fatalf("%+v", got)
	}
	if got := s.taken(t, 3); len(got) != 0 {
		t.Errorf("taken again: %+v", got)
	}
}

func TestSidecarsThatComeAfterTheirTimeChangeNothing(t *testing.T) {
	s := open(t)
	s.Late = time.Nanosecond
	s.put(t, "live.mp4", "one")
	first := s.taken(t, 2)
	s.put(t, "live.txt", "0:10 a\n0:20 b\n")
	if got := s.taken(t, 3); len(first) != 1 || len(got) != 0 {
		t.Errorf("first %+v, then %+v", first, got)
	}
}

func TestAPlanThatIsWrongIsTheRecordingsFailure(t *testing.T) {
	s := open(t)
	s.put(t, "live.mp4", "one")
	s.put(t, "drop.yaml", "name: [\n")
	got := s.taken(t, 2)
	if len(got) != 1 || got[0].Refused == nil || got[0].Refused.Kind != pipeline.Invalid || !strings.Contains(got[0].Refused.Detail, "drop.yaml:") {
		t.Fatalf("%+v", got)
	}
	s.put(t, "drop.yaml", "name: night drop\n")
	if got := s.taken(t, 2); len(got) != 1 || got[0].Refused != nil || got[0].Brief.Drop == nil {
		t.Errorf("mended: %+v", got)
	}
}

func TestFiftyWatchersTakeARecordingOnce(t *testing.T) {
	s := open(t)
	s.put(t, "live.mp4", "one")
	if got := s.taken(t, 1); len(got) != 0 {
		t.Fatal("taken at first sight")
	}
	s.lookFiftyTimes(t)
	if got := s.taken(t, 1); len(got) != 1 {
		t.Errorf("taken %d times", len(got))
	}
}

func TestARingIsHeardBeforeItsTime(t *testing.T) {
	s := open(t)
	taken := make(chan struct{}, 1)
	s.Taken = func() { taken <- struct{}{} }
	s.put(t, "live.mp4", "one")
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); s.Run(ctx) }()
	for rung := false; !rung; {
		s.Ring()
		select {
		case <-taken:
			rung = true
		case <-time.After(10 * time.Millisecond):
		}
	}
	stop()
	<-ended
}
