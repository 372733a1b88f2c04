package pipeline

import (
	"strings"
	"time"

	"dropcut/pipeline/timeline"
)

// RecordingState is where a recording stands.
type RecordingState string

// found → open|sealed → detected → done | no_moment | failed
const (
	RecordingFound    RecordingState = "found"
	RecordingOpen     RecordingState = "open"
	RecordingSealed   RecordingState = "sealed"
	RecordingDetected RecordingState = "detected"
	RecordingDone     RecordingState = "done"
	RecordingNoMoment RecordingState = "no_moment"
	RecordingFailed   RecordingState = "failed"
)

// Recording is a stream file in the source bucket and what ingest learnt of it.
type Recording struct {
	ID          string         `json:"id"`
	Creator     string         `json:"creator"`
	Show        string         `json:"show"`
	Fingerprint string         `json:"fingerprint"` // "sha256:…", see ingest.Fingerprint
	Source      string         `json:"source"`      // which source bucket it lies in, as the wiring names buckets
	Key         string         `json:"key"`         // in the source bucket
	Version     string         `json:"version"`     // the bucket's opaque version of Key
	Name        string         `json:"name"`        // what a person calls it: the file's base name
	Folder      string         `json:"folder"`      // its prefix in the output bucket; unique per creator
	Size        int64          `json:"size"`        // bytes
	State       RecordingState `json:"state"`
	Media       Media          `json:"media"`
	StartedAt   *time.Time     `json:"started_at"`                // wall clock at zero, where known
	StartedFrom string         `json:"started_from,omitempty"`    // who says so: a StartFrom
	StartedStep time.Duration  `json:"started_step_ns,omitempty"` // how exact that is at best
	Notes       []Note         `json:"notes,omitempty"`
	Failure     *Error         `json:"failure,omitempty"` // why it is failed; nil in any other state
}

// IsKeyedByID reports whether its folder in the output bucket is named by IDs,
// as a service does, and not by what a person reads.
func (r Recording) IsKeyedByID() bool { return r.Show != "" && strings.HasSuffix(r.Folder, "/"+r.Show) }

// Who may say when a recording began (Recording.StartedFrom), in order of trust.
const (
	StartFromName      = "name"      // as OBS names files: local time
	StartFromContainer = "container" // its creation time, UTC
	StartFromModified  = "modified"  // when it was last written, less its length
)

// Media is what a recording is made of.
type Media struct {
	Container string          `json:"container"` // mp4, fmp4, matroska, mpegts, flv
	Rate      timeline.Rate   `json:"rate"`      // the timeline's
	Frames    int64           `json:"frames"`    // length of the timeline, whole frames
	Zero      int64           `json:"zero_ns"`   // source timestamp of the first shown frame
	Pieces    timeline.Pieces `json:"pieces"`
	Video     Video           `json:"video"`
	Audio     []Audio         `json:"audio,omitempty"`
	Text      []Text          `json:"text,omitempty"`
	Chapters  []Chapter       `json:"chapters,omitempty"`
	Hilights  []time.Duration `json:"hilights_ns,omitempty"` // a GoPro's button, on the timeline
	Created   *time.Time      `json:"created,omitempty"`     // when the container says it was begun, UTC
}

// Length is the whole recording as a window.
func (m Media) Length() timeline.Window { return timeline.Window{In: 0, Out: m.Frames} }

// Video is the picture stream that is shown.
type Video struct {
	Index      int           `json:"index"` // stream index as ffprobe counts
	Codec      string        `json:"codec"` // ffprobe's name: h264, hevc, av1, vp9 …
	Width      int           `json:"width"` // coded pixels, before sample aspect and rotation
	Height     int           `json:"height"`
	SAR        timeline.Rate `json:"sar"`      // sample aspect ratio; 1/1 when unknown
	Rotation   int           `json:"rotation"` // degrees clockwise to show it upright: 0, 90, 180, 270
	SourceRate timeline.Rate `json:"source_rate"`
	Variable   bool          `json:"variable"` // frame times are not a constant rate
	Interlaced string        `json:"interlaced,omitempty"`
	PixFmt     string        `json:"pix_fmt"`
	Range      string        `json:"range,omitempty"`     // tv, pc or empty
	Matrix     string        `json:"matrix,omitempty"`    // ffprobe color_space: bt709, smpte170m, bt2020nc …
	Primaries  string        `json:"primaries,omitempty"` // ffprobe color_primaries
	Transfer   string        `json:"transfer,omitempty"`  // ffprobe color_transfer: smpte2084 and arib-std-b67 are HDR
}

// IsHDR reports whether pictures must be tone-mapped to be shown as BT.709.
func (v Video) IsHDR() bool { return v.Transfer == "smpte2084" || v.Transfer == "arib-std-b67" }

// Shown is the size in square pixels, upright.
func (v Video) Shown() (width, height int) {
	w, h := int64(v.Width), int64(v.Height)
	if v.SAR.Num > v.SAR.Den {
		w = timeline.DivRound(w, v.SAR.Num, v.SAR.Den)
	} else if v.SAR.Num > 0 && v.SAR.Num < v.SAR.Den {
		h = timeline.DivRound(h, v.SAR.Den, v.SAR.Num)
	}
	if v.Rotation%180 != 0 {
		w, h = h, w
	}
	return int(w), int(h)
}

// Audio is one sound stream. The first of a recording is the one used.
type Audio struct {
	Index      int    `json:"index"`
	Codec      string `json:"codec"`
	SampleRate int    `json:"sample_rate"`
	Channels   int    `json:"channels"`
	Language   string `json:"language,omitempty"`
}

// Text is an embedded subtitle stream.
type Text struct {
	Index    int    `json:"index"`
	Codec    string `json:"codec"`
	Language string `json:"language,omitempty"`
}

// Chapter is a chapter inside the recording's own container.
type Chapter struct {
	Start  time.Duration `json:"start_ns"` // on the timeline
	End    time.Duration `json:"end_ns"`   // zero when the container does not say
	Title  string        `json:"title"`
	Format string        `json:"format"` // qt_text, nero, matroska
	OBS    bool          `json:"obs,omitempty"`
}
