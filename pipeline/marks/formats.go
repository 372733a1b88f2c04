package marks

import (
	"strings"
	"time"

	"dropcut/pipeline/timeline"
)

// Recording is what a format may need to know of the recording that its marks
// are for.
type Recording struct {
	Name      string        // the file's base name
	Rate      timeline.Rate // the timeline's; formats that count frames need it
	Length    time.Duration // 0: not known
	StartedAt *time.Time    // wall clock at zero; nil: not known
}

// Format is one way in which something points into a recording: a row of the table.
type Format struct {
	Source string        // Mark.Source; stable
	Name   string        // as people call it
	Told   string        // how a file of it is told, for people
	From   string        // where creators get it
	Finest time.Duration // the finest precision it can claim; 0: one frame
	Habit  Habit
	Part   bool // its entries may be chapters, which merely say how a recording is built
	Loose  bool // told by the shape of its lines only: three of them, or every second line, make a list

	looks func(*file) bool
	parse func(*file, Recording) ([]List, error) // nil: no file of its own
}

// IsFile reports whether a file can be of the format.
func (f Format) IsFile() bool { return f.parse != nil }

// The sources of marks, as Mark.Source names them.
const (
	SourceFlag       = "flag"
	SourceNative     = "dropcut_json"
	SourceTimestamps = "timestamps"
	SourceTwitch     = "twitch_csv"
	SourceOBS        = "obs_chapter"
	SourceGoPro      = "gopro_hilight"
	SourceChapter    = "chapter"
)

// Formats is the one table. The first row that knows a file reads it; so what
// has a signature stands before what is told by its lines, and a list of times
// is the last.
func Formats() []Format {
	return []Format{
		{Source: SourceFlag, Name: "`--mark`", Told: "typed on the command line", From: "you", Finest: time.Nanosecond, Habit: typed},
		{Source: SourceOBS, Name: "OBS hotkey chapters", Told: "a chapter track by OBS in the recording itself", From: "OBS Studio 30.2 and later: Hybrid MP4, the hotkey *Add Chapter Marker*",
			Finest: time.Millisecond, Habit: hotkey},
		{Source: SourceGoPro, Name: "GoPro HiLight tags", Told: "`HMMT` or `GPMF` in the recording itself", From: "the highlight button of a GoPro, or its voice command",
			Finest: time.Millisecond, Habit: hotkey},
		{Source: SourceChapter, Name: "chapters in the recording", Told: "MP4 and QuickTime chapter tracks, Nero `chpl`, Matroska chapters", From: "editors, muxers, downloaders",
			Finest: time.Millisecond, Habit: chaptered, Part: true},
		{Source: SourceNative, Name: "dropcut's own JSON", Told: "a JSON object with `marks`", From: "scripts: `{\"version\":1,\"marks\":[{\"start\":\"10:15\",\"end\":\"11:40\",\"label\":\"…\"}]}`",
			Finest: time.Nanosecond, Habit: written, looks: looksNative, parse: parseNative},
		{Source: SourceTwitch, Name: "Twitch markers, CSV", Told: "rows of a time, a role and a name", From: "Twitch, Video Producer, *Export markers*", Finest: time.Second, Habit: button,
			looks: looksTwitch, parse: parseTwitch},
		{Source: SourceTimestamps, Name: "a list of times", Told: "lines that begin or end with a time, and no other format", From: "YouTube chapters, descriptions, show notes, moderators", Finest: time.Millisecond,
			Habit: noted, Part: true, Loose: true, looks: looksListed, parse: parseTimestamps},
	}
}

// table is Formats by source.
var table = func() map[string]Format {
	out := map[string]Format{}
	for _, f := range Formats() {
		out[f.Source] = f
	}
	return out
}()

// FormatOf is the row of a source; the zero Format for an unknown one.
func FormatOf(source string) Format { return table[source] }

// accepted names every format of a file, for hints.
func accepted() string {
	var names []string
	for _, f := range Formats() {
		if f.IsFile() {
			names = append(names, f.Name)
		}
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last] + ` (one a line: "10:15 label")`
}
