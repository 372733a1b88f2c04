package excerpt

import (
	"fmt"
	"slices"
	"time"

	"dropcut/pipeline"
)

// The codes of this step's notes.
const (
	noSoundHere  = "no_sound_here"
	shortExcerpt = "excerpt_short"
	textLeftOut  = "text_unreadable"
)

// notes is what a person must know of an excerpt.
func notes(x pipeline.Excerpted, rec pipeline.Recording) []pipeline.Note {
	var out []pipeline.Note
	rate := rec.Media.Rate
	if !x.HasSound && len(rec.Media.Audio) > 0 {
		out = append(out, pipeline.Note{Code: noSoundHere, Detail: "the recording has no sound that can be read in this stretch; its clips have none"})
	}
	if lost := x.Asked.Frames() - x.Window.Frames(); rate.Duration(lost) >= time.Second {
		out = append(out, pipeline.Note{Code: shortExcerpt,
			Detail: fmt.Sprintf("the recording gives no picture in %.1f s of the stretch around this moment", rate.Duration(lost).Seconds())})
	}
	if x.TextCount == 0 && len(rec.Media.Text) > 0 {
		out = append(out, pipeline.Note{Code: textLeftOut, Detail: "the recording's own subtitles cannot be read", Hint: "give them as a file: dropcut run … --transcript FILE.srt"})
	}
	return out
}

// renewed is a moment's notes with this step's replaced by fresh.
func renewed(old, fresh []pipeline.Note) []pipeline.Note {
	out := slices.DeleteFunc(slices.Clone(old), func(n pipeline.Note) bool {
		return n.Code == noSoundHere || n.Code == shortExcerpt || n.Code == textLeftOut
	})
	return append(out, fresh...)
}
