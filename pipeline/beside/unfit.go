package beside

import (
	"path"
	"slices"
	"strings"

	"dropcut/pipeline"
)

// soundEndings are files that people take for recordings, and that have no picture.
var soundEndings = []string{".wav", ".mp3", ".m4a", ".flac", ".ogg"}

// IsSound reports whether a name is one that sound alone has.
func IsSound(name string) bool {
	return slices.Contains(soundEndings, strings.ToLower(path.Ext(name)))
}

// Unfit is why a file of that name is no recording, by its kind; nil where it
// may be one.
func Unfit(name string) *pipeline.Error {
	switch {
	case IsRecording(name):
		return nil
	case IsSound(name):
		return pipeline.Fail(pipeline.Invalid, "no_picture", "give a recording with a video track; dropcut does not make clips from sound alone",
			"%s is sound alone", name)
	}
	return pipeline.Fail(pipeline.Invalid, "not_a_recording", "a recording is an MP4, MOV, M4V, MKV, WebM, TS, M2TS or FLV file; what lies beside one is taken in with it",
		"%s is of no kind that recordings have", name)
}
