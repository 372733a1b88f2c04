package detect

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/pipeline/marks"
)

// Sounds of drawn recordings, by the second.
var (
	talk = func(sec float64) float64 {
		if math.Sin(0.9*sec) < -0.7 || math.Sin(2*math.Pi*2.3*sec+3*math.Sin(0.7*sec)) < -0.2 {
			return 0
		}
		return 0.08 * (hz(140, sec) + hz(280, sec) + 0.6*hz(980, sec))
	}
	hiss  = func(float64) float64 { return 0.0005 * (rand.Float64()*2 - 1) }
	drums = func(sec float64) float64 {
		return 0.3*hz(90, sec)*math.Exp(-20*math.Mod(sec, 0.5)) + 0.1*hz(440, sec)*math.Exp(-6*math.Mod(sec, 1))
	}
	steady = func(float64) float64 { return 0.1 * (rand.Float64()*2 - 1) }
	mute   = func(float64) float64 { return 0 }
)

func hz(f, sec float64) float64 { return math.Sin(2 * math.Pi * f * sec) }

// between is a sound from a second to another.
func between(from, to float64, what func(float64) float64) func(float64) float64 {
	return func(sec float64) float64 {
		if sec < from || sec >= to {
			return 0
		}
		return what(sec)
	}
}

// roar is a crowd from a second to another.
func roar(from, to float64) func(float64) float64 {
	return between(from, to, func(float64) float64 { return 0.35 * (rand.Float64()*2 - 1) })
}

// drawnFor writes a sound file and names it as ffmpeg's lavfi does.
func drawnFor(t *testing.T, seconds int, parts ...func(float64) float64) string {
	t.Helper()
	const rate = 16000
	pcm := make([]byte, 0, 2*rate*seconds)
	for i := range rate * seconds {
		v := 0.0
		for _, p := range parts {
			v += p(float64(i) / rate)
		}
		pcm = binary.LittleEndian.AppendUint16(pcm, uint16(int16(min(max(v, -1), 1)*32767)))
	}
	head := []byte("RIFF____WAVEfmt ")
	for _, n := range []uint32{16, 1 | 1<<16, rate, 2 * rate, 2 | 16<<16} {
		head = binary.LittleEndian.AppendUint32(head, n)
	}
	head = binary.LittleEndian.AppendUint32(append(head, "data"...), uint32(len(pcm)))
	binary.LittleEndian.PutUint32(head[4:], uint32(len(head)-8+len(pcm)))
	path := filepath.Join(t.TempDir(), "sound.wav")
	if err := os.WriteFile(path, append(head, pcm...), 0o600); err != nil {
		t.Fatal(err)
	}
	return "amovie=" + path
}

func moving(seconds int) string { return fmt.Sprintf("testsrc2=s=96x64:r=25:d=%d", seconds) }

