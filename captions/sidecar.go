package captions

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/asticode/go-astisub"

	"dropcut/pipeline/timeline"
)

// Lines of a subtitle file beside a clip.
const (
	subtitleLetters = 42
	subtitleLines   = 2
)

// SRT is a clip's words as an SRT file, times counted from the clip's first
// frame. A clip without words gives an empty file.
func SRT(t Transcript, clip timeline.Window, rate timeline.Rate) ([]byte, error) {
	subs := subtitles(t, clip, rate)
	if len(subs.Items) == 0 {
		return []byte{}, nil
	}
	b, err := written(subs.WriteToSRT)
	if err != nil {
		return nil, fmt.Errorf("write the SRT of %v: %w", clip, err)
	}
	return bytes.TrimPrefix(b, astisub.BytesBOM), nil
}

// VTT is a clip's words as a WebVTT file, with the same cues as SRT.
func VTT(t Transcript, clip timeline.Window, rate timeline.Rate) ([]byte, error) {
	subs := subtitles(t, clip, rate)
	if len(subs.Items) == 0 {
		return []byte("WEBVTT\n"), nil
	}
	b, err := written(subs.WriteToWebVTT)
	if err != nil {
		return nil, fmt.Errorf("write the WebVTT of %v: %w", clip, err)
	}
	return b, nil
}

// written collects what one of the library's writers writes. Other parts of
// that library panic on input they do not expect.
func written(write func(io.Writer) error) (out []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			out, err = nil, fmt.Errorf("the writer failed: %v", r)
		}
	}()
	var b bytes.Buffer
	err = write(&b)
	return b.Bytes(), err
}

// subtitles are the clip's words as cues of at most two lines of 42 letters,
// by the rules for reading, in sentence case.
func subtitles(t Transcript, clip timeline.Window, rate timeline.Rate) *astisub.Subtitles {
	subs := astisub.NewSubtitles()
	var said []Word
	for _, w := range t.In(clip) {
		if text := neutral(w.Text); text != "" {
			w.Text = text
			said = append(said, w)
		}
	}
	if len(said) == 0 || rate.IsZero() {
		return subs
	}
	said = inPhrases(said, tagOf(t))
	shown := sentences(t.Language, said)
	sh := newSubtitleShape(t.Language, rate, shown, said)
	groups := sh.group(said)
	for i, w := range sh.windows(said, groups, rate) {
		w = w.Intersect(clip)
		item := &astisub.Item{StartAt: ms(rate, w.In-clip.In), EndAt: ms(rate, w.Out-clip.In)}
		if item.EndAt <= item.StartAt {
			continue
		}
		for _, line := range directed(newCue(w, groups[i], said, shown).texts(), t.Language) {
			item.Lines = append(item.Lines, astisub.Line{Items: []astisub.LineItem{{Text: line}}})
		}
		subs.Items = append(subs.Items, item)
	}
	return subs
}

// directed puts a mark at both ends of the lines of a caption that runs from
// right to left: a player that takes a line's direction from its first letter
// then takes the right one, and one that always sets from left to right leaves
// the stop at the right end.
func directed(lines []string, tag string) []string {
	if mark := directionMark(lines, tag); mark == rightMark {
		for i := range lines {
			lines[i] = mark + lines[i] + mark
		}
	}
	return lines
}

// newSubtitleShape is for words that no face is known for: a letter is as wide
// as any other.
func newSubtitleShape(language string, rate timeline.Rate, shown []string, said []Word) *shape {
	sh := &shape{grammar: grammarOf(language), most: 16, best: [2]int{4, 12}, lines: subtitleLines, lineWords: 12, space: 1,
		limit: subtitleLetters, tight: subtitleLetters, least: rate.FramesOfMillis(833), longest: rate.FramesOfMillis(7000),
		pause: rate.FramesOfMillis(700), word: rate.FramesOfMillis(300), pace: lettersASecond / float64(rate.FramesOfMillis(1000))}
	sh.take(shown, said, func(text string) float64 { return float64(columns(text)) })
	return sh
}

func ms(rate timeline.Rate, f int64) time.Duration {
	return time.Duration(rate.Millis(f)) * time.Millisecond
}

// neutral is a word that cannot be taken for a line of times or for markup.
func neutral(text string) string {
	text, _ = cleaned(text, func(rune) bool { return true }) // a player has fonts of its own
	return strings.NewReplacer("-->", "→", "<", "‹", ">", "›").Replace(text)
}
