package captions

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"dropcut/pipeline/timeline"
)

var save = flag.String("save", "", "keep the pictures that tests look at in this folder")

// testFonts are the fonts of this machine, found once.
func testFonts(t testing.TB) *Fonts {
	t.Helper()
	f, err := LoadFonts(nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// draw shows the picture at frame f of a script over a ground (a lavfi source).
func draw(t testing.TB, name string, c Canvas, rate timeline.Rate, fonts *Fonts, events []Event, f int64, ground string) image.Image {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed")
	}
	dir := t.TempDir()
	if err := fonts.Install(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "captions.ass"), Script(c, rate, fonts, events), 0o600); err != nil {
		t.Fatal(err)
	}
	source := fmt.Sprintf("%s:s=%dx%d:r=%s:d=1", ground, c.Width, c.Height, rate)
	cmd := exec.Command("ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi", "-i", source,
		"-vf", fmt.Sprintf("trim=end_frame=1,setpts=N+%d,format=gbrp,ass=captions.ass:fontsdir=.", f), "-frames:v", "1", "-y", "out.png")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	b, err := os.ReadFile(filepath.Join(dir, "out.png"))
	if err != nil {
		t.Fatal(err)
	}
	if *save != "" {
		if err := os.WriteFile(filepath.Join(*save, name+".png"), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func timed(text string, from, to time.Duration) Timed { return Timed{from, to, text} }

var canvases = map[string]Canvas{"9x16": {1080, 1920}, "4x5": {1080, 1350}, "1x1": {1080, 1080}, "16x9": {1920, 1080}}

func TestLook(t *testing.T) {
	if *save == "" {
		t.Skip("for the eye: -save FOLDER")
	}
	f := testFonts(t)
	rate := timeline.Rate30
	for lang, text := range map[string]string{
		"en": "And so, my fellow Americans: ask not what your country can do for you, ask what you can do for your country.",
		"el": "Καλησπέρα σε όλους, σήμερα θα δούμε κάτι που δεν έχετε ξαναδεί ποτέ!",
		"ru": "Сегодня мы покажем вам что-то невероятное: пятьдесят штук по 300 рублей.",
		"de": "Die Donaudampfschifffahrtsgesellschaftskapitänsmütze kostet heute nur 20 Euro.",
	} {
		words := Words([]Timed{timed(text, 1e9, 9e9)}, rate, 900)
		for name, c := range canvases {
			for _, style := range []string{Karaoke, Phrase} {
				track := Compose(Transcript{Language: lang, Words: words}, style, c, rate, f)
				for _, p := range track.Problems {
					t.Log(lang, name, style, p)
				}
				events := track.Events(timeline.Window{In: 0, Out: 900})
				hook, problems := SetHook(map[string]string{"en": "Ask not what your country can do", "el": "Δεν το έχετε ξαναδεί ποτέ", "ru": "Осталось всего 50 штук?", "de": "Der Kapitän und seine Donaudampfschifffahrtsmütze"}[lang], c, rate, 30, f)
				for _, p := range problems {
					t.Log(lang, name, p)
				}
				for i, at := range []int{0, len(track.Cues) / 2} {
					if i == 0 {
						events := append(events, hook...)
						draw(t, fmt.Sprintf("%s-%s-%s-hook", style, name, lang), c, rate, f, events, 36, "testsrc2=alpha=255")
					} else {
						w := track.Cues[at].Window
						draw(t, fmt.Sprintf("%s-%s-%s", style, name, lang), c, rate, f, events, (w.In+w.Out)/2, "testsrc2=alpha=255")
					}
				}
				if name == "9x16" {
					for _, c := range track.Cues {
						t.Log(lang, style, c.Window, c.percent, c.texts())
					}
				}
			}
		}
	}
}

// inkOf is the box of all pixels that differ from the ground.
func inkOf(img image.Image, threshold int) Box {
	b := img.Bounds()
	r0, g0, b0, _ := img.At(b.Min.X, b.Min.Y).RGBA()
	out := Box{b.Max.X, b.Max.Y, b.Min.X, b.Min.Y}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, bl, _ := img.At(x, y).RGBA()
			if abs(int(r>>8)-int(r0>>8)) > threshold || abs(int(g>>8)-int(g0>>8)) > threshold || abs(int(bl>>8)-int(b0>>8)) > threshold {
				out = out.union(Box{x, y, x + 1, y + 1})
			}
		}
	}
	return out
}

func abs(x int) int { return max(x, -x) }

func TestInkLiesInItsBoxAndFillsIt(t *testing.T) {
	f, rate := testFonts(t), timeline.Rate30
	for _, x := range []struct{ lang, text, why string }{
		{"en", "Wait, (quickly) jumping ÅÇĘ", "overhang, descenders, accents"},
		{"el", "Ξαναδεί ποτέ τόση γεύση", "Greek"},
		{"ru", "Щёлкни быстро здесь", "Cyrillic, descenders"},
	} {
		for _, style := range []string{Karaoke, Phrase} {
			for name, c := range map[string]Canvas{"9x16": {1080, 1920}, "16x9": {640, 360}} {
				words := Words([]Timed{timed(x.text, 1e9, 4e9)}, rate, 900)
				track := Compose(Transcript{Language: x.lang, Words: words}, style, c, rate, f)
				cue := track.Cues[0]
				at := cue.Window.In + 10
				var now []Event
				all := Box{c.Width, c.Height, 0, 0}
				for _, e := range track.Events(timeline.Window{In: 0, Out: 900}) {
					if e.Window.Contains(at) {
						now = append(now, e)
						all = all.union(e.Box)
					}
				}
				ink := inkOf(draw(t, "ink-"+style+name+x.lang, c, rate, f, now, at, "color=c=gray"), 2)
				t.Logf("%s %s %s: ink %v box %v", x.lang, style, name, ink, all)
				if !all.covers(ink) {
					t.Errorf("%s (%s) %s %s: ink %v is outside its box %v", x.text, x.why, style, name, ink, all)
				}
			}
		}
	}
}
