// Package inspect tells what is known of a recording: its marks, used or why
// not, its moments and clips, how far the work on it is, and what failed.
package inspect

import (
	"dropcut/pipeline"
	"dropcut/pipeline/publish"
	"dropcut/pipeline/timeline"
	"dropcut/storage/catalog"
)

// Document is a recording. As JSON it is stable: additions only.
type Document struct {
	Version   int                        `json:"version"`
	Name      string                     `json:"name"` // what a person calls it; where its bytes lie is the recording's key
	Recording pipeline.ManifestRecording `json:"recording"`
	Creator   string                     `json:"creator,omitempty"`
	State     pipeline.RecordingState    `json:"state"`
	Failure   *pipeline.ManifestFailure  `json:"failure,omitempty"`
	Progress  *Progress                  `json:"progress,omitempty"` // of what was asked for last; nil where nothing was
	Failed    []Failed                   `json:"failed,omitempty"`   // work that failed for good, oldest first
	Delayed   []Failed                   `json:"delayed,omitempty"`  // work that is tried again later, for want of room or after a failure, oldest first
	BytesRead int64                      `json:"bytes_read"`         // of it, by all steps that ended, ever
	Container string                     `json:"container"`
	Video     pipeline.Video             `json:"video"`
	Audio     []pipeline.Audio           `json:"audio"`
	Text      []pipeline.Text            `json:"text"`
	Marks     []pipeline.ManifestMark    `json:"marks"`
	Moments   []Moment                   `json:"moments"`
	Notes     []pipeline.Note            `json:"notes"`
}

// Failed is a piece of work that failed, for good or for now.
type Failed struct {
	Subject  string `json:"subject"`
	Attempts int64  `json:"attempts"`
	pipeline.ManifestFailure
}

// Moment is a moment of it.
type Moment struct {
	pipeline.ManifestMoment
	State         pipeline.MomentState      `json:"state"`
	Failure       *pipeline.ManifestFailure `json:"failure,omitempty"`
	Progress      *Progress                 `json:"progress,omitempty"` // with its clips and variants; nil where nothing was asked for
	PayoffStartMS int64                     `json:"payoff_start_ms"`
	PayoffEndMS   int64                     `json:"payoff_end_ms"`
	Manifest      string                    `json:"manifest,omitempty"` // its key in the output bucket
	Clips         []Clip                    `json:"clips,omitempty"`    // once they are planned
	Notes         []pipeline.Note           `json:"notes"`
}

// Clip is a clip as it was planned, what it won against, and its variants.
type Clip struct {
	ID       string                   `json:"id"`
	Kind     pipeline.ClipKind        `json:"kind"`
	State    pipeline.VariantState    `json:"state,omitempty"`    // of its variant that is furthest; "" where it has none yet
	Progress *Progress                `json:"progress,omitempty"` // its sound and its variants; pictures are the moment's
	InMS     int64                    `json:"in_ms"`
	OutMS    int64                    `json:"out_ms"`
	Why      []string                 `json:"why"`
	Points   int64                    `json:"points,omitempty"`
	Over     []pipeline.ManifestRival `json:"over,omitempty"`
	Variants []Variant                `json:"variants,omitempty"`
}

// Variant is a variant of it, in short.
type Variant struct {
	ID       string                    `json:"id"`
	State    pipeline.VariantState     `json:"state"`
	Revision int                       `json:"revision"`
	Aspect   string                    `json:"aspect"`
	Layout   string                    `json:"layout"`
	Style    string                    `json:"style"`
	Language string                    `json:"language"`
	Hook     string                    `json:"hook"`
	File     string                    `json:"file,omitempty"` // its key in the output bucket
	Failure  *pipeline.ManifestFailure `json:"failure,omitempty"`
	Progress *Progress                 `json:"progress,omitempty"` // of putting it together
}

// Recording reads everything known of a recording; NotFound where there is none.
func Recording(tx *catalog.Tx, id string) (Document, error) {
	out := Document{Version: pipeline.ManifestVersion, Moments: []Moment{}}
	rec, err := tx.Recording(id)
	if err != nil {
		return out, err
	}
	marks, err := tx.Marks(id)
	if err != nil {
		return out, err
	}
	moments, err := tx.MomentsOf(id)
	if err != nil {
		return out, err
	}
	counts, err := tx.WorkCounts(id)
	if err != nil {
		return out, err
	}
	works := Works(counts)
	out.Progress = works.All()
	failed, err := tx.FailedWork(id)
	if err != nil {
		return out, err
	}
	for _, w := range failed {
		if w.Failure != nil {
			out.Failed = append(out.Failed, Failed{w.Subject, w.Attempt, *publish.Failure(w.Failure)})
		}
	}
	if out.BytesRead, err = tx.BytesRead(id); err != nil {
		return out, err
	}
	if out.Delayed, err = delayed(tx, id); err != nil {
		return out, err
	}
	out.Name, out.Recording, out.Creator, out.State, out.Container = rec.Name, publish.Recording(rec), rec.Creator, rec.State, rec.Media.Container
	out.Failure = publish.Failure(rec.Failure)
	out.Video, out.Audio, out.Text = rec.Media.Video, rec.Media.Audio, rec.Media.Text
	out.Marks, out.Notes = publish.Marks(marks), rec.Notes
	for _, m := range moments {
		one, err := moment(tx, m, rec.Media.Rate, works)
		if err != nil {
			return out, err
		}
		out.Moments = append(out.Moments, one)
	}
	return out, nil
}

func delayed(tx *catalog.Tx, id string) (out []Failed, err error) {
	all, err := tx.Delayed(id)
	for _, w := range all {
		out = append(out, Failed{w.Subject, w.Attempt, *publish.Failure(w.Failure)})
	}
	return out, err
}

func moment(tx *catalog.Tx, m pipeline.Moment, rate timeline.Rate, works Works) (Moment, error) {
	clips, err := clips(tx, m.ID, rate, works)
	out := Moment{Clips: clips, Progress: works.Moment(m.ID), ManifestMoment: publish.Moment(m, rate), State: m.State, Failure: publish.Failure(m.Failure),
		PayoffStartMS: rate.Millis(m.Payoff.In), PayoffEndMS: rate.Millis(m.Payoff.Out), Notes: m.Notes}
	if m.Published != nil {
		out.Manifest = m.Published.Key
	}
	return out, err
}

// clips is what was planned of a moment.
func clips(tx *catalog.Tx, moment string, rate timeline.Rate, works Works) (out []Clip, err error) {
	all, err := tx.ClipsOf(moment)
	for _, c := range all {
		x := publish.Planned(c, rate)
		one := Clip{ID: x.ID, Kind: x.Kind, InMS: x.InMS, OutMS: x.OutMS, Why: x.Why, Points: x.Points, Over: x.Over, Progress: works.Clip(c.ID)}
		variants, err := tx.VariantsOf(c.ID)
		if err != nil {
			return nil, err
		}
		var states []pipeline.VariantState
		for _, v := range variants {
			one.Variants = append(one.Variants, variant(v, works))
			states = append(states, v.State)
		}
		one.State = ClipState(states)
		out = append(out, one)
	}
	return out, err
}

func variant(v pipeline.Variant, works Works) Variant {
	out := Variant{Progress: works.Variant(v.ID), ID: v.ID, State: v.State, Revision: v.Revision, Aspect: v.Look.Aspect, Layout: v.Look.Layout, Style: v.Look.Style,
		Language: v.Look.Language, Hook: v.Hook.Text, Failure: publish.Failure(v.Failure)}
	if v.Made != nil {
		out.File = v.Made.Key
	}
	return out
}
