package captions

import "dropcut/pipeline/timeline"

// Transcript is timed words of one recording, or of a part of it.
type Transcript struct {
	Language string `json:"language"` // BCP 47; "und" when unknown
	Source   string `json:"source"`   // its format (srt, whispercpp …), embedded, recognised or translated
	Origin   string `json:"origin"`   // file name or stream, as a person knows it
	Words    []Word `json:"words"`    // in order of Start, never overlapping
}

// Translated is the Source of a transcript that says in another language what
// a better one says.
const Translated = "translated"

// Word is one word with its punctuation, on the recording's timeline.
type Word struct {
	Text       string  `json:"text"`
	Start      int64   `json:"start"` // first frame in which it is spoken
	End        int64   `json:"end"`   // first frame after it; always > Start
	Confidence float64 `json:"confidence"`
	Estimated  bool    `json:"estimated,omitempty"` // times were shared out from a cue's by length
	LastOfCue  bool    `json:"last_of_cue,omitempty"`
	Joined     bool    `json:"joined,omitempty"` // stands against the word before it, without a space
	Fixed      bool    `json:"fixed,omitempty"`  // spelled by its owner: its case stays
}

// Window is when the word is spoken.
func (w Word) Window() timeline.Window { return timeline.Window{In: w.Start, Out: w.End} }

// In is the words of t that lie wholly in w.
func (t Transcript) In(w timeline.Window) []Word {
	var out []Word
	for _, x := range t.Words {
		if w.Covers(x.Window()) {
			out = append(out, x)
		}
	}
	return out
}
