package demo

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dropcut/captions/transcript"
	"dropcut/pipeline"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if small.dir != "" {
		_ = os.RemoveAll(small.dir)
	}
	os.Exit(code)
}

// small is one recording of 20 s that several tests look at: drawing it takes seconds.
var small struct {
	once  sync.Once
	dir   string
	drawn Drawn
	err   error
}

func drawSmall(t *testing.T) Drawn {
	t.Helper()
	r := runner(t)
	small.once.Do(func() {
		if small.dir, small.err = os.MkdirTemp("", "demo-"); small.err == nil {
			small.drawn, small.err = Draw(context.Background(), r, small.dir, Options{Length: 20 * time.Second, Width: 320, Height: 180})
		}
	})
	if small.err != nil {
		t.Fatal(small.err)
	}
	return small.drawn
}

func TestTheRecordingHasEveryPictureAndSample(t *testing.T) {
	d := drawSmall(t)
	r := runner(t)
	p, err := r.Probe(context.Background(), d.Recording)
	if err != nil {
		t.Fatal(err)
	}
	v, ok := p.Video()
	if !ok || v.Codec != "h264" || v.Width != 320 || v.Height != 180 || v.Rate != rate || v.Matrix != "bt709" {
		t.Errorf("pictures: %+v", v)
	}
	got, err := r.Decode(context.Background(), d.Recording, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if got.Frames != 600 || got.Samples < 20*hz-1024 {
		t.Errorf("%d frames and %d samples, want 600 and %d", got.Frames, got.Samples, 20*hz)
	}
	left, err := os.ReadDir(filepath.Dir(d.Recording))
	if err != nil || len(left) != 4 {
		t.Errorf("the folder holds %v, want the three files and their stamp alone", left)
	}
}

func TestChaptersAreThoseOfOBS(t *testing.T) {
	d := drawSmall(t)
	text, err := exec.Command("ffprobe", "-v", "error", "-show_chapters", "-of", "json", d.Recording).Output()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Chapters []struct {
			Start string `json:"start_time"`
			Tags  struct {
				Title string `json:"title"`
			} `json:"tags"`
		} `json:"chapters"`
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	var titles []string
	for _, c := range doc.Chapters {
		titles = append(titles, c.Tags.Title)
	}
	if strings.Join(titles, ", ") != "Start, Only 50 moon lamps, Unnamed 1" || doc.Chapters[0].Start != "0.000000" {
		t.Fatalf("chapters %v", doc.Chapters)
	}
	for _, c := range doc.Chapters[1:] {
		at, err := time.ParseDuration(c.Start + "s")
		if late := at - d.Reveal; err != nil || late <= 0 || late > 4*time.Second {
			t.Errorf("%s lies %v after the reveal", c.Tags.Title, late)
		}
	}
}

func TestEveryWordIsHeardWhereItsFileSaysIt(t *testing.T) {
	d := drawSmall(t)
	b, err := os.ReadFile(d.Words)
	if err != nil {
		t.Fatal(err)
	}
	read, err := transcript.Read(b)
	all := read.Said
	if err != nil || len(all) != len(d.Said) || len(all) < 4 {
		t.Fatalf("%d sentences in the file, %d said: %v", len(all), len(d.Said), err)
	}
	sound := heardSound(t, d.Recording)
	for i, x := range all {
		if strings.ReplaceAll(x.Text, "\n", " ") != d.Said[i].Text {
			t.Errorf("sentence %d is %q, said %q", i, x.Text, d.Said[i].Text)
		}
		if got := level16(sound, x.Start, x.End); got < -32 {
			t.Errorf("%q is at %.0f dB", x.Text, got)
		}
	}
}

func TestDeadAirIsSilentAndTheRevealIsNot(t *testing.T) {
	d := drawSmall(t)
	sound := heardSound(t, d.Recording)
	if got := level16(sound, d.StillFrom+100*time.Millisecond, d.StillTo-100*time.Millisecond); got > -80 {
		t.Errorf("dead air is at %.0f dB", got)
	}
	before := level16(sound, d.Reveal-400*time.Millisecond, d.Reveal-50*time.Millisecond)
	cheer := level16(sound, d.Reveal+200*time.Millisecond, d.Reveal+1200*time.Millisecond)
	if cheer < before+9 {
		t.Errorf("the cheer is at %.0f dB after %.0f dB: nobody would notice", cheer, before)
	}
	if d.Misclick < d.StillFrom || d.Misclick >= d.StillTo {
		t.Errorf("the misclick at %v lies outside dead air", d.Misclick)
	}
}

// heardSound is the recording's left channel, at 48 kHz.
func heardSound(t *testing.T, file string) []int16 {
	t.Helper()
	b, err := exec.Command("ffmpeg", "-v", "error", "-i", file, "-map", "0:a", "-af", "pan=mono|c0=c0", "-f", "s16le", "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	out := make([]int16, len(b)/2)
	for i := range out {
		out[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return out
}

// level16 is the mean power between two instants, in dB of full scale.
func level16(p []int16, from, to time.Duration) float64 {
	sum := 0.0
	part := p[min(samplesAt(from), int64(len(p))):min(samplesAt(to), int64(len(p)))]
	for _, v := range part {
		sum += float64(v) * float64(v)
	}
	return 10 * math.Log10(sum/float64(len(part))/(1<<30)+1e-12)
}

func TestMarkersAreLateAsPressesAre(t *testing.T) {
	d := drawSmall(t)
	b, err := os.ReadFile(d.Markers)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(b), "0:00:07,Editor,pocket_mod,\n0:00:15,Broadcaster,night_market,moon lamp reveal!!\n"; got != want {
		t.Errorf("markers\n%swant\n%s", got, want)
	}
}

func TestOptionsThatMakeNoSenseAreRefused(t *testing.T) {
	for why, o := range map[string]Options{
		"too short for a reveal":   {Length: 5 * time.Second},
		"longer than a day's work": {Length: 30 * time.Hour},
		"not 16:9":                 {Width: 640, Height: 480},
		"odd":                      {Width: 333, Height: 187},
		"no picture at all":        {Width: 32, Height: 18},
		"one side only":            {Width: 320},
	} {
		if _, err := Draw(context.Background(), nil, t.TempDir(), o); !errors.Is(err, pipeline.Usage) {
			t.Errorf("%s: %v", why, err)
		}
	}
}

func TestAStoppedDrawingLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	_, err := Draw(ctx, runner(t), dir, Options{Length: 20 * time.Second, Width: 320, Height: 180, Tell: func(float64) { stop() }})
	if pipeline.KindOf(err) != pipeline.Stopped {
		t.Errorf("stopped: %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestAWordIsSwappedOnceAndBack(t *testing.T) {
	d := drawSmall(t)
	exact, err := os.ReadFile(d.Words)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "words.srt")
	if err := os.WriteFile(file, exact, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Mishear(file); err != nil {
		t.Fatal(err)
	}
	if err := Mishear(file); !errors.Is(err, pipeline.Conflict) {
		t.Errorf("misheard twice: %v", err)
	}
	if from, to, err := Correct(file); err != nil || from != "Lamb" || to != "Lamp" {
		t.Errorf("%s to %s: %v", from, to, err)
	}
	if b, _ := os.ReadFile(file); string(b) != string(exact) {
		t.Error("the words are not what they were")
	}
}
