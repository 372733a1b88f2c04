package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// film is a run on a clock of its own: two moments, of which the second's
// missing pieces become known only when the first is nearly made.
type film struct {
	*meter
	at   time.Time
	n    int
	shot func()
}

var momentID = pipeline.Mint(pipeline.MomentID)

func newFilm() *film {
	f := &film{at: time.Unix(0, 0), shot: func() {}}
	f.meter = newMeter(func() time.Time { return f.at })
	return f
}

// pass lets time pass, a draw of the bar every 150 ms.
func (f *film) pass(d time.Duration) {
	for end := f.at.Add(d); f.at.Before(end); f.at = f.at.Add(150 * time.Millisecond) {
		f.shot()
	}
}

// do is one row from beginning to end, with reports on the way where it encodes.
func (f *film) do(kind pipeline.Step, subject string, moment int64, long time.Duration, made catalog.Made) {
	f.n++
	row := catalog.Work{ID: fmt.Sprint(f.n), Kind: kind, Subject: subject, Priority: moment}
	f.started(row, fmt.Sprint("moment ", moment))
	for i := range 10 {
		f.progress(row, float64(made.Frames)*float64(i)/10)
		f.pass(long / 10)
	}
	f.finished(row, made, true)
}

func (f *film) moment(n int64) {
	f.do(pipeline.Compose, momentID, n, 10*time.Millisecond, catalog.Made{Todo: 3000, Files: 4})
	for range 12 {
		f.do(pipeline.Render, "run_x", n, 5*time.Second, catalog.Made{Frames: 250})
	}
	for range 4 {
		f.do(pipeline.Sound, "clp_x", n, 2*time.Second, catalog.Made{})
		f.do(pipeline.Assemble, "var_x", n, 2*time.Second, catalog.Made{File: "x.mp4"})
	}
}

func TestTheTimeLeftDoesNotJumpAboutAndIsRoughlyRight(t *testing.T) {
	f := newFilm()
	var shown []time.Duration
	var at []time.Time
	last := 0.0
	f.shot = func() {
		f.line(100)
		if f.finish.IsZero() {
			return
		}
		shown, at = append(shown, f.finish.Sub(f.at)), append(at, f.at)
		if f.full < last {
			t.Errorf("the bar goes back from %.3f to %.3f", last, f.full)
		}
		last = f.full
	}
	f.do(pipeline.Detect, "rec_x", 0, time.Second, catalog.Made{Next: 2})
	f.moment(0)
	f.moment(1)
	end := f.at
	if len(shown) < 100 {
		t.Fatalf("the time left was shown %d times", len(shown))
	}
	for i := 1; i < len(shown); i++ {
		if d := (shown[i] - shown[i-1]).Abs(); d > 3*time.Second {
			t.Errorf("%v after the beginning it jumps by %v from one draw to the next", at[i].Sub(time.Unix(0, 0)), d)
		}
	}
	for i := range shown {
		left := end.Sub(at[i])
		if wrong := (shown[i] - left).Abs(); left < 100*time.Second && wrong > 10*time.Second+left/4 {
			t.Fatalf("with %v to go it says %v", left, shown[i])
		}
	}
	if last < 0.95 {
		t.Errorf("at the end the bar is at %.2f", last)
	}
}

func TestALineFitsTheTerminalAndNamesThings(t *testing.T) {
	f := newFilm()
	f.do(pipeline.Detect, "rec_x", 0, time.Second, catalog.Made{Next: 1})
	f.do(pipeline.Compose, momentID, 0, time.Second, catalog.Made{Todo: 123456, Files: 24})
	f.do(pipeline.Render, "run_x", 0, 20*time.Second, catalog.Made{Frames: 1000})
	f.started(catalog.Work{ID: "a", Kind: pipeline.Plan, Subject: momentID, Priority: 7}, `"夜市の屋台で特別な発表がありました、皆さん"`)
	for _, columns := range []int{20, 40, 80, 100, 200} {
		line := f.line(columns)
		if got := columnsOf(line); got > columns {
			t.Errorf("%d columns in a terminal of %d: %q", got, columns, line)
		}
		if columns >= 40 && !strings.Contains(line, "choosing cuts of \"夜市") {
			t.Errorf("%d columns: it does not say what is done: %q", columns, line)
		}
		if columns >= 100 != strings.Contains(line, "[") {
			t.Errorf("%d columns: a bar where there is no room, or none where there is: %q", columns, line)
		}
	}
}

func TestAFailedAttemptCountsForNothing(t *testing.T) {
	f := newFilm()
	f.do(pipeline.Compose, momentID, 0, time.Second, catalog.Made{Todo: 500, Files: 1})
	row := catalog.Work{ID: "a", Kind: pipeline.Render, Subject: "run_x"}
	f.started(row, "")
	f.progress(row, 250)
	if got := f.counts(); !strings.HasPrefix(got, "250 of 500 frames, 0 of 1 files") {
		t.Errorf("%q", got)
	}
	f.finished(row, catalog.Made{}, false)
	if got := f.counts(); !strings.HasPrefix(got, "0 of 500 frames") {
		t.Errorf("%q", got)
	}
}

func TestBeforeAnythingIsMadeItSaysWhatIsDoneAndHowFar(t *testing.T) {
	f := newFilm()
	row := catalog.Work{ID: "d", Kind: pipeline.Detect, Subject: pipeline.Mint(pipeline.RecordingID)}
	f.started(row, "show.mp4")
	if got := f.doing(); got != "looking for marks in show.mp4" {
		t.Errorf("%q", got)
	}
	f.progress(row, 0.4)
	if step, got := f.howFar(); step != pipeline.Detect || got != "listening to show.mp4: 40 %" {
		t.Errorf("%s %q", step, got)
	}
	f.finished(row, catalog.Made{Next: 3}, true)
	first := catalog.Work{ID: "x", Kind: pipeline.Excerpt, Subject: momentID, Priority: 1}
	f.started(first, `"drop"`)
	f.finished(first, catalog.Made{}, true)
	second := catalog.Work{ID: "y", Kind: pipeline.Excerpt, Subject: momentID, Priority: 2}
	f.started(second, `"crowd"`)
	f.progress(second, 0.6)
	if step, got := f.howFar(); step != pipeline.Excerpt || got != `copying "crowd": 60 %, 1 of 3 moments copied` {
		t.Errorf("%s %q", step, got)
	}
}

func TestPlainLinesSayHowFarItIsButNotTooOften(t *testing.T) {
	var out bytes.Buffer
	w := newWatch(&out, true, nil) // quiet: no ticker of its own
	w.quiet = false
	row := catalog.Work{ID: "d", Kind: pipeline.Detect, Subject: "x"}
	w.Started(row)
	w.Progress(row, 0.4)
	now := w.said
	w.tellHowFar(now.Add(every / 4))
	w.tellHowFar(now.Add(every))
	w.tellHowFar(now.Add(3 * every))
	w.Progress(row, 0.5)
	w.tellHowFar(time.Now())
	w.tellHowFar(time.Now().Add(every))
	want := "detect     listening to a moment: 40 %\ndetect     listening to a moment: 50 %\n"
	if out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
	out.Reset()
	w.hushed = true
	w.Line("said")
	w.Progress(row, 0.6)
	w.tellHowFar(time.Now().Add(every))
	if got := out.String(); got != "detect     listening to a moment: 60 %\n" {
		t.Errorf("hushed: %q", got)
	}
	w.Close()
}
