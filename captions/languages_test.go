package captions

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"dropcut/pipeline/timeline"
)

// tongue is a sentence in one language, and a hook.
type tongue struct{ lang, text, hook string }

var tongues = []tongue{
	{"en", "And so, my fellow makers: this jacket costs $49, and only 50 are left!", "Only 50 left?"},
	{"sv", "Nu är det äntligen dags, jackan är här och den är ohyggligt snygg.", "Ohyggligt snygg jacka"},
	{"el", "Καλησπέρα σε όλους, σήμερα θα δούμε κάτι που δεν έχετε ξαναδεί!", "Δεν το έχετε ξαναδεί"},
	{"ru", "Сегодня мы покажем вам что-то невероятное: пятьдесят штук по 300 рублей.", "Осталось всего 50 штук?"},
	{"ka", "დღეს გაჩვენებთ რაღაცას, რაც აქამდე არასოდეს გინახავთ.", "მხოლოდ 50 ცალი დარჩა"},
	{"hy", "Այսօր մենք ձեզ ցույց կտանք մի բան, որը երբեք չեք տեսել։", "Մնաց ընդամենը 50 հատ"},
	{"ar", "مرحبا بكم، اليوم سنعرض لكم سترة Nova الجديدة بسعر 49 دولارا فقط!", "لماذا بقي 50 فقط؟"},
	{"he", "שלום לכולם, היום נראה לכם את ה-iPhone 15 החדש במחיר של 300 שקל!", "נשארו רק 50 יחידות?"},
	{"hi", "नमस्ते दोस्तों, आज हम आपको एक नई जैकेट दिखाएंगे जो सिर्फ़ 499 रुपये की है।", "सिर्फ़ 50 जैकेट बची हैं?"},
	{"th", "สวัสดีครับทุกคน วันนี้เราจะมาเปิดตัวเสื้อแจ็คเก็ตรุ่นใหม่ในราคาเพียง 499 บาทเท่านั้น", "เหลือแค่ 50 ตัวเท่านั้น"},
	{"zh", "大家好，今天我们要给大家看一件全新的外套，价格只要四百九十九元！", "只剩最后五十件了？"},
	{"ja", "皆さん、こんにちは。今日は新しいジャケットをご紹介します。価格はたったの4990円です！", "残りわずか50着！？"},
	{"ko", "여러분 안녕하세요, 오늘은 새로운 재킷을 소개합니다. 가격은 단돈 49,000원!", "이제 50벌밖에 안 남았어요"},
	{"bn", "সবাইকে স্বাগতম, আজ আমরা একটি নতুন জ্যাকেট দেখাব যার দাম মাত্র ৪৯৯ টাকা।", "মাত্র ৫০টি বাকি"},
	{"ta", "அனைவருக்கும் வணக்கம், இன்று ஒரு புதிய ஜாக்கெட்டைப் பார்க்கப் போகிறோம்.", "இன்னும் 50 மட்டுமே"},
}

// still is one picture to be drawn: events as they stand at a frame.
type still struct {
	name   string
	events []Event
	at     int64
}

const stillGap = 60 // frames between two stills of one film

// film draws stills on a canvas by one process, at a quarter of its size: each
// with its ground alone beside it, from the same picture.
func film(t testing.TB, c Canvas, fonts *Fonts, all []still) [][2]*image.RGBA {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		lacking(t, "ffmpeg is not installed")
	}
	var events []Event
	for i, s := range all {
		from := int64(i) * stillGap
		for _, e := range s.events {
			if e.Window.Contains(s.at) { // it keeps its own clock where the gap allows
				in := max(e.Window.In-s.at, -stillGap/2+2)
				e.Window = timeline.Window{In: from + stillGap/2 + in, Out: from + stillGap/2 + min(e.Window.Out-s.at, stillGap/2-2)}
				events = append(events, e)
			}
		}
	}
	w, h := c.Width/4, c.Height/4
	dir := t.TempDir()
	script := Script(c, testRate, fonts, events)
	if err := fonts.Install(dir, string(script)); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"captions.ass": script, "fonts.conf": []byte(`<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig></fontconfig>`)} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	graph := fmt.Sprintf("testsrc2=s=%dx%d:r=30:d=1,eq=brightness=-0.2:saturation=0.5,trim=end_frame=1,loop=loop=%d:size=1,settb=1/30,setpts=N*%d+%d,format=rgba,split[a][b];[a]ass=captions.ass:fontsdir=.[c];[c][b]hstack",
		w, h, len(all)-1, stillGap, stillGap/2)
	cmd := exec.Command("ffmpeg", "-v", "warning", "-nostdin", "-filter_complex", graph, "-fps_mode", "passthrough", "-frames:v", fmt.Sprint(len(all)), "-f", "rawvideo", "-pix_fmt", "rgba", "-")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "FONTCONFIG_FILE="+filepath.Join(dir, "fonts.conf"))
	var out, talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &talk
	if err := cmd.Run(); err != nil || out.Len() != len(all)*8*w*h {
		t.Fatalf("%v, %d bytes of %d: %s", err, out.Len(), len(all)*8*w*h, talk.String())
	}
	if text := talk.String(); strings.Contains(text, "Glyph") || strings.Contains(text, "fontselect") {
		t.Fatalf("the renderer misses something:\n%s", text)
	}
	var pairs [][2]*image.RGBA
	for i := range all {
		both := &image.RGBA{Pix: out.Bytes()[i*8*w*h : (i+1)*8*w*h], Stride: 8 * w, Rect: image.Rect(0, 0, 2*w, h)}
		pairs = append(pairs, [2]*image.RGBA{both.SubImage(image.Rect(0, 0, w, h)).(*image.RGBA), both.SubImage(image.Rect(w, 0, 2*w, h)).(*image.RGBA)})
	}
	return pairs
}

