package metrics

import (
	"context"
	"errors"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

func shown(t *testing.T, m *Meter) string {
	t.Helper()
	answer := httptest.NewRecorder()
	m.Handler().ServeHTTP(answer, httptest.NewRequest("GET", "/", nil))
	if answer.Code != 200 {
		t.Fatalf("%d: %s", answer.Code, answer.Body)
	}
	return answer.Body.String()
}

func TestWhatIsDoneIsCounted(t *testing.T) {
	db, err := catalog.Open(t.Context(), filepath.Join(t.TempDir(), "c.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	m := New(db, map[string]func() int64{"refused_total": func() int64 { return 3 }})
	if err := db.Write(t.Context(), func(tx *catalog.Tx) error {
		first, err := tx.Enqueue(catalog.Work{Kind: pipeline.Ingest, Subject: "a", Input: "i", Priority: pipeline.First.Priority(0)})
		_, more := tx.Enqueue(catalog.Work{Kind: pipeline.Assemble, Subject: "v", Input: "i"}, first)
		return errors.Join(err, more)
	}); err != nil {
		t.Fatal(err)
	}
	w := catalog.Work{ID: "w_1", Kind: pipeline.Render, Fence: 1}
	m.Started(w)
	m.Finished(w, catalog.Made{Frames: 60, CPU: 2 * time.Second, BytesRead: 7}, nil)
	w.Fence, w.Kind = 2, pipeline.Assemble
	m.Started(w)
	m.Finished(w, catalog.Made{}, pipeline.Fail(pipeline.Corrupt, "frames_missing", "", "too few"))
	m.Started(w)
	m.Finished(w, catalog.Made{}, pipeline.Fail(pipeline.NoRoom, "disk_full", "", "no room"))
	m.Finished(catalog.Work{ID: "w_2", Kind: pipeline.Assemble}, catalog.Made{File: "a.mp4", Short: true}, nil)
	m.Finished(catalog.Work{ID: "w_3", Kind: pipeline.Compose}, catalog.Made{Wanted: 900, Todo: 120}, nil)
	text := shown(t, m)
	for _, want := range []string{"dropcut_frames_encoded_total 60", "dropcut_frames_wanted_total 900", "dropcut_frames_missing_total 120", `dropcut_cpu_seconds_total{step="render"} 2`, "dropcut_recording_bytes_read_total 7",
		`dropcut_failures_total{code="disk_full",step="assemble"} 1`, `dropcut_failures_total{code="frames_missing",step="assemble"} 1`,
		`dropcut_step_seconds_count{outcome="waited",step="assemble"} 1`, "dropcut_work_without_room 0", `dropcut_clips_made_total{kind="short"} 1`, "dropcut_refused_total 3",
		`dropcut_step_seconds_count{outcome="failed",step="assemble"} 1`, `dropcut_work{state="due",urgency="first"} 1`,
		`dropcut_work{state="waiting",urgency="bulk"} 1`, `dropcut_queue_age_seconds{urgency="first"}`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in:\n%s", want, text)
		}
	}
}

// away is a catalogue that does not answer.
type away struct{}

func (away) Queue(context.Context) (catalog.Queue, error) {
	return catalog.Queue{}, pipeline.Fail(pipeline.Unavailable, "catalogue", "", "it is away")
}

func TestMetricsAreShownWithoutACatalogueToo(t *testing.T) {
	text := shown(t, New(away{}, nil))
	if strings.Contains(text, "dropcut_work{") || !strings.Contains(text, "dropcut_frames_encoded_total 0") {
		t.Errorf("%s", text)
	}
}
