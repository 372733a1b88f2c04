package transcript

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dropcut/captions"
	"dropcut/pipeline/timeline"
)

// drawn is a sound: a letter a step, # loud, - half, . quiet.
func drawn(picture string) Sound {
	s := Sound{}
	for _, r := range picture {
		s.Below = append(s.Below, map[rune]byte{'#': 20, '-': 40, '.': 70}[r])
	}
	return s
}

func shared(text string, from, to int64) []captions.Word {
	return captions.Share(strings.Fields(text), timeline.Window{In: from, Out: to})
}

func TestWordsMoveToWhereTheyAreHeard(t *testing.T) {
	rate := timeline.Rate50 // a frame is a step
	loud := func(n int) string { return strings.Repeat("#", n) }
	quiet := func(n int) string { return strings.Repeat(".", n) }
	for _, c := range []struct{ why, text, sound, want string }{
		{"quiet at both ends", "one two", quiet(30) + loud(20) + "-" + loud(20) + quiet(29), "one~600-1000 two~1000-1420"},
		{"a pause between two words", "one two", loud(20) + quiet(60) + loud(20), "one~0-400 two~1600-2000"},
		{"a pause where the comma is", "so, my fellow", loud(15) + quiet(30) + loud(12) + "-" + loud(42), "so,~0-300 my~900-1140 fellow~1140-2000"},
		{"one sound all over tells nothing", "one two", loud(100), "one~0-1000 two~1000-2000"},
		{"too little of it", "one two three four", quiet(50) + loud(8) + quiet(42), "one~0-360 two~360-720 three~720-1360 four~1360-2000"},
	} {
		got := heard(Refine(shared(c.text, 0, 100), drawn(c.sound), rate), rate)
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.why, got, c.want)
		}
	}
	exact := []captions.Word{{Text: "one", Start: 0, End: 50}, {Text: "two", Start: 50, End: 100}}
	if got := heard(Refine(exact, drawn(quiet(30)+loud(40)+quiet(30)), rate), rate); got != "one@0-1000 two@1000-2000" {
		t.Errorf("words with times of their own moved: %s", got)
	}
}

func TestRefinedWordsStayInOrderAndInTheirCue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.SampledFrom(timeline.Standards()).Draw(t, "rate")
		words := Words(drawTimed(t), rate, 3000)
		s := Sound{From: time.Duration(rapid.Int64Range(0, 5e9).Draw(t, "from")), Below: rapid.SliceOfN(rapid.SampledFrom([]byte{10, 20, 40, 70, 120}), 0, 3000).Draw(t, "sound")}
		got := Refine(words, s, rate)
		checkWords(t, got, 3000)
		first := 0
		for i, w := range words {
			if got[i].Text != w.Text || got[i].Estimated != w.Estimated || got[i].Start < words[first].Start {
				t.Fatalf("%+v became %+v", w, got[i])
			}
			if w.LastOfCue {
				if got[i].End > w.End {
					t.Fatalf("%+v became %+v", w, got[i])
				}
				first = i + 1
			}
		}
	})
}

