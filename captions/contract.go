package captions

import "dropcut/pipeline/timeline"

// Canvas is the picture that captions are set on, in pixels: 1080×1920 for 9:16.
type Canvas struct{ Width, Height int }

// Box is a rectangle in pixels of the canvas, right and bottom excluded.
type Box struct{ Left, Top, Right, Bottom int }

// Event is one ASS dialogue line. Its text is finished ASS: escaped,
// positioned, broken into lines.
type Event struct {
	Window timeline.Window
	Layer  int
	Style  string // name of a style in the script's header
	Text   string
	Box    Box // where its ink lies, measured
}

// Cue is one caption on screen.
type Cue struct {
	Window timeline.Window
	Words  []Word  // as they are shown, each within Window
	Lines  [][]int // indexes into Words, a line each

	frame   frame
	percent int  // of the style's size
	key     int  // index of the word that stands out; negative: none
	follows bool // begins where the cue before it ends
	leads   bool // ends where the next begins
	full    bool // stands for as long as its words and the next caption let it
	closed  bool // a pause or a file's own cue parts it from the next
	cutIn   bool // a clip cut its beginning off
	cutOut  bool // or its end
}

// Track is ordered cues in one language and style, broken into lines for one
// canvas. Cues never overlap.
type Track struct {
	Language string
	Style    string
	Canvas   Canvas
	Cues     []Cue
	Problems []Problem

	tag   string // of the language, with whose Chinese letters it has
	rate  timeline.Rate
	fonts *Fonts
}

// Problem is something that could not be shown as it should: font_missing, word_too_long …
type Problem struct{ Code, Detail, Hint string }
