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
func draw(t testing.TB, name string, c Canvas, rate timeline.Rate, fonts *Fonts, events []Event, f int64, ground string) *image.RGBA {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		lacking(t, "ffmpeg is not installed")
	}
	dir := t.TempDir()
	if err := fonts.Install(dir, string(Script(c, rate, fonts, events))); err != nil {
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
	out, ok := img.(*image.RGBA)
	if !ok {
		t.Fatalf("a picture of %T", img)
	}
	return out
}

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
		words := said(text, 30, 270)
		for name, c := range canvases {
			for _, style := range []string{Karaoke, Phrase} {
				track := Compose(Transcript{Language: lang, Words: words}, style, c, rate, f)
				for _, p := range track.Problems {
					t.Log(lang, name, style, p)
				}
				events := track.Events(timeline.Window{In: 0, Out: 900})
				hook, problems := SetHook(map[string]string{"en": "Ask not what your country can do", "el": "Δεν το έχετε ξαναδεί ποτέ", "ru": "Осталось всего 50 штук?", "de": "Der Kapitän und seine Donaudampfschifffahrtsmütze"}[lang], lang, c, rate, 30, f)
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
func inkOf(img *image.RGBA, threshold int) Box {
	b := img.Bounds()
	out := Box{b.Max.X, b.Max.Y, b.Min.X, b.Min.Y}
	for y := range b.Max.Y {
		row := img.Pix[y*img.Stride:]
		for x := range b.Max.X {
			for k := range 3 {
				if abs(int(row[4*x+k])-int(img.Pix[k])) > threshold {
					out = out.union(Box{x, y, x + 1, y + 1})
				}
			}
		}
	}
	return out
}

func TestInkLiesInItsBoxAndFillsIt(t *testing.T) {
	f, rate := testFonts(t), timeline.Rate30
	for _, x := range []struct{ lang, text, why string }{
		{"en", "Wait, (quickly) jumping ÅÇĘ", "overhang, descenders, accents"},
		{"el", "Ξαναδεί ποτέ τόση γεύση", "Greek"},
		{"ru", "Щёлкни быстро здесь", "Cyrillic, descenders"},
	} {
		for _, style := range []string{Karaoke, Phrase} {
			for name, c := range map[string]Canvas{"9x16": {1080, 1920}, "16x9": {640, 360}} {
				words := said(x.text, 30, 120)
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

// only keeps one event at frame f, so that its own ink can be measured.
func only(events []Event, style string, f int64) []Event {
	for _, e := range events {
		if e.Style == style && e.Window.Contains(f) {
			return []Event{e}
		}
	}
	return nil
}

func TestLettersAreTheFacesOwn(t *testing.T) {
	f := interFonts(t)
	// A synthesised weight would be wider than the face's own outlines.
	words := []Word{{Text: "HEHEH", Start: 0, End: 30}}
	track := Compose(Transcript{Words: words}, Karaoke, phone, testRate, f)
	e := only(track.Events(timeline.Window{In: 0, Out: 60}), Karaoke, 15)
	e[0].Text = "{\\bord0}" + e[0].Text
	ink, box := inkOf(draw(t, "face-black", phone, testRate, f, e, 15, "color=c=gray"), 60), e[0].Box
	stroke := 8
	inner := Box{box.Left + stroke, box.Top + stroke, box.Right - stroke, box.Bottom - stroke}
	if !inner.covers(ink) || inner.Right-inner.Left-(ink.Right-ink.Left) > 6 {
		t.Errorf("ink %v, the face's outlines fill %v", ink, inner)
	}
	if cap := ink.Bottom - ink.Top; abs(cap-67) > 1 {
		t.Errorf("capitals are %d px, the house's 67", cap)
	}
	if middle := (ink.Bottom + ink.Top) / 2; abs(middle-1130) > 1 {
		t.Errorf("their middle is at %d, the house's 1130", middle)
	}
}

func TestNeighboursStandStillWhileTheColourMoves(t *testing.T) {
	f, rate := testFonts(t), timeline.Rate2997
	words := []Word{{Text: "AVA", Start: 0, End: 30}, {Text: "to", Start: 30, End: 60}, {Text: "way", Start: 60, End: 90}}
	c := Canvas{540, 960}
	events := Compose(Transcript{Words: words}, Karaoke, c, rate, f).Events(timeline.Window{In: 0, Out: 200})
	lit := map[int64]*image.RGBA{}
	for _, at := range []int64{28, 29, 30, 59, 60} {
		lit[at] = draw(t, fmt.Sprintf("lit-%d", at), c, rate, f, events, at, "color=c=gray")
	}
	shape := func(img *image.RGBA) (out []bool) { // where letters are, white or yellow
		for y := 500; y < 640; y++ {
			for x := range c.Width {
				at := img.PixOffset(x, y)
				out = append(out, img.Pix[at] > 200 && img.Pix[at+1] > 170)
			}
		}
		return out
	}
	for _, at := range []int64{29, 30, 59, 60} {
		moved := 0
		a, b := shape(lit[28]), shape(lit[at])
		for i := range a {
			if a[i] != b[i] {
				moved++
			}
		}
		if moved > len(a)/2000 { // a few edge pixels change class with the colour
			t.Errorf("frame %d: %d pixels moved", at, moved)
		}
	}
	same := func(a, b int64) bool { return bytes.Equal(lit[a].Pix, lit[b].Pix) }
	if !same(28, 29) || same(29, 30) || same(59, 60) || !same(30, 59) {
		t.Error("the colour does not change exactly at the onset")
	}
}
