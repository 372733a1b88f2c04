package marks

import (
	"regexp"
	"slices"
	"time"

	"dropcut/pipeline"
)

// unnamed is what OBS calls a chapter made by its hotkey, in English.
var unnamed = regexp.MustCompile(`^Unnamed \d+$`)

// OfChapters is the recording's own chapters as a list. OBS writes one for each
// press of its hotkey, in a file that begins with Start and ends with Dummy:
// those are points, late like any press.
func OfChapters(chapters []pipeline.Chapter, length time.Duration) List {
	obs := slices.ContainsFunc(chapters, func(c pipeline.Chapter) bool { return c.OBS || unnamed.MatchString(c.Title) })
	l := List{Source: SourceChapter, Name: "chapter"}
	if obs {
		l.Source = SourceOBS
	}
	for i, c := range chapters {
		e := Entry{At: c.Start, Step: time.Millisecond, Label: c.Title}
		switch {
		case obs && i == 0 && c.Start < time.Second && (c.Title == "Start" || c.OBS && c.Start == 0): // its name is translated
			continue
		case obs && i == len(chapters)-1 && c.Title == "Dummy" && c.Start > length-NearEnds:
			continue
		case obs:
			e.Label = unnamed.ReplaceAllString(c.Title, "")
		case c.End > c.Start:
			end := c.End
			e.End = &end
		}
		l.Add(e)
	}
	l.chapters(length)
	return l
}

// OfHilights is the presses of a GoPro's button as a list: points without a
// name, late like any press.
func OfHilights(tags []time.Duration) List {
	l := List{Source: SourceGoPro, Name: "HiLight tag"}
	for _, at := range tags {
		l.Add(Entry{At: at, Step: time.Millisecond})
	}
	return l
}
