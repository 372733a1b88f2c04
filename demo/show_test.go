package demo

import (
	"bytes"
	"context"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"dropcut/pipeline/ffmpeg"
)

// spokenShow is a show whose voice needs no program.
func spokenShow(t testing.TB, length time.Duration) show {
	t.Helper()
	s := newShow(length)
	if err := s.speak(func(text string) ([]float32, error) { return make([]float32, len(text)*hz/15), nil }); err != nil {
		t.Fatal(err)
	}
	return s
}

var lengths = []time.Duration{15 * time.Second, 20 * time.Second, 47 * time.Second, 3 * time.Minute, usual, 90 * time.Minute}

func TestNobodySpeaksOverAnotherOrInDeadAir(t *testing.T) {
	for _, length := range lengths {
		s := spokenShow(t, length)
		still := [2]time.Duration{rate.Duration(s.still.In), rate.Duration(s.still.Out)}
		for i, x := range s.sentences {
			if x.at < 0 || x.end > length || x.at >= x.end {
				t.Errorf("%v: %q from %v to %v", length, x.text, x.at, x.end)
			}
			if i > 0 && x.at < s.sentences[i-1].end {
				t.Errorf("%v: %q begins before the last sentence ends", length, x.text)
			}
			if x.at < still[1] && x.end > still[0] {
				t.Errorf("%v: %q is said in dead air", length, x.text)
			}
		}
		if length == usual && len(s.sentences) != len(aroundReveal)+len(allEvening) {
			t.Errorf("%d of %d lines of the script found room", len(s.sentences), len(aroundReveal)+len(allEvening))
		}
		if len(s.sentences) == 0 {
			t.Errorf("%v: nothing is said", length)
		}
	}
}

func TestTheMisclickLiesDeepInDeadAir(t *testing.T) {
	for _, length := range lengths {
		s := newShow(length)
		around := rate.Frames(min(20*time.Second, length/30)) // detect listens 15 s either side
		if s.misclick-around < s.still.In || s.misclick+around >= s.still.Out || s.still.Out >= s.reveal {
			t.Errorf("%v: misclick at %d, dead air %v, reveal at %d", length, s.misclick, s.still, s.reveal)
		}
	}
}

func TestTheStockOnlyFallsAndEndsWhenItIsSoldOut(t *testing.T) {
	for _, length := range lengths {
		s := newShow(length)
		last := 50
		for n := s.reveal - 30; n <= s.soldOut+30; n++ {
			got := s.left(n)
			if got > last || n < s.reveal && got != 50 || n >= s.soldOut && got != 0 {
				t.Fatalf("%v: %d left at frame %d after %d", length, got, n, last)
			}
			last = got
		}
	}
}

func TestCamerasTakeTurnsAndStayAwayInDeadAir(t *testing.T) {
	for _, length := range lengths {
		s := newShow(length)
		g := &stage{show: s, cuts: s.cuts()}
		for i, c := range g.cuts {
			if i > 0 && c.at <= g.cuts[i-1].at {
				t.Errorf("%v: cut %d at frame %d after %d", length, i, c.at, g.cuts[i-1].at)
			}
		}
		for n := int64(0); n < s.frames; n += 5 {
			if (g.cameraAt(n) == away) != s.still.Contains(n) {
				t.Fatalf("%v: camera %d at frame %d, dead air is %v", length, g.cameraAt(n), n, s.still)
			}
		}
		if got := g.cameraAt(s.reveal); got != product {
			t.Errorf("%v: camera %d sees the reveal", length, got)
		}
	}
}

func TestReelsTileTheShow(t *testing.T) {
	for _, length := range lengths {
		s := newShow(length)
		at := int64(0)
		for _, r := range s.reels() {
			if r.from != at || r.to <= r.from || r.from%group != 0 || (r.step != 1 && s.reveal >= r.from && s.reveal < r.to) {
				t.Fatalf("%v: reel %+v after %d", length, r, at)
			}
			at = r.to
		}
		if at != s.frames {
			t.Errorf("%v: reels end at %d of %d", length, at, s.frames)
		}
	}
}

func TestOnlyTheTimecodeMovesInDeadAir(t *testing.T) {
	s := spokenShow(t, 60*time.Second)
	g := newStage(s, 320, 180)
	draw := func(n int64) *frame {
		f := newFrame(320, 180)
		g.draw(f, n)
		return f
	}
	// differ counts pixels outside the timecode, which stands at the top on the right.
	differ := func(a, b *frame) (count int) {
		for i := range a.y {
			if x, y := i%320, i/320; (y > 22 || x < 250) && a.y[i] != b.y[i] {
				count++
			}
		}
		return count
	}
	if got := differ(draw(s.still.In), draw(s.still.Out-1)); got != 0 {
		t.Errorf("%d pixels moved in dead air", got)
	}
	if bytes.Equal(draw(s.still.In).y, draw(s.still.In+31).y) {
		t.Error("the timecode stands still")
	}
	if got := differ(draw(s.reveal), draw(s.reveal+20)); got < 320*180/20 {
		t.Errorf("only %d pixels moved at the reveal", got)
	}
}

