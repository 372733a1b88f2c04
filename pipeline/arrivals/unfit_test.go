package arrivals

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dropcut/storage/catalog"
)

// refused is what is refused, by key and code.
func (s *shop) refused(t *testing.T) string {
	t.Helper()
	var out []string
	for _, l := range s.landings(t) {
		if l.Failure != nil && l.State == catalog.WorkFailed && l.Failure.Hint != "" {
			out = append(out, l.Key+" "+l.Failure.Code)
		}
	}
	return strings.Join(out, ", ")
}

func TestWhatPeopleTakeForARecordingIsRefusedWithAReason(t *testing.T) {
	t.Parallel()
	s := open(t)
	var log bytes.Buffer
	s.Log = slog.New(slog.NewTextHandler(&log, nil))
	for key, body := range map[string]string{"ada/empty.mp4": "", "ada/jfk.wav": "RIFF", "ada/show.mp4": "one", "ada/show.wav": "its microphone",
		"ada/show/mic.wav": "another", "ada/other/mic.wav": "of no recording",
		"ada/show.srt": "", "ada/notes.pdf": "of no kind", "ada/.hidden.flac": "x", "ada/soon.mkv": ""} {
		s.put(t, key, body)
	}
	s.taken(t, 1)
	if got := s.refused(t); got != "" {
		t.Fatalf("refused at first sight: %s", got)
	}
	s.put(t, "ada/soon.mkv", "it came")
	s.taken(t, 2)
	const want = "ada/empty.mp4 empty_file, ada/jfk.wav no_picture, ada/other/mic.wav no_picture"
	if got := s.refused(t); got != want || strings.Count(log.String(), "not taken") != 3 {
		t.Errorf("refused are %s\n%s", got, log.String())
	}
	again := New(*s.Watcher) // started anew, it does not know yet for how long they lie there
	again.Settle = time.Hour
	if err := again.Look(t.Context()); err != nil || s.refused(t) != want {
		t.Errorf("for one that comes later, refused are %s, %v", s.refused(t), err)
	}
	s.put(t, "ada/empty.mp4", "two")
	err := errors.Join(os.Remove(filepath.Join(s.folder, "ada/jfk.wav")), os.Remove(filepath.Join(s.folder, "ada/other/mic.wav")))
	if got := s.taken(t, 3); len(got) != 1 || got[0].Key != "ada/empty.mp4" || s.refused(t) != "" || err != nil {
		t.Errorf("taken were %+v, refused are %q, %v", got, s.refused(t), err)
	}
}

func TestAnEmptyFileThatMayStillGrowIsNotRefused(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.Settle = time.Hour
	s.put(t, "live.mkv", "")
	s.taken(t, 4)
	if got := s.refused(t); got != "" {
		t.Errorf("before its time, refused are %s", got)
	}
	s.put(t, "live.mkv"+doneEnding, "")
	if s.taken(t, 1); s.refused(t) != "live.mkv empty_file" {
		t.Errorf("its sender said that it is whole; refused are %q", s.refused(t))
	}
}

func TestARefusalIsForgottenOnceWhatWasRefusedIsGone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why  string
		does func(s *shop) // after which it may be refused soon
	}{
		{"written again", func(s *shop) { s.put(t, "ada/empty.mp4", "1"); s.put(t, "ada/empty.mp4", "") }},
		{"a serve that is started anew", func(s *shop) { s.Watcher = New(*s.Watcher) }},
	} {
		s := open(t)
		s.put(t, "ada/empty.mp4", "")
		if s.taken(t, 2); s.refused(t) == "" {
			t.Fatal("an empty file is not refused")
		}
		later := time.Now().Add(time.Hour)
		c.does(s)
		s.Settle = time.Hour
		err := os.Chtimes(filepath.Join(s.folder, "ada/empty.mp4"), later, later)
		if s.taken(t, 1); s.refused(t) == "" || err != nil {
			t.Errorf("%s: it still lies there and is not refused any more, %v", c.why, err)
		}
		err = os.Remove(filepath.Join(s.folder, "ada/empty.mp4"))
		if s.taken(t, 1); s.refused(t) != "" || err != nil {
			t.Errorf("%s: gone, and refused is %s, %v", c.why, s.refused(t), err)
		}
	}
}
