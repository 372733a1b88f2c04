package pipeline

import (
	"dropcut/pipeline/timeline"
)

// ExcerptLead is added to every timestamp of an excerpt, in nanoseconds: a
// frame shown at t on the timeline has t + ExcerptLead in the excerpt file, so
// that no packet needs a negative timestamp. Matroska rounds to a millisecond.
const ExcerptLead = int64(10e9)

// Excerpted is a lossless copy of a moment plus handles. Everything after
// excerpt reads it and not the recording. The file is Matroska and holds the
// video stream, then the first audio stream, then text streams.
type Excerpted struct {
	ID        string          `json:"id"`
	Moment    string          `json:"moment"`
	Recording string          `json:"recording"`
	Version   string          `json:"version"`  // of the recording it was taken from
	Asked     timeline.Window `json:"asked"`    // what it was to show
	Window    timeline.Window `json:"window"`   // frames that can be shown from it: Asked, or less where the recording has no more
	FirstPTS  int64           `json:"first_ns"` // exact source timestamp of its first picture
	Key       string          `json:"key"`      // in the data bucket: excerpts/<id>
	Digest    string          `json:"digest"`
	Bytes     int64           `json:"bytes"`
	BytesRead int64           `json:"bytes_read"`
	HasSound  bool            `json:"has_sound"`
	TextCount int             `json:"text_count"`
	Signals   Signals         `json:"signals"`
}

// Signals are what an excerpt says about itself, all on the timeline.
type Signals struct {
	Silences []timeline.Window `json:"silences"` // stretches of silence, in order
	Gaps     []timeline.Window `json:"gaps"`     // short quiet stretches (150 ms and longer) in which a cut is not heard
	Loudness []Loudness        `json:"loudness"` // momentary, each 100 ms
	Levels   Levels            `json:"levels"`   // of each 20 ms
	Shots    []Shot            `json:"shots"`    // where a new shot begins, in order
	Frozen   []timeline.Window `json:"frozen,omitempty"`
}

// Levels is how loud each 20 ms is, from frame From on, in dB below full scale:
// 0 is as loud as can be, 120 is silence. Below is empty where there is no sound.
type Levels struct {
	From  int64  `json:"from"`
	Below []byte `json:"below,omitempty"`
}

// Loudness is the momentary loudness (400 ms, EBU R128) that ends at frame At.
type Loudness struct {
	At   int64   `json:"at"`
	LUFS float64 `json:"lufs"` // -120 stands for silence
}

// Shot is the first frame of a new shot and how sure that is, 0 … 1.
type Shot struct {
	At    int64   `json:"at"`
	Score float64 `json:"score"`
}
