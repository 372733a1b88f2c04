// Package publish names what is finished: it writes captions beside the clips,
// then the manifest, and last removes what the new manifest replaced.
package publish

import (
	"path"
	"strings"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// Records is all that a moment's manifest is made of.
type Records struct {
	Recording pipeline.Recording
	Moment    pipeline.Moment
	Clips     []pipeline.Clip
	Variants  map[string][]pipeline.Variant         // by clip
	Captions  map[string][]pipeline.ManifestCaption // by clip, file names relative to the manifest
	Notes     []pipeline.Note
	Drop      *pipeline.DropPlan // nil without a drop plan
	Planned   bool               // clips of which nothing is made are shown too
}

// Document is the manifest of a moment, without Made and Revision.
func Document(r Records) pipeline.Manifest {
	rate := r.Recording.Media.Rate
	m := pipeline.Manifest{Version: pipeline.ManifestVersion, Recording: Recording(r.Recording), Moment: Moment(r.Moment, rate),
		Clips: []pipeline.ManifestClip{}, Notes: append([]pipeline.Note{}, r.Notes...)}
	for _, c := range r.Clips {
		if mc, made := clip(r, c, rate); made || r.Planned {
			m.Clips = append(m.Clips, mc)
			continue
		}
		m.Notes = append(m.Notes, notMade(c, r.Variants[c.ID]))
	}
	announce(&m, r.Drop)
	if len(m.Clips) == 0 && len(m.Notes) == 0 {
		m.Notes = append(m.Notes, pipeline.Note{Code: "no_clips", Detail: "nothing could be cut from this moment"})
	}
	return m
}

// Recording is a recording as manifests show it.
func Recording(r pipeline.Recording) pipeline.ManifestRecording {
	w, h := r.Media.Video.Shown()
	return pipeline.ManifestRecording{ID: r.ID, Key: r.Key, DurationMS: r.Media.Rate.Millis(r.Media.Frames),
		FrameRate: r.Media.Rate.String(), Width: w, Height: h, StartedAt: r.StartedAt,
		StartedFrom: r.StartedFrom, StartedPrecisionMS: r.StartedStep.Milliseconds()}
}

// Moment is a moment as manifests show it.
func Moment(m pipeline.Moment, rate timeline.Rate) pipeline.ManifestMoment {
	return pipeline.ManifestMoment{ID: m.ID, StartMS: rate.Millis(m.Window.In), EndMS: rate.Millis(m.Window.Out),
		Label: m.Label, Confidence: m.Confidence, Marks: Marks(m.Marks)}
}

// Marks is marks as manifests and recording.json show them, in whole milliseconds.
func Marks(marks []pipeline.Mark) []pipeline.ManifestMark {
	out := make([]pipeline.ManifestMark, 0, len(marks))
	for _, m := range marks {
		mm := pipeline.ManifestMark{Source: m.Source, AtMS: m.At.Milliseconds(), Label: m.Label, PrecisionMS: m.Precision.Milliseconds(),
			Confidence: m.Confidence, Origin: m.Origin, Also: m.Also, Why: m.Why, Used: m.Used(), UnusedCode: m.UnusedCode, Unused: m.Unused}
		if m.End != nil {
			end := m.End.Milliseconds()
			mm.EndMS = &end
		}
		out = append(out, mm)
	}
	return out
}

// Planned is a clip as plan decided it, without its variants.
func Planned(c pipeline.Clip, rate timeline.Rate) pipeline.ManifestClip {
	out := pipeline.ManifestClip{ID: c.ID, Kind: c.Kind, InMS: rate.Millis(c.Window().In), OutMS: rate.Millis(c.Window().Out),
		Why: c.Why, Text: c.Text, Notes: c.Notes, Points: c.Points}
	for _, o := range c.Over {
		out.Over = append(out.Over, pipeline.ManifestRival{InMS: rate.Millis(o.Window.In), OutMS: rate.Millis(o.Window.Out), Points: o.Points, Lost: o.Lost})
	}
	for _, p := range c.Parts {
		out.Parts = append(out.Parts, pipeline.ManifestPart{InFrame: p.In, OutFrame: p.Out})
	}
	return out
}

// clip is one clip of the manifest, and whether any variant of it is made.
func clip(r Records, c pipeline.Clip, rate timeline.Rate) (pipeline.ManifestClip, bool) {
	out := Planned(c, rate)
	out.Captions = append([]pipeline.ManifestCaption{}, r.Captions[c.ID]...)
	made := false
	for _, v := range r.Variants[c.ID] {
		mv := variant(v, rate)
		made = made || mv.File != ""
		if v.Lead && v.Made != nil {
			out.Poster = path.Base(v.Made.Poster)
		}
		out.Variants = append(out.Variants, mv)
	}
	if out.Poster == "." {
		out.Poster = ""
	}
	return out, made
}

func variant(v pipeline.Variant, rate timeline.Rate) pipeline.ManifestVariant {
	out := pipeline.ManifestVariant{ID: v.ID, State: v.State, Aspect: v.Look.Aspect, Layout: v.Look.Layout, Style: v.Look.Style,
		Language: v.Look.Language, Hook: v.Hook.Text, HookFrom: v.Hook.From, HookKind: v.Hook.Kind,
		Offer: v.Hook.Offer, OfferUntil: v.Hook.OfferUntil,
		Segments: []pipeline.ManifestSegment{}, Checks: []pipeline.Check{}, Notes: append([]pipeline.Note{}, v.Notes...)}
	out.Failed = Failure(v.Failure)
	if v.State != pipeline.VariantMade && v.State != pipeline.VariantApproved && v.State != pipeline.VariantRejected || v.Made == nil {
		return out
	}
	m := v.Made
	out.File, out.Digest, out.Width, out.Height = path.Base(m.Key), m.Digest, m.Width, m.Height
	out.FrameRate, out.Frames, out.DurationMS = rate.String(), m.Frames, rate.Millis(m.Frames)
	out.Bytes, out.Loudness, out.Checks = m.Bytes, m.Loudness, m.Checks
	out.Notes = append(out.Notes, m.Notes...)
	for _, s := range v.Segments {
		out.Segments = append(out.Segments, pipeline.ManifestSegment{Recipe: s.Recipe, Digest: s.Digest, Frames: s.Frames()})
	}
	return out
}

// Failure is a failure as manifests show it; nil for none.
func Failure(e *pipeline.Error) *pipeline.ManifestFailure {
	if e == nil {
		return nil
	}
	return &pipeline.ManifestFailure{Code: e.Code, Step: e.Step, Detail: e.Detail, Hint: e.Hint, Retryable: e.Retryable()}
}

// notMade says why a clip is not in the manifest.
func notMade(c pipeline.Clip, variants []pipeline.Variant) pipeline.Note {
	n := pipeline.Note{Code: "clip_not_made", Detail: "the " + string(c.Kind) + " could not be made"}
	for _, v := range variants {
		if v.Failure != nil {
			n.Detail += ": " + v.Failure.Detail
			n.Hint = v.Failure.Hint
			break
		}
	}
	return n
}

// Files is every file a manifest names, relative to it.
func Files(m pipeline.Manifest) []string {
	var out []string
	add := func(name string) {
		if name != "" && !strings.Contains(name, "/") {
			out = append(out, name)
		}
	}
	for _, c := range m.Clips {
		add(c.Poster)
		for _, v := range c.Variants {
			add(v.File)
		}
		for _, s := range c.Captions {
			add(s.SRT)
			add(s.VTT)
		}
	}
	return out
}
