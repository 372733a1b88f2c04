package pipeline

import "time"

// ManifestVersion is the version of the documents below. Additions only.
const ManifestVersion = 1

// Manifest names everything finished in a moment. It is written last. Paths
// are relative to it; frames count from the recording's zero.
type Manifest struct {
	Version   int                     `json:"version"`
	Revision  int                     `json:"revision"`
	Path      string                  `json:"path,omitempty"` // only on stdout: where the file stands
	Recording ManifestRecording       `json:"recording"`
	Moment    ManifestMoment          `json:"moment"`
	Clips     []ManifestClip          `json:"clips"`
	Drop      *ManifestDrop           `json:"drop,omitempty"`
	Post      map[string]ManifestPost `json:"post,omitempty"` // by channel
	FollowUp  *ManifestFollowUp       `json:"follow_up,omitempty"`
	Made      ManifestMade            `json:"made"`
	Notes     []Note                  `json:"notes"`
}

// ManifestRecording is the recording as a manifest shows it.
type ManifestRecording struct {
	ID                 string     `json:"id"`
	Key                string     `json:"key"`
	DurationMS         int64      `json:"duration_ms"`
	FrameRate          string     `json:"frame_rate"` // the timeline's
	Width              int        `json:"width"`      // as shown
	Height             int        `json:"height"`
	StartedAt          *time.Time `json:"started_at"`
	StartedFrom        string     `json:"started_from,omitempty"` // name, container, modified
	StartedPrecisionMS int64      `json:"started_precision_ms,omitempty"`
}

// ManifestDrop is what the drop plan says of the drop itself.
type ManifestDrop struct {
	Name       string `json:"name"`
	Planned    string `json:"planned,omitempty"` // RFC 3339, as OfferUntil
	Price      string `json:"price,omitempty"`
	Stock      string `json:"stock,omitempty"`
	Link       string `json:"link,omitempty"`
	OfferUntil string `json:"offer_until,omitempty"`
}

// ManifestPost is what to write beside a clip on one channel. What speaks of
// the offer is marked, so that it can be withdrawn.
type ManifestPost struct {
	Text       string  `json:"text"`
	Offer      bool    `json:"offer,omitempty"`
	OfferUntil string  `json:"offer_until,omitempty"`
	Replies    []Reply `json:"replies,omitempty"`
}

// ManifestFollowUp is a text for later.
type ManifestFollowUp struct {
	AfterMS    int64  `json:"after_ms,omitempty"`
	Text       string `json:"text"`
	Offer      bool   `json:"offer,omitempty"`
	OfferUntil string `json:"offer_until,omitempty"`
}

// ManifestMoment is the moment as a manifest shows it.
type ManifestMoment struct {
	ID         string         `json:"id"`
	StartMS    int64          `json:"start_ms"`
	EndMS      int64          `json:"end_ms"`
	Label      string         `json:"label"`
	Confidence float64        `json:"confidence"`
	Marks      []ManifestMark `json:"marks"`
}

// ManifestMark is a mark as manifests, recording.json and inspect show it.
type ManifestMark struct {
	Source      string   `json:"source"`
	AtMS        int64    `json:"at_ms"`
	EndMS       *int64   `json:"end_ms"`
	Label       string   `json:"label"`
	PrecisionMS int64    `json:"precision_ms"`
	Confidence  float64  `json:"confidence"`
	Origin      string   `json:"origin,omitempty"`
	Also        []string `json:"also,omitempty"`
	Why         []string `json:"why,omitempty"` // of a mark that nobody made
	Used        bool     `json:"used"`
	UnusedCode  string   `json:"unused_code,omitempty"`
	Unused      string   `json:"unused,omitempty"`
}

// ManifestClip is one clip with its variants.
type ManifestClip struct {
	ID       string            `json:"id"`
	Kind     ClipKind          `json:"kind"`
	InMS     int64             `json:"in_ms"`
	OutMS    int64             `json:"out_ms"`
	Parts    []ManifestPart    `json:"parts"`
	Why      []string          `json:"why"`
	Text     string            `json:"text"`
	Variants []ManifestVariant `json:"variants"`
	Captions []ManifestCaption `json:"captions"`
	Poster   string            `json:"poster"`
	Notes    []Note            `json:"notes,omitempty"`
	Points   int64             `json:"points,omitempty"` // how good plan found its window, beside those of Over
	Over     []ManifestRival   `json:"over,omitempty"`   // windows that lost against it, best first
}

// ManifestRival is a window that plan weighed for a clip and did not take.
type ManifestRival struct {
	InMS   int64  `json:"in_ms"`
	OutMS  int64  `json:"out_ms"`
	Points int64  `json:"points"`
	Lost   string `json:"lost"` // why
}

// ManifestPart is one window of a clip.
type ManifestPart struct {
	InFrame  int64 `json:"in_frame"`
	OutFrame int64 `json:"out_frame"`
}

// ManifestVariant is one variant. Fields of the file are empty while offered.
type ManifestVariant struct {
	ID         string            `json:"id"`
	State      VariantState      `json:"state"`
	Aspect     string            `json:"aspect"`
	Layout     string            `json:"layout"`
	Style      string            `json:"style"`
	Language   string            `json:"language"`
	Hook       string            `json:"hook"`
	HookFrom   string            `json:"hook_from"`
	HookKind   string            `json:"hook_kind,omitempty"`   // what it does: question, offer …
	Offer      bool              `json:"offer,omitempty"`       // its hook speaks of the offer …
	OfferUntil string            `json:"offer_until,omitempty"` // … which ends then
	File       string            `json:"file"`
	Digest     string            `json:"digest"`
	Width      int               `json:"width"`
	Height     int               `json:"height"`
	FrameRate  string            `json:"frame_rate"`
	Frames     int64             `json:"frames"`
	DurationMS int64             `json:"duration_ms"`
	Bytes      int64             `json:"bytes"`
	Loudness   *float64          `json:"loudness_lufs"`
	Segments   []ManifestSegment `json:"segments"`
	Checks     []Check           `json:"checks"`
	Notes      []Note            `json:"notes"`
	Failed     *ManifestFailure  `json:"failed,omitempty"`
}

// ManifestSegment names one segment of a made file.
type ManifestSegment struct {
	Recipe string `json:"recipe"`
	Digest string `json:"digest"`
	Frames int64  `json:"frames"`
}

// ManifestCaption is one language's caption files of a clip.
type ManifestCaption struct {
	Language string `json:"language"`
	SRT      string `json:"srt"`
	VTT      string `json:"vtt"`
}

// ManifestFailure is why something could not be made.
type ManifestFailure struct {
	Code      string `json:"code"`
	Step      Step   `json:"step"`
	Detail    string `json:"detail"`
	Hint      string `json:"hint"`
	Retryable bool   `json:"retryable"`
}

// ManifestMade counts what the run that wrote the manifest had to do.
type ManifestMade struct {
	Dropcut       string `json:"dropcut"`
	FFmpeg        string `json:"ffmpeg"`
	EncodedFrames int64  `json:"encoded_frames"`
	ReusedFrames  int64  `json:"reused_frames"`
	BytesRead     int64  `json:"bytes_read"`
	CPUMS         int64  `json:"cpu_ms"`
	WallMS        int64  `json:"wall_ms"`
}
