package marks_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dropcut/pipeline"
	"dropcut/pipeline/detect"
	"dropcut/pipeline/marks"
	"dropcut/pipeline/timeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// known is what is known of the sample recording.
type known struct {
	Sections []struct {
		Start, End  float64
		Kind, Label string
	}
	Moments []struct {
		ID         string
		Start, End float64
		Payoff     []float64
	}
	Marks []struct {
		T      float64
		Moment *string
		Label  string
	}
}

// TestEachTrueMomentIsFoundFromEachFormat writes what is known of the sample
// recording into every format, as its writers would: presses after the event,
// with one in dead air; the ranges an editor keeps; the chapters of the whole
// recording. Then a core of 60–90 s that stays in the moment and holds its
// payoff must hold the known payoff, or share 25 s with the known moment.
func TestEachTrueMomentIsFoundFromEachFormat(t *testing.T) {
	if testing.Short() {
		t.Skip("looks at the sample recording for every format")
	}
	b := newBench(t)
	var want known
	b.learn(t, "truth.json", &want)
	presses, chapters := len(want.Marks), len(want.Sections)
	b.learn(t, "payoffs.json", &want)
	if presses == 0 || chapters == 0 || len(want.Moments) != 4 {
		t.Fatalf("%d presses, %d chapters, %d moments are known", presses, chapters, len(want.Moments))
	}
	for _, row := range marks.Formats() {
		text, ok := written(row, want)
		if !ok {
			continue
		}
		t.Run(row.Source, func(t *testing.T) {
			all, moments := b.detect(t, row, text)
			for _, m := range all {
				if !m.Used() && m.UnusedCode != detect.UnusedStructure && m.UnusedCode != detect.UnusedDeadAir || m.UnusedCode == detect.UnusedDeadAir && m.At.Seconds() != 385 {
					t.Errorf("the mark at %v %q is not used: %s", m.At, m.Label, m.Unused)
				}
			}
			if len(moments) != len(want.Moments) {
				t.Fatalf("%d moments\n%s", len(moments), text)
			}
			for i, w := range want.Moments {
				at := stretch{w.Start, w.End, 25}
				if w.Payoff != nil {
					at = stretch{w.Payoff[0], w.Payoff[1], w.Payoff[1] - w.Payoff[0]}
				}
				if row.Inside != "" && strings.Contains(row.Source, "heatmap") {
					at.least = 0.5 // a stretch of 12 s knows no more
				}
				if !holds(moments[i], at) {
					t.Errorf("%s: a core in %v with payoff %v may miss %+v", w.ID, moments[i].Window, moments[i].Payoff, at)
				}
			}
		})
	}
}

// written is the sample's marks in one row's format; false for what is no file.
func written(row marks.Format, of known) ([]byte, bool) {
	var all []marks.Written
	edited := row.Habit == marks.FormatOf(marks.SourceLosslessCut).Habit
	switch {
	case row.Source == marks.SourceYtdlpHeatmap:
		return replayed(of), true
	case row.Part && !edited:
		for _, s := range of.Sections {
			all = append(all, marks.Written{At: s.Start, End: s.End, Label: s.Label})
		}
	case marks.OnlyPoints(row.Source) && !edited:
		for _, m := range of.Marks {
			all = append(all, marks.Written{At: m.T, Label: m.Label})
		}
		slices.SortFunc(all, func(a, b marks.Written) int { return int(a.At - b.At) })
	case marks.OnlyPoints(row.Source): // where the thing is, for who edits sees it
		for _, m := range of.Moments {
			at := (m.Start + m.End) / 2
			if m.Payoff != nil {
				at = m.Payoff[0]
			}
			all = append(all, marks.Written{At: at, Label: m.ID})
		}
	default:
		for _, m := range of.Moments {
			all = append(all, marks.Written{At: m.Start, End: m.End, Label: m.ID})
		}
	}
	if row.Source == marks.SourceYtdlpDescription {
		text, err := json.Marshal(map[string]any{"extractor": "youtube", "description": "Thanks for watching!\n\n" + string(marks.WriteAs(marks.SourceTimestamps, all))})
		return text, err == nil
	}
	if !row.IsFile() {
		return nil, false
	}
	return marks.WriteAs(row.Source, all), true
}

// replayed is a heat map of 100 stretches: falling from the beginning, noisy,
// and high around what happens in each moment.
func replayed(of known) []byte {
	const width = 12.0
	var bins []map[string]any
	for i := range 100 {
		from := float64(i) * width
		v := 0.12 + 0.03*math.Sin(float64(i)*1.7) + math.Exp(-float64(i)/3)*0.85
		for k, m := range of.Moments {
			mid := (m.Start + m.End) / 2
			if m.Payoff != nil {
				mid = m.Payoff[0] + 2
			}
			v += (0.8 - 0.1*float64(k)) * math.Exp(-math.Pow((from+width/2-mid)/width, 2))
		}
		bins = append(bins, map[string]any{"start_time": from, "end_time": from + width, "value": min(v, 1)})
	}
	text, err := json.Marshal(map[string]any{"extractor": "youtube", "heatmap": bins})
	if err != nil {
		panic(err)
	}
	return text
}

