package captions

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/asticode/go-astisub"
	"pgregory.net/rapid"

	"dropcut/pipeline/timeline"
)

func TestSubtitlesBesideAClip(t *testing.T) {
	words := said("And so, my fellow Americans: ask not what your country can do for you, ask what you can do for your country.", 1000, 1300)
	clip := timeline.Window{In: 990, Out: 1400}
	tr := Transcript{Language: "en", Words: words}
	srt, err := SRT(tr, clip, testRate)
	if err != nil {
		t.Fatal(err)
	}
	want := `1
00:00:00,333 --> 00:00:02,867
And so, my fellow Americans:

2
00:00:02,867 --> 00:00:06,733
ask not what your country can do for you,

3
00:00:06,733 --> 00:00:10,833
ask what you can do for your country.
`
	if string(srt) != want {
		t.Errorf("got\n%s\nwant\n%s", srt, want)
	}
	vtt, err := VTT(tr, clip, testRate)
	if err != nil || !strings.HasPrefix(string(vtt), "WEBVTT\n\n1\n00:00:00.333 --> 00:00:02.867\n") {
		t.Errorf("%s %v", vtt, err)
	}
}

func TestAClipWithoutWordsHasEmptySubtitles(t *testing.T) {
	srt, err := SRT(Transcript{}, timeline.Window{In: 0, Out: 90}, testRate)
	vtt, err2 := VTT(Transcript{}, timeline.Window{In: 0, Out: 90}, testRate)
	if err != nil || err2 != nil || len(srt) != 0 || string(vtt) != "WEBVTT\n" {
		t.Errorf("%q %v %q %v", srt, err, vtt, err2)
	}
}

func TestMarkupInWordsStaysText(t *testing.T) {
	words := []Word{{Text: "Tom", Start: 0, End: 20}, {Text: "&", Start: 20, End: 30}, {Text: "<b>Jerry</b>", Start: 30, End: 60}, {Text: "-->", Start: 60, End: 70}, {Text: "&lt;3", Start: 70, End: 90}}
	vtt, err := VTT(Transcript{Words: words}, timeline.Window{In: 0, Out: 90}, testRate)
	if err != nil || !strings.Contains(string(vtt), "Tom &amp; ‹b›Jerry‹/b› → &amp;lt;3") {
		t.Errorf("%s %v", vtt, err)
	}
}

func TestSubtitlesSurviveReading(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.SampledFrom(timeline.Standards()).Draw(t, "rate")
		var words []Word
		at := int64(0)
		for range rapid.IntRange(1, 40).Draw(t, "words") {
			at += rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(0, 90)).Draw(t, "gap")
			n := rapid.Int64Range(2, 30).Draw(t, "frames")
			text := rapid.OneOf(rapid.StringMatching(`[A-Za-zéßΑ-ωА-я0-9'’-]{1,14}[.,!?]?`), rapid.StringMatching(`[<>&;a-z-]{1,9}`), rapid.String()).Draw(t, "text")
			words = append(words, Word{Text: text, Start: at, End: at + n})
			at += n
		}
		clip := timeline.Window{In: 0, Out: at + 10}
		tr := Transcript{Language: "en", Words: words}
		want := subtitles(tr, clip, rate)
		if len(want.Items) == 0 {
			return
		}
		srt, err := SRT(tr, clip, rate)
		if err != nil {
			t.Fatal(err)
		}
		back, err := astisub.ReadFromSRT(bytes.NewReader(srt))
		if err != nil || len(back.Items) != len(want.Items) {
			t.Fatalf("%v: %d cues, not %d\n%s", err, len(back.Items), len(want.Items), srt)
		}
		end := time.Duration(0)
		for i, x := range want.Items {
			if x.StartAt < end || back.Items[i].StartAt != x.StartAt || back.Items[i].EndAt != x.EndAt || len(x.Lines) > subtitleLines {
				t.Fatalf("cue %d: %v, written %v–%v", i, back.Items[i], x.StartAt, x.EndAt)
			}
			for _, line := range x.Lines {
				if l := line.Items[0].Text; columns(l) > subtitleLetters && strings.Contains(l, " ") {
					t.Fatalf("line %q is too long", l)
				}
			}
			end = x.EndAt
		}
	})
}
