package workers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// witness keeps what Watch is told.
type witness struct {
	mu     sync.Mutex
	ended  []string
	failed map[string]*pipeline.Error
}

func (*witness) Started(catalog.Work)           {}
func (*witness) Progress(catalog.Work, float64) {}
func (w *witness) Finished(row catalog.Work, _ catalog.Made, err *pipeline.Error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = append(w.ended, row.Subject)
	if err != nil {
		w.failed[row.Subject] = err
	}
}

func newDrain(t *testing.T, steps map[pipeline.Step]Step) (*Drain, *witness) {
	t.Helper()
	db, err := catalog.Open(t.Context(), filepath.Join(t.TempDir(), "c.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	w := &witness{failed: map[string]*pipeline.Error{}}
	return &Drain{Slots: 2, Hand: Hand{DB: db, Steps: steps, Backoff: time.Millisecond, Watch: w,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil))}}, w
}

func add(t *testing.T, d *Drain, kind pipeline.Step, subjects ...string) {
	t.Helper()
	if err := d.DB.Write(t.Context(), func(tx *catalog.Tx) error {
		for _, s := range subjects {
			if _, err := tx.Enqueue(catalog.Work{Kind: kind, Subject: s, Input: "i"}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func done(kept func(*catalog.Tx) error, next ...catalog.Work) catalog.Outcome {
	return catalog.Outcome{Keep: kept, Next: next}
}

func TestTheLineIsWalkedToItsEnd(t *testing.T) {
	var order []pipeline.Step
	var mu sync.Mutex
	note := func(next bool) StepFunc {
		return func(_ context.Context, w catalog.Work, _ func(float64)) (catalog.Outcome, error) {
			mu.Lock()
			defer mu.Unlock()
			order = append(order, w.Kind)
			if next {
				to := "m_1"
				if w.Kind == pipeline.Ingest {
					to = "r_1"
				}
				return done(nil, catalog.Work{Subject: to, Input: "x"}), nil
			}
			return done(nil), nil
		}
	}
	d, _ := newDrain(t, map[pipeline.Step]Step{pipeline.Ingest: note(true), pipeline.Detect: note(true),
		pipeline.Excerpt: note(true), pipeline.Transcribe: note(true), pipeline.Plan: note(true), pipeline.Compose: note(false)})
	add(t, d, pipeline.Ingest, "a")
	if err := d.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(order); got != "[ingest detect excerpt transcribe plan compose]" {
		t.Errorf("the steps went %s", got)
	}
}

func TestAPassingFaultIsTriedAgainAndALastingOneIsKept(t *testing.T) {
	var flaky, bad, gone atomic.Int64
	d, w := newDrain(t, map[pipeline.Step]Step{pipeline.Render: StepFunc(func(_ context.Context, w catalog.Work, _ func(float64)) (catalog.Outcome, error) {
		switch w.Subject {
		case "flaky":
			if flaky.Add(1) < 3 {
				return catalog.Outcome{}, pipeline.Fail(pipeline.Unavailable, "away", "", "away")
			}
		case "bad":
			bad.Add(1)
			return catalog.Outcome{}, pipeline.Fail(pipeline.Invalid, "no_picture", "send one with a picture", "there is no picture")
		case "gone":
			gone.Add(1)
			return catalog.Outcome{}, errors.New("a surprise")
		}
		return catalog.Outcome{}, nil
	})})
	add(t, d, pipeline.Render, "flaky", "bad", "gone")
	if err := d.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if flaky.Load() != 3 || bad.Load() != 1 || gone.Load() != 3 {
		t.Errorf("attempts: flaky %d, bad %d, gone %d; want 3, 1, 3", flaky.Load(), bad.Load(), gone.Load())
	}
	if f := w.failed["bad"]; f == nil || f.Code != "no_picture" || f.Hint == "" || f.Step != pipeline.Render {
		t.Errorf("failure kept as %+v", f)
	}
	if f := w.failed["gone"]; f == nil || f.Kind != pipeline.Internal {
		t.Errorf("surprise kept as %+v", f)
	}
}

func TestAStopHandsWorkBackWithoutSpendingAnAttempt(t *testing.T) {
	started := make(chan struct{})
	var again atomic.Bool
	d, _ := newDrain(t, map[pipeline.Step]Step{pipeline.Render: StepFunc(func(ctx context.Context, w catalog.Work, _ func(float64)) (catalog.Outcome, error) {
		if again.Load() {
			if w.Attempt != 1 {
				t.Errorf("attempt %d after a stop, want 1", w.Attempt)
			}
			return catalog.Outcome{}, nil
		}
		close(started)
		<-ctx.Done()
		return catalog.Outcome{}, ctx.Err()
	})})
	add(t, d, pipeline.Render, "a")
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-started; cancel() }()
	if err := d.Run(ctx); !errors.Is(err, pipeline.Stopped) {
		t.Fatalf("a stopped run says %v", err)
	}
	again.Store(true)
	if err := d.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestWhatAStepFailedForIsFailedWithItsReason(t *testing.T) {
	d, _ := newDrain(t, nil)
	refuse := StepFunc(func(context.Context, catalog.Work, func(float64)) (catalog.Outcome, error) {
		return catalog.Outcome{}, pipeline.Fail(pipeline.NotFound, "recording_gone", "put it back", "it is gone")
	})
	d.Steps = map[pipeline.Step]Step{pipeline.Detect: refuse, pipeline.Excerpt: refuse}
	all := []pipeline.Moment{{ID: "m_new", State: pipeline.MomentFound}, {ID: "m_made", State: pipeline.MomentMade}}
	read := func() (rec pipeline.Recording, m []pipeline.Moment) {
		err := d.DB.Write(t.Context(), func(tx *catalog.Tx) (err error) {
			rec, err = tx.Recording("r_1")
			for _, x := range all {
				got, e := tx.Moment(x.ID)
				m, err = append(m, got), errors.Join(err, e)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return rec, m
	}
	if err := d.DB.Write(t.Context(), func(tx *catalog.Tx) error {
		err := tx.PutRecording(pipeline.Recording{ID: "r_1", State: pipeline.RecordingSealed})
		for _, m := range all {
			m.Recording = "r_1"
			err = errors.Join(err, tx.PutMoment(m))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	add(t, d, pipeline.Detect, "r_1")
	add(t, d, pipeline.Excerpt, "m_new", "m_made")
	if err := d.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	rec, m := read()
	if rec.State != pipeline.RecordingFailed || rec.Failure == nil || rec.Failure.Code != "recording_gone" {
		t.Errorf("recording %s, %+v", rec.State, rec.Failure)
	}
	if f := m[0].Failure; m[0].State != pipeline.MomentFailed || f == nil || f.Step != pipeline.Excerpt || f.Hint == "" {
		t.Errorf("new moment %s, %+v", m[0].State, f)
	}
	if m[1].State != pipeline.MomentMade || m[1].Failure != nil {
		t.Errorf("a moment whose manifest stands is %s, %+v", m[1].State, m[1].Failure)
	}
	if err := d.DB.Write(t.Context(), func(tx *catalog.Tx) error {
		m[0].State = pipeline.MomentExcerpted
		return tx.PutMoment(m[0])
	}); err != nil {
		t.Fatal(err)
	}
	if _, m = read(); m[0].Failure != nil {
		t.Error("what is failed no more keeps its failure")
	}
}

func TestAFailedKeepKeepsNothing(t *testing.T) {
	d, w := newDrain(t, map[pipeline.Step]Step{pipeline.Render: StepFunc(func(context.Context, catalog.Work, func(float64)) (catalog.Outcome, error) {
		return done(func(tx *catalog.Tx) error {
			if err := tx.PutRecording(pipeline.Recording{ID: "r_half", Creator: "c", Fingerprint: "f"}); err != nil {
				return err
			}
			return pipeline.Fail(pipeline.Invalid, "no", "", "refused at the last moment")
		}), nil
	})})
	add(t, d, pipeline.Render, "a")
	if err := d.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if w.failed["a"] == nil {
		t.Error("the row did not fail")
	}
	_ = d.DB.Write(t.Context(), func(tx *catalog.Tx) error {
		if _, err := tx.Recording("r_half"); !errors.Is(err, pipeline.NotFound) {
			t.Errorf("half a result was kept: %v", err)
		}
		return nil
	})
}

func TestALostClaimStopsTheStepAndKeepsNothing(t *testing.T) {
	var runs atomic.Int64
	d, _ := newDrain(t, nil)
	d.Lease = 90 * time.Millisecond
	d.Steps = map[pipeline.Step]Step{pipeline.Render: StepFunc(func(ctx context.Context, w catalog.Work, _ func(float64)) (catalog.Outcome, error) {
		if runs.Add(1) > 1 {
			return catalog.Outcome{}, nil
		}
		if err := d.DB.Orphaned(context.WithoutCancel(ctx)); err != nil { // as if the lease had run out
			return catalog.Outcome{}, err
		}
		if other, err := d.DB.Claim(context.WithoutCancel(ctx), time.Millisecond); err != nil || other == nil {
			t.Errorf("the row could not be taken over: %v", err)
		}
		<-ctx.Done() // the next beat finds out
		return catalog.Outcome{}, ctx.Err()
	})}
	add(t, d, pipeline.Render, "a")
	if err := d.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if runs.Load() != 2 {
		t.Errorf("%d runs, want 2: the one that lost its claim and the one after", runs.Load())
	}
}

func TestAStepThatPanicsFailsAlone(t *testing.T) {
	d, w := newDrain(t, map[pipeline.Step]Step{pipeline.Render: StepFunc(func(_ context.Context, w catalog.Work, _ func(float64)) (catalog.Outcome, error) {
		if w.Subject == "bug" {
			panic("of ours")
		}
		return catalog.Outcome{}, nil
	})})
	d.Attempts = 1
	add(t, d, pipeline.Render, "bug", "good")
	if err := d.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if f := w.failed["bug"]; f == nil || f.Code != "panic" || f.Kind != pipeline.Internal || w.failed["good"] != nil {
		t.Errorf("failed: %v", w.failed)
	}
}
