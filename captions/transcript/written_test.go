package transcript

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/asticode/go-astisub"
	"pgregory.net/rapid"

	"dropcut/captions"
	"dropcut/pipeline/timeline"
)

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.SampledFrom(timeline.Standards()).Draw(t, "rate")
		tr, clip := drawTranscript(t)
		srt, err := captions.SRT(tr, clip, rate)
		if err != nil {
			t.Fatal(err)
		}
		vtt, err := captions.VTT(tr, clip, rate)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(tr.Words, func(w captions.Word) bool { return captions.IsSpoken(w.Text) }) {
			return
		}
		want, err := astisub.ReadFromSRT(bytes.NewReader(srt))
		if err != nil {
			t.Fatal(err)
		}
		for format, body := range map[string][]byte{"srt": srt, "vtt": vtt} {
			got, err := Read(body)
			if err != nil || got.Format != format || len(got.Said) != len(want.Items) {
				t.Fatalf("%q, %d cues of %d, %v\n%s", got.Format, len(got.Said), len(want.Items), err, body)
			}
			for i, x := range got.Said {
				item := want.Items[i]
				if x.Start != item.StartAt || x.End != item.EndAt || len(strings.Split(x.Text, "\n")) != len(item.Lines) {
					t.Fatalf("%s cue %d: %v, written %v–%v", format, i, x, item.StartAt, item.EndAt)
				}
			}
		}
	})
}

func drawTranscript(t *rapid.T) (captions.Transcript, timeline.Window) {
	var words []captions.Word
	at := int64(0)
	for range rapid.IntRange(1, 40).Draw(t, "words") {
		at += rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(0, 90)).Draw(t, "gap")
		n := rapid.Int64Range(2, 30).Draw(t, "frames")
		text := rapid.OneOf(rapid.StringMatching(`[A-Za-zéßΑ-ωА-я0-9'’-]{1,14}[.,!?]?`), rapid.StringMatching(`[<>&;a-z-]{1,9}`), rapid.String()).Draw(t, "text")
		words = append(words, captions.Word{Text: text, Start: at, End: at + n})
		at += n
	}
	return captions.Transcript{Language: "en", Words: words}, timeline.Window{In: 0, Out: at + 10}
}