func TestWithoutAMarkWhatStandsOutIsProposed(t *testing.T) {
	for _, c := range []struct {
		name, file string
		sound      []func(float64) float64
		seconds    int
		at         []float64 // where moments must be proposed, best first in any order
		most       int       // moments
	}{
		{"talk and two crowds", "a.mp4", []func(float64) float64{talk, hiss, roar(70, 82), roar(150, 160)}, 200, []float64{70, 150}, 4},
		{"a crowd in Matroska", "b.mkv", []func(float64) float64{talk, hiss, roar(70, 82)}, 120, []float64{70}, 3},
		{"a crowd in MPEG-TS", "c.ts", []func(float64) float64{talk, hiss, roar(70, 82)}, 120, []float64{70}, 3},
		{"a crowd over music that plays all the time", "d.mp4", []func(float64) float64{drums, hiss, roar(60, 70)}, 120, []float64{60}, 2},
		{"the negative control: silence", "e.mp4", []func(float64) float64{mute}, 120, nil, 0},
		{"the negative control: noise that never changes", "f.mp4", []func(float64) float64{steady}, 120, nil, 0},
		{"the negative control: music throughout", "g.mp4", []func(float64) float64{drums, hiss}, 120, nil, 0},
		{"a crowd and then dead air", "h.mp4", []func(float64) float64{between(0, 100, talk), roar(60, 70)}, 140, []float64{60}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, draw(t, c.file, moving(c.seconds), drawnFor(t, c.seconds, c.sound...)))
			seen, moments, out := b.detect(t)
			for _, m := range seen {
				t.Logf("%s %.3f used %v %q %s", spoken(m.At), m.Confidence, m.Used(), m.Why, m.Unused)
				if m.Source != marks.SourceSignal || m.Confidence > surestSignal || len(m.Why) == 0 {
					t.Errorf("%+v", m)
				}
			}
			if len(moments) > c.most {
				t.Errorf("%d moments", len(moments))
			}
			for i, at := range c.at {
				hit := slices.IndexFunc(moments, func(m pipeline.Moment) bool { return m.Payoff.Grow(30, 0).Contains(int64(at * 25)) })
				if hit < 0 || !slices.ContainsFunc(moments[hit].Notes, func(n pipeline.Note) bool { return n.Code == codeProposed && n.Hint != "" }) {
					t.Errorf("number %d at %v s is not proposed: %+v", i, at, moments)
				}
			}
			if len(c.at) == 0 {
				if len(out.Next) != 1 || out.Next[0].Subject != b.rec.ID || !slices.ContainsFunc(b.rec.Notes, func(n pipeline.Note) bool { return n.Code == codeNothing }) {
					t.Errorf("%+v, %+v", out.Next, b.rec.Notes)
				}
			}
			if !slices.ContainsFunc(b.rec.Notes, func(n pipeline.Note) bool { return n.Code == codeProposed && strings.Contains(n.Detail, "MiB read") }) {
				t.Errorf("what was read is not said: %+v", b.rec.Notes)
			}
			ids := func() (out []string) {
				_, all, _ := b.detect(t)
				for _, m := range all {
					out = append(out, m.ID)
				}
				return out
			}
			b.Shelf, b.FFmpeg = nil, nil // touching either now would crash
			if first, again := ids(), ids(); !slices.Equal(first, again) || len(first) != len(moments) {
				t.Errorf("%v became %v", first, again)
			}
		})
	}
}

func TestAMarkOfAPersonIsAlwaysBeforeProposals(t *testing.T) {
	path := draw(t, "a.mp4", moving(120), drawnFor(t, 120, talk, roar(80, 92)))
	b := newBench(t, path)
	b.brief.Flags = []string{"0:30 here"}
	if seen, moments, _ := b.detect(t); len(seen) != 1 || len(moments) != 1 || seen[0].Source != marks.SourceFlag {
		t.Errorf("proposed beside a mark: %+v", seen)
	}
	b.brief = pipeline.Brief{}
	if _, moments, _ := b.detect(t); len(moments) < 1 || moments[0].Marks[0].Source != marks.SourceSignal {
		t.Errorf("the mark is gone, and nothing is proposed: %+v", moments)
	}
	b.brief.NoProposals = true
	if marks, _, out := b.detect(t); len(marks) != 0 || out.Next[0].Subject != b.rec.ID {
		t.Errorf("proposed though nobody wanted that: %+v", marks)
	}
	b.brief = pipeline.Brief{Flags: []string{"9:00 outside"}}
	if marks, _, _ := b.detect(t); len(marks) != 1 || marks[0].UnusedCode != UnusedOutside {
		t.Errorf("who pointed at nothing is told so: %+v", marks)
	}
}

func TestWordsSpeakForAProposal(t *testing.T) {
	b := newBench(t, draw(t, "a.mp4", moving(160), drawnFor(t, 160, talk, hiss)))
	_, moments, _ := b.detect(t)
	if slices.ContainsFunc(moments, func(m pipeline.Moment) bool { return strings.Contains(strings.Join(m.Marks[0].Why, "; "), "says") }) {
		t.Fatalf("words before there are any: %+v", moments)
	}
	srt := "1\n00:02:10,000 --> 00:02:12,000\n¡Miren esto, aquí está!\n\n2\n00:02:14,000 --> 00:02:16,000\nlink in bio, sold out today\n\n"
	b.transcript(t, "a.es.srt", []byte(srt))
	marks, moments, _ := b.detect(t)
	if !slices.ContainsFunc(moments, func(m pipeline.Moment) bool {
		why := strings.Join(m.Marks[0].Why, "; ")
		return (m.Marks[0].At-130*time.Second).Abs() < 20*time.Second && strings.Contains(why, "miren esto") && strings.Contains(why, "sold out")
	}) {
		t.Errorf("%+v", marks)
	}
}