// stretch is so many seconds of which a core must hold at least some.
type stretch struct{ from, to, least float64 }

// holds tries every core of 60 s that holds the payoff and as much of the
// moment as it can: inside a longer moment, around a shorter one.
func holds(m pipeline.Moment, want stretch) bool {
	const rate, length = 30, 60 * 30
	known := timeline.Window{In: int64(want.from * rate), Out: int64(want.to * rate)}
	from, to := m.Window.In, m.Window.Out-length
	if m.Window.Frames() < length {
		from, to = m.Window.Out-length, m.Window.In
	}
	tried := 0
	for in := from; in <= to; in++ {
		core := timeline.Window{In: in, Out: in + length}
		if !core.Covers(m.Payoff) {
			continue
		}
		tried++
		if core.Intersect(known).Frames() < int64(want.least*rate) {
			return false
		}
	}
	return tried > 0
}

func TestACoreThatMissesIsSeen(t *testing.T) {
	m := pipeline.Moment{Window: timeline.Window{In: 410 * 30, Out: 500 * 30}, Payoff: timeline.Window{In: 450 * 30, Out: 466 * 30}}
	if !holds(m, stretch{452, 479, 10}) || holds(m, stretch{452, 479, 25}) || holds(m, stretch{700, 720, 1}) {
		t.Error("the judge of this test is wrong")
	}
}

// TestFFmpegWritesWhatIsRead: the sample's chapters, as ffmpeg itself writes them out.
func TestFFmpegWritesWhatIsRead(t *testing.T) {
	b := newBench(t)
	var want known
	b.learn(t, "truth.json", &want)
	dir := t.TempDir()
	text := b.ffmpeg(t, dir, "out.ffmetadata", "-f", "ffmetadata")
	lists, err := marks.Read("out.ffmetadata", text, marks.Recording{})
	if err != nil || len(lists) != 1 || len(lists[0].Entries) != len(want.Sections) {
		t.Fatalf("%v\n%s", err, text)
	}
	for i, s := range want.Sections {
		e := lists[0].Entries[i]
		if e.Label != s.Label || math.Abs(e.At.Seconds()-s.Start) > e.Step.Seconds() {
			t.Errorf("%+v came back as %+v", s, e)
		}
	}
	if none := b.ffmpeg(t, dir, "none.ffmetadata", "-f", "ffmetadata", "-map_chapters", "-1"); bytes.Contains(none, []byte("[CHAPTER]")) {
		t.Error("the control has chapters")
	}
}

// learn reads one of the sample's pages of facts.
func (b *bench) learn(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(filepath.Dir(b.path), name))
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// detect finds the marks and moments of the recording from one file beside it.
// What was looked at for one format is known for the next of its kind: whether
// a stretch is dead air does not hang on who points at it.
func (b *bench) detect(t *testing.T, row marks.Format, text []byte) (all []pipeline.Mark, moments []pipeline.Moment) {
	t.Helper()
	name, kind := row.Source, fmt.Sprint(row.Habit.Lead, row.Habit.Trail)
	rec := b.rec
	rec.ID, rec.Fingerprint, rec.Name = pipeline.Mint(pipeline.RecordingID), name, "stream.mp4" // as the writers call it
	side := pipeline.Sidecar{Name: name, Digest: storage.DigestBytes(text), Asked: true}
	if _, err := b.data.Put(t.Context(), storage.SidecarKey(side.Digest), bytes.NewReader(text), side.Digest); err != nil {
		t.Fatal(err)
	}
	b.keep(t, func(tx *catalog.Tx) error {
		if err := tx.PutRecording(rec); err != nil {
			return err
		}
		return errors.Join(tx.PutBrief(rec.ID, pipeline.Brief{Marks: []pipeline.Sidecar{side}}), tx.PutMarks(rec.ID, seenAs(b.seen[kind], row.Source)))
	})
	out, err := b.step.Do(t.Context(), catalog.Work{Kind: pipeline.Detect, Subject: rec.ID, Input: "o_1"}, func(float64) {})
	if err != nil {
		t.Fatal(fmt.Errorf("%w\n%s", err, text))
	}
	b.keep(t, out.Keep)
	b.keep(t, func(tx *catalog.Tx) (err error) {
		if all, err = tx.Marks(rec.ID); err == nil {
			moments, err = tx.MomentsOf(rec.ID)
		}
		return err
	})
	b.seen[kind] = append(b.seen[kind], all...)
	return all, moments
}

// seenAs is marks that were looked at, as those of another source.
func seenAs(all []pipeline.Mark, source string) (out []pipeline.Mark) {
	for _, m := range all {
		m.Source = source
		out = append(out, m)
	}
	return out
}
