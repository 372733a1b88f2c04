package traces

import (
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdk "go.opentelemetry.io/otel/sdk/trace"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
	"dropcut/storage/storagetest/postgres"
	"dropcut/workers"
	"dropcut/workers/traces/tracestest"
)

// yard is a catalogue on which machines walk a short line, and a collector.
type yard struct {
	*tracestest.Collector
	t     *testing.T
	where string
	db    *catalog.DB
	steps map[pipeline.Step]workers.Step

	chance bool // spans get whatever IDs chance gives them
}

func open(t *testing.T, where string) *yard {
	t.Helper()
	y := &yard{Collector: tracestest.New(t), t: t, where: where}
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", y.URL)
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer s3cret")
	db, err := catalog.Open(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	y.db = db
	on := func(subjects ...string) workers.StepFunc {
		return func(_ context.Context, w catalog.Work, _ func(float64)) (catalog.Outcome, error) {
			var out catalog.Outcome
			for _, s := range subjects {
				out.Next = append(out.Next, catalog.Work{Subject: s, Input: w.Input, Recording: "r_1"})
			}
			if w.Kind == pipeline.Ingest {
				out.Keep = func(tx *catalog.Tx) error { return tx.ForRecording(w, "r_1") }
			}
			return out, nil
		}
	}
	y.steps = map[pipeline.Step]workers.Step{pipeline.Ingest: on("r_1"), pipeline.Detect: on("m_1", "m_2"), pipeline.Excerpt: workers.StepFunc(y.excerpt),
		pipeline.Transcribe: on(), pipeline.Publish: on()}
	return y
}

// excerpt fails for now on its first attempt at one moment, and for good at the
// other.
func (y *yard) excerpt(_ context.Context, w catalog.Work, _ func(float64)) (catalog.Outcome, error) {
	const detail = "read s3://key:passw0rd@store/in/show.mp4?X-Amz-Signature=f00d: no answer"
	if w.Subject == "m_2" {
		return catalog.Outcome{}, pipeline.Fail(pipeline.NotFound, "recording_gone", "put it back", detail)
	}
	if w.Attempt == 1 {
		return catalog.Outcome{}, pipeline.Fail(pipeline.Unavailable, "away", "", detail)
	}
	return catalog.Outcome{Next: []catalog.Work{{Subject: w.Subject, Input: w.Input, Recording: "r_1"}}}, nil
}

// machine works until nothing is left, as a process of its own would.
func (y *yard) machine() {
	tracer, err := Open(y.t.Context(), y.db, "v1", slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		y.t.Error(err)
		return
	}
	if y.chance {
		exporter, err := otlptracehttp.New(y.t.Context())
		if err != nil {
			y.t.Error(err)
			return
		}
		tracer.provider = sdk.NewTracerProvider(sdk.WithBatcher(exporter))
		tracer.tracer = tracer.provider.Tracer("dropcut")
	}
	d := workers.Drain{Slots: 2, Hand: workers.Hand{DB: y.db, Steps: y.steps, Trace: tracer, Backoff: time.Millisecond,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil))}}
	if err := d.Run(y.t.Context()); err != nil {
		y.t.Error(err)
	}
	if err := tracer.Close(); err != nil {
		y.t.Error(err)
	}
}

// lands has a recording listed, and after a while accepted.
func (y *yard) lands() (at time.Time) {
	y.t.Helper()
	a := catalog.Arrival{Source: "in", Key: "show.mp4", Version: "1", Size: 1}
	at = time.Now()
	for range 2 {
		if err := y.db.Write(y.t.Context(), func(tx *catalog.Tx) (err error) { a, err = tx.Seen(a); return err }); err != nil {
			y.t.Fatal(err)
		}
		time.Sleep(200 * time.Millisecond)
	}
	if err := y.db.Write(y.t.Context(), func(tx *catalog.Tx) error {
		_, err := tx.Accept(a, catalog.Work{Kind: pipeline.Ingest, Subject: "in show.mp4", Input: "round one"})
		return err
	}); err != nil {
		y.t.Fatal(err)
	}
	return at
}

func TestARoundIsOneTraceWhoeverWorksAndWhateverDies(t *testing.T) {
	for name, where := range map[string]string{"sqlite": filepath.Join(t.TempDir(), "c.db"), "postgres": postgres.Database(t)} {
		t.Run(name, func(t *testing.T) {
			y := open(t, where)
			landed := y.lands()
			dead, err := y.db.Claim(t.Context(), 10*time.Millisecond) // by one that was killed at once
			if err != nil || dead == nil {
				t.Fatal(dead, err)
			}
			time.Sleep(20 * time.Millisecond)
			var both sync.WaitGroup
			for range 2 {
				both.Go(y.machine)
			}
			both.Wait()
			y.check(landed)
		})
	}
}

