package detect

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/marks"
	"dropcut/pipeline/timeline"
)

// point and stretchOf are marks for the tests of growing.
func point(source string, at float64, label string) found {
	e := marks.Entry{At: sec(at), Step: time.Second, Label: label}
	return found{Mark: markOf(e, source, "test")}
}

func ranged(source string, from, to float64, label string) found {
	e := marks.Entry{At: sec(from), End: ptr(sec(to)), Step: time.Second, Label: label}
	return found{Mark: markOf(e, source, "test")}
}

func loose(m found) found { m.loose = true; return m }

func TestAMomentGrowsAroundItsMark(t *testing.T) {
	for _, c := range []struct {
		why     string
		seconds int64
		mark    found
		window  timeline.Window
		payoff  timeline.Window
		given   bool
		slack   int64
	}{
		{"a press is late", 1200, point(marks.SourceTwitch, 465, ""), win(410, 500), win(450, 466), false, 0},
		{"a typed time is less late", 1200, point(marks.SourceFlag, 465, ""), win(415, 500), win(455, 466), false, 0},
		{"notes may lie on either side", 1200, point(marks.SourceTimestamps, 465, ""), win(415, 505), win(455, 471), false, 0},
		{"a chapter is not late", 1200, point(marks.SourceChapter, 465, ""), win(424, 515), win(464, 481), false, 0},
		{"at the beginning the window keeps its length", 1200, point(marks.SourceTwitch, 5, ""), win(0, 80), win(0, 6), false, 0},
		{"in the last second too", 1200, point(marks.SourceTwitch, 1200, ""), win(1111, 1200), win(1185, 1200), false, 0},
		{"a short recording is its window", 40, point(marks.SourceTwitch, 20, ""), win(0, 40), win(5, 21), false, 0},
		{"a range is its window; a short one is its own payoff", 1200, ranged(marks.SourceFlag, 465, 490, ""), win(465, 490), win(465, 490), true, 15},
		{"a longer one pays off in its second half", 1200, ranged(marks.SourceFlag, 400, 470, ""), win(400, 470), win(440, 470), true, 15},
		{"of a chapter nobody chose the end", 1200, loose(ranged(marks.SourceChapter, 1000, 1036, "")), win(1000, 1036), win(1018, 1036), false, 15},
		{"more than two minutes is no moment", 1200, ranged(marks.SourceFlag, 100, 500, ""), win(100, 220), win(190, 220), false, 15},
		{"a range that runs out of the recording", 480, ranged(marks.SourceFlag, 465, 490, ""), win(465, 480), win(465, 480), true, 15},
	} {
		d := sprout(c.mark, media(c.seconds))
		if d.window != c.window || d.payoff != c.payoff || d.given != c.given || c.given && d.slack != c.slack {
			t.Errorf("%s: window %v payoff %v given %v slack %d, want %v %v %v %d", c.why, d.window, d.payoff, d.given, d.slack, c.window, c.payoff, c.given, c.slack)
		}
	}
}

func TestMomentsThatOverlapMergeUpToTwoMinutes(t *testing.T) {
	for _, c := range []struct {
		why   string
		marks []found
		want  []string
	}{
		{"two presses at one thing", []found{point(marks.SourceTwitch, 465, "a"), point(marks.SourceTwitch, 475, "b")}, []string{"[410 510) pays [450 476) a+b"}},
		{"two things in one moment: the surer must be seen", []found{point(marks.SourceTimestamps, 465, "a"), point(marks.SourceFlag, 495, "b")}, []string{"[415 530) pays [485 496) b+a"}},
		{"further apart they stay two", []found{point(marks.SourceTwitch, 465, "a"), point(marks.SourceTwitch, 500, "b")}, []string{"[410 500) pays [450 466) a", "[445 535) pays [485 501) b"}},
		{"a given range stays as it is", []found{ranged(marks.SourceFlag, 465, 490, "a"), point(marks.SourceTwitch, 470, "b")}, []string{"[465 490) pays [465 490) a+b"}},
		{"what points elsewhere is another moment", []found{ranged(marks.SourceFlag, 465, 490, "a"), point(marks.SourceTwitch, 510, "b")}, []string{"[455 545) pays [495 511) b", "[465 490) pays [465 490) a"}},
		{"two given ranges stay two", []found{ranged(marks.SourceFlag, 465, 490, "a"), ranged(marks.SourceFlag, 470, 500, "b")}, []string{"[465 490) pays [465 490) a", "[470 500) pays [470 500) b"}},
		{"a chapter and a press inside it", []found{loose(ranged(marks.SourceChapter, 450, 480, "B")), point(marks.SourceTwitch, 465, "wow")}, []string{"[410 500) pays [450 466) wow+B"}},
		{"an unused mark grows nothing", []found{{Mark: pipeline.Mark{Source: marks.SourceTwitch, Unused: "no"}}}, nil},
	} {
		var got []string
		for _, d := range grow(c.marks, media(1200)) {
			var labels []string
			for _, m := range d.marks {
				labels = append(labels, m.Label)
			}
			got = append(got, fmt.Sprintf("[%d %d) pays [%d %d) %s", d.window.In/30, d.window.Out/30, d.payoff.In/30, d.payoff.Out/30, strings.Join(labels, "+")))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got %q\nwant %q", c.why, got, c.want)
		}
	}
}

func TestEveryMomentLiesInTheRecordingAndHoldsItsPayoff(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	sources := []string{marks.SourceFlag, marks.SourceNative, marks.SourceTwitch, marks.SourceTimestamps, marks.SourceOBS, marks.SourceChapter}
	for range 300 {
		m := media(1 + r.Int64N(2000))
		length := m.Rate.Duration(m.Frames)
		var all []found
		for range 1 + r.IntN(30) {
			from := r.Float64() * (length.Seconds() + 1)
			one := point(sources[r.IntN(len(sources))], from, "")
			if r.IntN(3) == 0 {
				one = ranged(sources[r.IntN(len(sources))], from, from+0.01+r.Float64()*300, "")
				one.loose = r.IntN(2) == 0
			}
			all = append(all, one)
		}
		inOrder(all)
		bound(all, length)
		used, named := 0, 0
		for _, x := range all {
			if x.Used() {
				used++
			}
		}
		for _, d := range grow(all, m) {
			named += len(d.marks)
			if d.window.IsEmpty() || d.payoff.IsEmpty() || !m.Length().Covers(d.window) || !d.window.Covers(d.payoff) ||
				d.window.Frames() > m.Rate.Frames(windowMost) || d.sure <= 0 || d.sure > 1 {
				t.Fatalf("in %d frames: %+v", m.Frames, d)
			}
		}
		if named != used {
			t.Fatalf("%d marks used, %d in moments", used, named)
		}
	}
}

func TestTheFiveSurestMomentsGoOn(t *testing.T) {
	var all []found
	for i := range 7 {
		all = append(all, point(marks.SourceTimestamps, float64(100+i*150), fmt.Sprint(i)))
	}
	all[5] = point(marks.SourceFlag, 850, "flag")
	all = append(all, point(marks.SourceChapter, 1150, "chapter"))
	kept, on := best(grow(all, media(1300)))
	if len(kept) != 8 || on != 5 || kept[0].label() != "flag" || kept[1].label() != "0" || kept[7].label() != "chapter" {
		t.Errorf("%d of %d: first %s, then %s, last %s", on, len(kept), kept[0].label(), kept[1].label(), kept[7].label())
	}
}
