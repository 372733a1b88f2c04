package shares

import (
	"slices"
	"time"

	"dropcut/pipeline"
)

// ReportVersion is of the document; later versions only add.
const ReportVersion = 1

// Report is what became of a recording: its moments, their clips, where those
// were posted, and how often they were re-shared.
type Report struct {
	Version   int            `json:"version"`
	Recording string         `json:"recording"`
	CountedAt time.Time      `json:"counted_at"`
	LeftOut   bool           `json:"older_left_out" doc:"it has more posts than are told here, older ones"`
	Moments   []MomentReport `json:"moments"`
}

// MomentReport is one moment. Its rate is its core's; shorts are told apart.
type MomentReport struct {
	Moment string       `json:"moment"`
	Label  string       `json:"label"`
	Core   *Sum         `json:"core"`   // nil: no core was posted
	Shorts *Sum         `json:"shorts"` // nil: no short was posted
	Clips  []ClipReport `json:"clips"`
}

// ClipReport is one clip and every post of it.
type ClipReport struct {
	Clip  string            `json:"clip"`
	Kind  pipeline.ClipKind `json:"kind"`
	Sum   *Sum              `json:"sum"`   // nil: it was not posted
	Posts []PostReport      `json:"posts"` // oldest first
}

// PostReport is one post with its rate and how it grew.
type PostReport struct {
	Post       string            `json:"post"`
	Channel    string            `json:"channel"`
	Platform   pipeline.Platform `json:"platform"`
	Variant    string            `json:"variant"`
	Hook       string            `json:"hook"`
	HookKind   string            `json:"hook_kind"`
	Style      string            `json:"style"`
	Aspect     string            `json:"aspect"`
	LengthMS   int64             `json:"length_ms"`
	URL        string            `json:"url"`
	ExternalID string            `json:"external_id"`
	PostedAt   time.Time         `json:"posted_at"`
	Local      time.Time         `json:"posted_local"`
	RemovedAt  *time.Time        `json:"removed_at,omitempty"`
	Rate       Rate              `json:"rate"`
	Curve      []Point           `json:"curve"`
}

// Tell is the report of one recording, from its moments and clips as the
// catalogue has them. Clips that were never posted are in it; claims without a
// post are not.
func Tell(recording string, moments []pipeline.Moment, clips []pipeline.Clip, tally Tally) Report {
	out := Report{Version: ReportVersion, Recording: recording, CountedAt: tally.At, Moments: []MomentReport{}}
	posts := slices.DeleteFunc(slices.Clone(tally.Posts), func(c Counted) bool {
		return c.Post.Recording != recording || c.Post.PostedAt.IsZero()
	})
	at := map[string]int{}
	moment := func(id, label string) *MomentReport {
		i, ok := at[id]
		if !ok {
			i, at[id] = len(out.Moments), len(out.Moments)
			out.Moments = append(out.Moments, MomentReport{Moment: id, Label: label, Clips: []ClipReport{}})
		}
		return &out.Moments[i]
	}
	for _, m := range moments {
		moment(m.ID, m.Label)
	}
	for _, c := range clips {
		moment(c.Moment, "").clip(c.ID, c.Kind)
	}
	for _, c := range posts {
		r := moment(c.Post.Moment, "").clip(c.Post.Clip, c.Post.Kind)
		r.Posts = append(r.Posts, postReport(c))
	}
	for i := range out.Moments {
		out.Moments[i].addUp(posts)
	}
	return out
}

// clip is the report of one of the moment's clips, begun if there is none.
func (m *MomentReport) clip(id string, kind pipeline.ClipKind) *ClipReport {
	i := slices.IndexFunc(m.Clips, func(c ClipReport) bool { return c.Clip == id })
	if i < 0 {
		i = len(m.Clips)
		m.Clips = append(m.Clips, ClipReport{Clip: id, Kind: kind, Posts: []PostReport{}})
	}
	return &m.Clips[i]
}

// addUp fills in the sums of a moment and of its clips.
func (m *MomentReport) addUp(posts []Counted) {
	own := slices.DeleteFunc(slices.Clone(posts), func(c Counted) bool { return c.Post.Moment != m.Moment })
	for _, s := range Group(own, ByMoment) {
		if s.Kind == pipeline.Core {
			m.Core = &s
		} else {
			m.Shorts = &s
		}
	}
	for _, s := range Group(own, ByClip) {
		for i := range m.Clips {
			if m.Clips[i].Clip == s.Key {
				m.Clips[i].Sum = &s
			}
		}
	}
}

func postReport(c Counted) PostReport {
	p := c.Post
	return PostReport{Post: p.ID, Channel: p.Channel, Platform: p.Platform, Variant: p.Variant, Hook: p.Hook, HookKind: p.HookKind, Style: p.Style,
		Aspect: p.Aspect, LengthMS: p.Length.Milliseconds(), URL: p.URL, ExternalID: p.ExternalID, PostedAt: p.PostedAt, Local: c.Local,
		RemovedAt: p.RemovedAt, Rate: c.Rate, Curve: c.Rate.Curve()}
}