func TestWithIDsOfChanceARoundIsNotOneTrace(t *testing.T) {
	y := open(t, filepath.Join(t.TempDir(), "c.db"))
	y.chance = true
	y.lands()
	y.machine()
	traces := map[string]bool{}
	for _, s := range y.Spans() {
		traces[s.Trace] = true
	}
	if len(traces) < 2 {
		t.Errorf("%d traces: the IDs are not what makes a round one", len(traces))
	}
}

// check looks at the trace: two machines, one root.
func (y *yard) check(landed time.Time) {
	t := y.t
	t.Helper()
	all := y.Spans()
	if bad := y.Bad(); len(bad) > 0 || len(all) == 0 {
		t.Fatalf("%d spans came, and %v", len(all), bad)
	}
	roots := slices.DeleteFunc(slices.Clone(all), func(s tracestest.Span) bool { return s.Parent != "" })
	if len(roots) != 1 || roots[0].Name != "round" || roots[0].About["recording"] != "r_1" || roots[0].Error == "" {
		t.Fatalf("roots: %+v", roots)
	}
	root := roots[0]
	if late := root.Began.Sub(landed); late < -100*time.Millisecond || late > 300*time.Millisecond {
		t.Errorf("the trace begins %s after the recording landed", late)
	}
	seen := map[string]int{}
	for _, s := range all {
		if s.Trace != root.Trace || s.ID != root.ID && s.Parent != root.ID {
			t.Errorf("%s is of another trace, or of another span", s.Name)
		}
		if s.From["service.name"] != "dropcut" || s.From["service.version"] != "v1" {
			t.Errorf("sent by %v", s.From)
		}
		if s.ID == root.ID {
			continue
		}
		if s.Ended.After(root.Ended.Add(50*time.Millisecond)) || s.About["step"] != s.Name || s.About["task"] == "" || s.About["attempt"] == "" || s.About["recording"] != "r_1" {
			t.Errorf("%+v", s)
		}
		seen[s.Name+" "+s.About["moment"]+" "+s.About["attempt"]+" "+s.About["outcome"]+" "+s.Error]++
	}
	for _, want := range []string{"ingest  2 done ", "detect  1 done ", "excerpt m_1 1 failed away", "excerpt m_1 2 done ", "excerpt m_2 1 failed recording_gone"} {
		if seen[want] != 1 {
			t.Errorf("%d of %q in %v", seen[want], want, seen)
		}
	}
	y.isHarmless()
}

// isHarmless looks for what a trace must not tell, and for what it must.
func (y *yard) isHarmless() {
	y.t.Helper()
	text := y.Text()
	for _, secret := range []string{"s3cret", "passw0rd", "f00d", "X-Amz-Signature"} {
		if strings.Contains(text, secret) {
			y.t.Errorf("%s was sent", secret)
		}
	}
	for _, want := range []string{"recording_gone", "put it back", "s3://store/in/show.mp4"} {
		if !strings.Contains(text, want) {
			y.t.Errorf("%s was not sent", want)
		}
	}
}

func TestACollectorThatIsAwayHoldsNothingUp(t *testing.T) {
	y := open(t, filepath.Join(t.TempDir(), "c.db"))
	y.lands()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
	began := time.Now()
	tracer, err := Open(t.Context(), y.db, "v1", slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	d := workers.Drain{Slots: 2, Hand: workers.Hand{DB: y.db, Steps: y.steps, Trace: tracer, Backoff: time.Millisecond, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}}
	if err := d.Run(t.Context()); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("the work took %s", took)
	}
	_ = tracer.Close()
	if took := time.Since(began); took > 3*time.Second+flush {
		t.Errorf("all of it took %s", took)
	}
}

func TestWhatAddressesGiveAwayIsNotTold(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`Get "https://u:p@store:9000/b/k?X-Amz-Signature=1&b=2": EOF`: `Get "https://store:9000/b/k": EOF`,
		"postgres://dropcut:pw@db/dropcut does not answer":            "postgres://db/dropcut does not answer",
		"no address at all: a/b?c=d":                                  "no address at all: a/b?c=d",
	} {
		if got := harmless(text); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