func TestOpaqueCoversAndLightAdds(t *testing.T) {
	c := newCanvas(0, 0, 4, 4, 1)
	c.fill(rect(-1, -1, 9, 9), flat(hex(0xFFFFFF)))
	white := c.sprite()
	f := newFrame(8, 8)
	for i := range f.y {
		f.y[i] = 100
	}
	f.lay(white, 2, 2, 256)
	if f.y[2*8+2] < 234 || f.y[0] != 100 || f.y[6*8+6] != 100 {
		t.Errorf("white over grey is %d, beside it %d", f.y[2*8+2], f.y[0])
	}
	l := newCanvas(0, 0, 4, 4, 1)
	l.each(0, 0, 4, 4, func(i int, _, _ float32) { l.pix[i], l.pix[i+1], l.pix[i+2] = 0.1, 0.1, 0.1 })
	f.lay(l.sprite(), -2, -2, 256)
	if got := f.y[0]; got < 120 || got > 124 {
		t.Errorf("a tenth of light on 100 gives %d, want about 122", got)
	}
	for _, at := range [][2]int{{-50, 0}, {0, -50}, {7, 7}, {100, 100}, {-3, 7}} { // half or wholly outside
		f.lay(white, at[0], at[1], 200)
	}
}

func TestWithoutAProgramTheVoiceBabblesAndSaysSo(t *testing.T) {
	r := runner(t)
	v := &voice{runner: r, dir: t.TempDir()}
	if _, err := exec.LookPath("espeak-ng"); err == nil {
		if p, err := v.say(context.Background(), "The Moon Lamp!"); err != nil || v.babble || len(p) < hz/3 {
			t.Errorf("%d samples, babble %v: %v", len(p), v.babble, err)
		}
	}
	t.Setenv("PATH", t.TempDir())
	p, err := v.say(context.Background(), "The Moon Lamp!")
	if err != nil || !v.babble || len(p) < hz/3 {
		t.Errorf("%d samples, babble %v: %v", len(p), v.babble, err)
	}
}

func FuzzReadWAV(f *testing.F) {
	one := append(wavHeader(4), 1, 2, 3, 4, 5, 6, 7, 8)
	mono := bytes.Clone(one)
	binary.LittleEndian.PutUint16(mono[22:], 1)
	f.Add(one)
	f.Add(mono)
	f.Add(mono[:50])
	f.Add([]byte("RIFF"))
	endless := bytes.Clone(mono)
	binary.LittleEndian.PutUint32(endless[40:], math32)
	f.Add(endless)
	f.Fuzz(func(t *testing.T, b []byte) {
		p, from, err := readWAV(b)
		if err == nil && (from < 8000 || from > 96000 || len(p)*2 > len(b)) {
			t.Errorf("%d samples at %d Hz from %d bytes", len(p), from, len(b))
		}
	})
}

const math32 = 1<<32 - 1

func BenchmarkFrame(b *testing.B) {
	s := spokenShow(b, usual)
	g := newStage(s, 1920, 1080)
	f := newFrame(1920, 1080)
	for n := s.reveal - 300; b.Loop(); n = s.reveal - 300 + (n+7)%900 {
		g.draw(f, n)
	}
}

// TestStillsCanBeSavedToLookAt writes pictures when DEMO_STILLS names a folder.
func TestStillsCanBeSavedToLookAt(t *testing.T) {
	dir := os.Getenv("DEMO_STILLS")
	if dir == "" {
		t.Skip("set DEMO_STILLS to a folder")
	}
	s := spokenShow(t, usual)
	g := newStage(s, 1920, 1080)
	f := newFrame(1920, 1080)
	for name, n := range map[string]int64{"wide": s.reveal - 240, "covered": s.reveal - 90, "reveal": s.reveal + 90, "crowd": s.reveal + 180, "close": s.reveal + 360, "away": s.still.In} {
		g.draw(f, n)
		args := ffmpeg.Generated("rawvideo", "pipe:0", []ffmpeg.Option{{Name: "pix_fmt", Value: "yuv420p"}, {Name: "video_size", Value: "1920x1080"}}, "",
			ffmpeg.Output{Maps: []string{"0:v"}, File: name + ".png", Options: []ffmpeg.Option{{Name: "frames:v", Value: "1"}, {Name: "vf", Value: "scale=in_color_matrix=bt709"}}})
		if _, err := runner(t).Run(context.Background(), ffmpeg.Command{Args: args, Dir: dir, Stdin: bytes.NewReader(f.bytes())}); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(dir, name+".png")); err != nil {
			t.Error(err)
		}
	}
}
