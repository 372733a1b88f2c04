// Package transcript reads the words that files bring: subtitles and captions,
// and what recognisers of speech write. Every kind of file is one line of one
// table; a file is told by its content, never by its name.
package transcript

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"dropcut/pipeline/timeline"
)

const (
	fileBytes = 32 << 20
	fileCues  = 200_000
	sniffed   = 64 << 10 // bytes that tell what a file is
)

// File is what one file says. Times count from the file's own zero.
type File struct {
	Format    string  // name in the table: srt, vtt …
	WordTimed bool    // every word, or nearly every one, has times of its own
	Language  string  // as the file itself says it; "" when it does not
	Said      []Timed // in order of Start; never empty
	Notes     []Note  // what was guessed, and what was left out
}

// Note tells a person what could not be read for sure: encoding_guessed,
// rate_guessed, cues_left_out.
type Note struct{ Code, Detail, Hint string }

// Timed is one stretch of text with its times.
type Timed struct {
	Start time.Duration
	End   time.Duration // after Start
	Text  string        // plain, without markup; lines separated by \n
	Parts []Part        // its words with times of their own; nil when the file gives none
}

// Part is a word, or a piece of one, with times of its own. Space at the edges
// of its Text says where words end.
type Part struct {
	Start      time.Duration
	End        time.Duration // 0 when the file gives only beginnings
	Text       string
	Confidence float64 // 0 … 1; 0 when the file does not say
	Line       int     // which line of the stretch's Text it stands in
}

// ErrNoWords is a file that is none of the table's, or holds no words.
var ErrNoWords = errors.New("no words were found in it")

// raw is a file's bytes as they came, and as text.
type raw struct {
	bytes []byte
	text  string // line ends are \n; "" when its letters cannot be told
	err   error  // why they cannot
	guess string // the encoding, where it was guessed
	keys  keys   // of a JSON document
	root  string // name of an XML document's first element
	rate  timeline.Rate
}

// newRaw reads a file that should be in the language tag; "" where nobody says.
func newRaw(b []byte, tag string) raw {
	in := raw{bytes: b}
	if in.text, in.guess, in.err = decode(b, tag); in.err == nil {
		in.keys, in.root = keysOf(in.text), rootOf(in.text)
	}
	return in
}

// head is the beginning of the text, which tells what it is.
func (in raw) head() string { return in.text[:min(len(in.text), sniffed)] }

// Read reads a file of any kind in the table, whatever its encoding and line
// ends. One malformed cue does not spoil the others: it is left out, and so
// are cues without length or without words. A file with no usable cue is an
// error that names the first line that could not be read, or ErrNoWords.
func Read(b []byte) (File, error) { return ReadFor(b, timeline.Rate{}) }

// ReadFor is Read for words of a recording whose frame rate is known: files
// that count frames and do not say their rate are taken to count its.
func ReadFor(b []byte, rate timeline.Rate) (File, error) { return ReadIn(b, rate, "") }

// ReadIn is ReadFor where the file's name says its language, a BCP 47 tag: it
// helps to tell the letters of a file that does not.
func ReadIn(b []byte, rate timeline.Rate, tag string) (f File, err error) {
	defer func() {
		if r := recover(); r != nil {
			f, err = File{}, fmt.Errorf("the file cannot be read: %v", r)
		}
	}()
	if len(b) > fileBytes {
		return File{}, fmt.Errorf("the file is %d MiB long; %d MiB is the most", len(b)>>20, fileBytes>>20)
	}
	in := newRaw(b, tag)
	in.rate = rate
	kind, ok := told(in)
	if !ok {
		if in.err != nil {
			return File{}, fmt.Errorf("the file cannot be read: %w", in.err)
		}
		return File{}, ErrNoWords
	}
	if f, err = kind.read(in); err != nil {
		return File{}, err
	}
	f.Format = kind.name
	sortTimed(f.Said)
	if len(f.Said) == 0 {
		return File{}, ErrNoWords
	}
	if in.guess != "" && kind.name != ebuSTL { // which says its own
		f.Notes = append(f.Notes, Note{"encoding_guessed", "its letters were taken for " + in.guess, "save it as UTF-8 if letters are wrong"})
	}
	return f, nil
}

// Is reports whether a file's bytes look like timed words, also when they turn
// out to be damaged.
func Is(b []byte) bool {
	if len(b) > fileBytes {
		return false
	}
	_, ok := told(newRaw(b, ""))
	return ok
}

// told is the first kind in the table that a file can be.
func told(in raw) (format, bool) {
	for _, k := range formats {
		if k.is(in) {
			return k, true
		}
	}
	return format{}, false
}

// firstLine is a text's first line that says anything.
func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimLeft(text, " \t\n"), "\n")
	return strings.TrimSpace(line)
}

func sortTimed(all []Timed) {
	slices.SortStableFunc(all, func(a, b Timed) int { return cmp.Compare(a.Start, b.Start) })
}