// soundOf is the levels of a real file, from start on.
func soundOf(t *testing.T, file string, start, length time.Duration) Sound {
	t.Helper()
	b, err := exec.Command("ffmpeg", "-v", "error", "-ss", fmt.Sprint(start.Seconds()), "-t", fmt.Sprint(length.Seconds()), "-i", file, "-vn", "-ac", "1", "-ar", "16000", "-f", "s16le", "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	s := Sound{From: start}
	for at := 0; at+640 <= len(b); at += 640 {
		power := 1e-12
		for k := 0; k < 640; k += 2 {
			v := float64(int16(binary.LittleEndian.Uint16(b[at+k:]))) / 32768
			power += v * v / 320
		}
		s.Below = append(s.Below, byte(min(max(-10*math.Log10(power), 0), 120)))
	}
	return s
}

// jfk is the line's words, and where those begin, in milliseconds, whose
// beginning is plain in the picture of the sound: behind quiet, or a dip.
var jfk = []struct {
	word string
	at   int64
}{{"And", 340}, {"so,", 0}, {"my", 1000}, {"fellow", 1240}, {"Americans,", 0}, {"ask", 3280}, {"not", 4000}, {"what", 5400}, {"your", 0}, {"country", 0}, {"can", 0}, {"do", 0}, {"for", 0}, {"you,", 0},
	{"ask", 8180}, {"what", 8660}, {"you", 0}, {"can", 0}, {"do", 0}, {"for", 0}, {"your", 0}, {"country.", 9900}}

func TestRefiningHalvesTheErrorOnARealSentence(t *testing.T) {
	file := filepath.Join(sample(t, "media", "audio"), "jfk.wav")
	rate := timeline.Rate50
	s := soundOf(t, file, 0, 11*time.Second)
	var text []string
	for _, w := range jfk {
		text = append(text, w.word)
	}
	cue := []Timed{timed(strings.Join(text, " "), 0, 11*time.Second)}
	before := Words(cue, rate, 550)
	after := Refine(before, s, rate)
	off := func(words []captions.Word) (mean, worst int64) {
		n := int64(0)
		for i, w := range words {
			if jfk[i].at == 0 {
				continue
			}
			d := rate.Millis(w.Start) - jfk[i].at
			mean += max(d, -d)
			worst = max(worst, d, -d)
			n++
		}
		return mean / n, worst
	}
	mean, worst := off(before)
	meanAfter, worstAfter := off(after)
	t.Logf("shared by letters: %d ms off, at worst %d; refined: %d, at worst %d\n%s", mean, worst, meanAfter, worstAfter, heard(after, rate))
	if meanAfter*2 > mean {
		t.Errorf("%d ms off before, %d after", mean, meanAfter)
	}
}

func TestRefinedWordsAreSaidWhereSomebodySpeaks(t *testing.T) {
	dir := sample(t, "long")
	var truth struct {
		Speech []struct{ Start, End float64 } `json:"speech_intervals"`
	}
	b, err := os.ReadFile(filepath.Join(dir, "truth.json"))
	if err == nil {
		err = json.Unmarshal(b, &truth)
	}
	if err != nil {
		t.Fatal(err)
	}
	rate := timeline.Rate30
	s := soundOf(t, filepath.Join(dir, "proxy_360p_with_chapters.mp4"), 80*time.Second, 120*time.Second)
	speaks := func(frame int64) bool {
		at := rate.Duration(frame).Seconds()
		for _, x := range truth.Speech {
			if at >= x.Start-0.05 && at < x.End+0.05 {
				return true
			}
		}
		return false
	}
	outside := func(words []captions.Word) (n, all int64) {
		for _, w := range words {
			for f := w.Start; f < w.End; f++ {
				if all++; !speaks(f) {
					n++
				}
			}
		}
		return n, all
	}
	r := rand.New(rand.NewPCG(1, 2))
	var lost, total, lostAfter, totalAfter int64
	for at := 82.0; at < 190; at += 4 + 3*r.Float64() {
		from := rate.Frames(time.Duration(at * float64(time.Second)))
		words := shared("well that is what I wanted to say about this, and then we go on", from, from+180)
		if n, all := outside(words); n*10 < all || n*10 > all*8 {
			continue // all speech, or hardly any: no cue
		}
		n, all := outside(words)
		lost, total = lost+n, total+all
		n, all = outside(Refine(words, s, rate))
		lostAfter, totalAfter = lostAfter+n, totalAfter+all
	}
	t.Logf("of words' time outside speech: %d of %d frames before, %d of %d after", lost, total, lostAfter, totalAfter)
	if total == 0 || lostAfter*total*3 > 2*lost*totalAfter {
		t.Error("not even a third less")
	}
}