// transcript puts a file of words beside the recording.
func (b *bench) transcript(t *testing.T, name string, body []byte) {
	t.Helper()
	b.sidecar(t, name, body, false)
	n := len(b.brief.Marks) - 1
	b.brief.Transcripts, b.brief.Marks = append(b.brief.Transcripts, b.brief.Marks[n]), b.brief.Marks[:n]
}

func TestMorePointsAreSurerAndNeverSure(t *testing.T) {
	last := -1.0
	for points := -50; points < 5000; points += 5 {
		if s := sureness(points); s < last || s > surestSignal || s < 0 {
			t.Fatalf("%d points: %v after %v", points, s, last)
		} else {
			last = s
		}
	}
	one := candidate{}
	one.add([]told{{0, captions.Reveals, "look"}, {1, captions.Reveals, "look"}, {2, captions.Sells, "sold out"}})
	if one.points != perReveal+perOffer {
		t.Errorf("a word that is said twice counts twice: %+v", one)
	}
}

// deadAirLeast is how long a silence lasts that is no pause, in seconds.
const deadAirLeast = 3

// surestFirst orders moments as they go on: surest first.
func surestFirst(a, b pipeline.Moment) int { return -cmp.Compare(a.Confidence, b.Confidence) }

// TestTheTrueMomentsAreAmongTheFirstProposals holds proposals against what is
// known of the sample recording: at least three of its four moments among the
// first five, and dead air never: no payoff touches a silence of three seconds,
// or has more than a tenth of shorter ones.
func TestTheTrueMomentsAreAmongTheFirstProposals(t *testing.T) {
	path := sample(t, "long/proxy_360p_with_chapters.mp4")
	truth := trueMoments(t)
	var sound struct {
		Silence [][]float64 `json:"silence_intervals_exact"`
	}
	if err := json.Unmarshal(read(t, sample(t, "long/truth.json")), &sound); err != nil {
		t.Fatal(err)
	}
	b := newBench(t, path)
	b.rec.Media.Chapters = nil
	b.keepRecording(t)
	_, moments, out := b.detect(t)
	slices.SortStableFunc(moments, surestFirst)
	rank := map[string]int{}
	for i, m := range moments {
		at := m.Marks[0]
		t.Logf("%d: %s, %.3f: %s", i+1, spoken(at.At), at.Confidence, strings.Join(at.Why, "; "))
		for _, x := range truth {
			holds := win(x.Start, x.End).Intersect(m.Window).Frames() >= 25*30
			if x.Payoff != nil {
				holds = m.Window.Covers(win(x.Payoff[0], x.Payoff[1])) && m.Payoff.Grow(90, 0).Overlaps(win(x.Payoff[0], x.Payoff[1]))
			}
			if holds && rank[x.ID] == 0 {
				rank[x.ID] = i + 1
			}
		}
		var dead, short int64
		for _, s := range sound.Silence {
			if n := win(s[0], s[1]).Intersect(m.Payoff).Frames(); s[1]-s[0] >= deadAirLeast {
				dead += n
			} else {
				short += n
			}
		}
		t.Logf("   payoff %v: %d of %d frames in dead air, %d in shorter silence", m.Payoff, dead, m.Payoff.Frames(), short)
		if (dead+short)*10 > m.Payoff.Frames() {
			t.Errorf("%d: more than a tenth of its payoff %v is silence, %d frames of it dead air", i+1, m.Payoff, dead)
		}
		if dead > 0 {
			t.Errorf("%d: its payoff %v touches dead air", i+1, m.Payoff)
		}
	}
	found := 0
	for _, r := range rank {
		if r > 0 && r <= 5 {
			found++
		}
	}
	t.Logf("ranks %v; %v", rank, b.rec.Notes)
	if found < 3 || len(out.Next) > 5 {
		t.Errorf("%d of 4 true moments among the first five, %d go on", found, len(out.Next))
	}
}