// differs is the box of all pixels in which two pictures of one size differ,
// and how many there are.
func differs(a, b *image.RGBA, threshold int) (Box, int) {
	size, n := a.Bounds().Size(), 0
	out := Box{size.X, size.Y, 0, 0}
	for y := range size.Y {
		for x := range size.X {
			i, k := a.PixOffset(a.Rect.Min.X+x, a.Rect.Min.Y+y), b.PixOffset(b.Rect.Min.X+x, b.Rect.Min.Y+y)
			for c := range 3 {
				if abs(int(a.Pix[i+c])-int(b.Pix[k+c])) > threshold {
					out = out.union(Box{x, y, x + 1, y + 1})
					n++
					break
				}
			}
		}
	}
	return out, n
}

// judge says what is wrong with a still: nothing to be seen, ink outside what
// was measured or outside the safe box, or less ink than was measured.
func judge(pair [2]*image.RGBA, s still, c Canvas) string {
	ink, n := differs(pair[0], pair[1], 8)
	want, safe := Box{c.Width, c.Height, 0, 0}, newStage(c).safe
	letters := want
	for _, e := range s.events {
		if e.Window.Contains(s.at) {
			want = want.union(e.Box)
			if e.Layer == captionLetters || e.Layer == hookLetters {
				letters = letters.union(e.Box)
			}
		}
	}
	quarter := func(b Box, by int) Box {
		return Box{b.Left/4 - by, b.Top/4 - by, (b.Right+3)/4 + by, (b.Bottom+3)/4 + by}
	}
	switch {
	case n < 200:
		return fmt.Sprintf("%d pixels differ: no text", n)
	case !quarter(safe, 0).covers(ink):
		return fmt.Sprintf("ink %v leaves the safe box %v", ink, quarter(safe, 0))
	case !quarter(want, 1).covers(ink):
		return fmt.Sprintf("ink %v leaves its box %v", ink, quarter(want, 1))
	}
	if gap := (letters.Right-letters.Left)/4 - (ink.Right - ink.Left); gap > 4 {
		return fmt.Sprintf("ink %v is narrower than the letters measured, %v", ink, quarter(letters, 0))
	}
	return ""
}

// stills are a tongue's captions and hook on a canvas, one or two of each
// style; why says what is missing where its font is.
func stills(t testing.TB, f *Fonts, x tongue, c Canvas) (out []still, why string) {
	n := int64(14 * max(len(strings.Fields(x.text)), columns(x.text)/6))
	for _, style := range Styles() {
		track := Compose(Transcript{Language: x.lang, Words: said(x.text, 0, n)}, style, c, testRate, f)
		if why := unwritten(t, x.lang+" "+style, track.Problems); why != "" {
			return nil, why
		}
		events := track.Events(timeline.Window{In: 0, Out: n + 60})
		for i, cue := range track.Cues {
			if k := len(track.Cues); i == k/3 || i == k-1 {
				out = append(out, still{fmt.Sprintf("%s-%s-%d", x.lang, style, i), events, (cue.Window.In + cue.Window.Out) / 2})
			}
		}
	}
	events, problems := SetHook(x.hook, x.lang, c, testRate, 0, f)
	if why := unwritten(t, x.lang+" hook", problems); why != "" {
		return nil, why
	}
	return append(out, still{x.lang + "-hook", events, 10}), ""
}

// keep saves a still for the eye.
func keep(t testing.TB, img *image.RGBA, name string) {
	t.Helper()
	if *save == "" {
		return
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*save, name+".png"), b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestEveryStyleInEveryScriptIsThereAndInsideTheBox(t *testing.T) {
	f := testFonts(t)
	var all []still
	for _, x := range tongues {
		t.Run(x.lang, func(t *testing.T) {
			s, why := stills(t, f, x, phone)
			if why != "" {
				lacking(t, why)
			}
			all = append(all, s...)
		})
	}
	for i, pair := range film(t, phone, f, all) {
		keep(t, pair[0], all[i].name)
		if fault := judge(pair, all[i], phone); fault != "" {
			t.Errorf("%s: %s", all[i].name, fault)
		}
	}
}
