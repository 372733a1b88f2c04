package detect

import (
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/marks"
	"dropcut/storage/catalog"
)

// planning is an unwatched recording of 1000 s that began at eight, and a drop
// planned so many seconds after that.
func planning(t *testing.T, after float64, from string) *bench {
	t.Helper()
	b := unwatched(t, 1000)
	b.brief.NoProposals = true
	start := time.Date(2026, 11, 25, 20, 0, 0, 0, time.UTC)
	b.keep(t, func(tx *catalog.Tx) error {
		if b.rec.StartedFrom = from; from != "" {
			b.rec.StartedAt, b.rec.StartedStep = &start, time.Second
		}
		return tx.PutRecording(b.rec)
	})
	at := start.Add(sec(after)).In(time.FixedZone("", 3600))
	b.brief.Drop = &pipeline.DropPlan{File: "drop.yaml", Line: 2, Name: "Neon hoodie", Planned: &at}
	return b
}

// alive makes detect believe that the plan's own mark was looked at.
func (b *bench) alive(t *testing.T, more ...found) *bench {
	t.Helper()
	m, _ := planned(b.brief, b.rec)
	b.seen(t, append(more, m)...)
	return b
}

// pressed is a --mark as detect finds it.
func pressed(t *testing.T, flag string) found {
	t.Helper()
	e, err := marks.ParseFlag(flag)
	if err != nil {
		t.Fatal(err)
	}
	l := marks.List{Source: marks.SourceFlag, Name: "--mark"}
	l.Add(e)
	return marksOf(l, nil, time.Hour)[0]
}

func TestAPlannedTimeIsAWeakRangeByTheClock(t *testing.T) {
	for from, sure := range map[string]float64{"name": 0.50, "container": 0.45, "modified": 0.30} {
		b := planning(t, 610, from).alive(t)
		listed, moments, out := b.detect(t)
		if len(listed) != 1 || len(moments) != 1 || len(out.Next) != 1 {
			t.Fatalf("%d marks, %d moments", len(listed), len(moments))
		}
		m, o := listed[0], moments[0]
		if !m.Used() || m.Source != marks.SourcePlan || m.At != 610*time.Second || *m.End != 700*time.Second || m.Confidence != sure || m.Origin != "drop.yaml:2" || m.Precision != time.Second {
			t.Errorf("by %s: %+v", from, m)
		}
		if o.Given || o.Window != win(610, 700) || o.Label != "Neon hoodie" || o.Confidence != sure {
			t.Errorf("by %s: %+v", from, o)
		}
	}
}

func TestAPlannedTimeAtTheEdgeIsCutToTheRecording(t *testing.T) {
	for _, c := range []struct{ after, in, out float64 }{{-30, 0, 60}, {970, 970, 1000}} {
		listed, _, _ := planning(t, c.after, "name").alive(t).detect(t)
		if m := listed[0]; !m.Used() || m.At != sec(c.in) || *m.End != sec(c.out) {
			t.Errorf("planned at %v s: %+v", c.after, m)
		}
	}
}

func TestAPlannedTimeThatCannotBeFoundIsListedWithItsReason(t *testing.T) {
	for _, c := range []struct {
		why   string
		after float64
		from  string
		code  string
		says  string
	}{
		{"nobody knows when it began", 610, "", UnusedNoStart, "nothing says when the recording began"},
		{"long before", -3600, "modified", UnusedOutside, "last written"},
		{"long after", 3600, "name", UnusedOutside, "the recording covers 2026-11-25T21:00:00+01:00 to 2026-11-25T21:16:40+01:00, as its name says"},
	} {
		b := planning(t, c.after, c.from)
		listed, moments, _ := b.detect(t)
		if len(listed) != 1 || len(moments) != 0 || listed[0].UnusedCode != c.code || !strings.Contains(listed[0].Unused, c.says) {
			t.Errorf("%s: %+v", c.why, listed)
		}
		if len(b.rec.Notes) != 1 || !strings.Contains(b.rec.Notes[0].Detail, "planned for") {
			t.Errorf("%s: %+v", c.why, b.rec.Notes)
		}
	}
}

func TestAPlannedTimeOnlyConfirmsWhatSomebodyMarked(t *testing.T) {
	for _, flag := range []string{"10:15 fish", "10:00-11:00 fish", "10:40 neon hoodie"} {
		before := planning(t, 610, "name")
		f := pressed(t, flag)
		before.brief.Flags, before.brief.Drop = []string{flag}, nil
		before.seen(t, f)
		_, want, _ := before.detect(t)
		after := planning(t, 610, "name")
		after.brief.Flags = []string{flag}
		_, got, _ := after.alive(t, f).detect(t)
		if len(want) != 1 || len(got) != 1 {
			t.Fatalf("%s: %d moments before, %d after", flag, len(want), len(got))
		}
		if w, g := want[0], got[0]; g.Window != w.Window || g.Payoff != w.Payoff || g.Given != w.Given || g.Label != w.Label || len(g.Marks) != 2 || g.Confidence < w.Confidence {
			t.Errorf("%s: a plan makes %+v of %+v", flag, g, w)
		}
	}
}

func TestAPlannedTimeElsewhereIsOfferedAndNotMade(t *testing.T) {
	b := planning(t, 610, "name")
	b.brief.Flags = []string{"2:00 fish"}
	f := pressed(t, "2:00 fish")
	_, moments, out := b.alive(t, f).detect(t)
	if len(moments) != 2 || len(out.Next) != 1 {
		t.Fatalf("%d moments, %d go on", len(moments), len(out.Next))
	}
	for _, m := range moments {
		if (m.State == pipeline.MomentOffered) != (m.Marks[0].Source == marks.SourcePlan) {
			t.Errorf("%s is %s", m.Label, m.State)
		}
	}
}
