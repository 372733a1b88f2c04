package plan

import (
	"context"
	"reflect"
	"slices"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
	"dropcut/storage/catalog"
)

// hooksEach is how many hooks a clip has, beyond those that were asked for.
const hooksEach = 2

// Catalog is what plan needs of the records.
type Catalog interface {
	Write(ctx context.Context, f func(*catalog.Tx) error) error
}

// Step plans the clips of a moment.
type Step struct {
	Catalog Catalog
}

// loaded is what one moment's plan is made from.
type loaded struct {
	moment      pipeline.Moment
	recording   pipeline.Recording
	brief       pipeline.Brief
	excerpt     pipeline.Excerpted
	transcripts []captions.Transcript
	clips       []pipeline.Clip
	retired     []pipeline.Clip
}

// Do plans the moment that is w's subject and passes it on. A clip that is
// planned again keeps its ID and number, also one that was retired meanwhile;
// one that is planned no more is retired. Doing it twice changes nothing. NotFound without an excerpt.
func (s *Step) Do(ctx context.Context, w catalog.Work, _ func(float64)) (catalog.Outcome, error) {
	var l loaded
	if err := s.Catalog.Write(ctx, func(tx *catalog.Tx) error { return l.load(tx, w.Subject) }); err != nil {
		return catalog.Outcome{}, err
	}
	spoken := best(l.transcripts, l.moment, tongueOf(l.brief, l.recording.Media))
	drafts, notes := Plan(Input{Rate: l.recording.Media.Rate, Bounds: l.excerpt.Window.Intersect(l.recording.Media.Length()), Moment: l.moment,
		Signals: l.excerpt.Signals, Words: spoken.Words, Language: spoken.Language, Shorts: l.brief.Shorts})
	return catalog.Outcome{
		Keep: func(tx *catalog.Tx) error {
			if err := l.load(tx, w.Subject); err != nil { // as it is now: another attempt may have kept its plan
				return err
			}
			return l.keep(tx, drafts, notes, spoken)
		},
		Next: []catalog.Work{{Subject: w.Subject, Input: w.Input, Recording: l.recording.ID, Priority: w.Priority}},
	}, nil
}

func (l *loaded) load(tx *catalog.Tx, moment string) (err error) {
	if l.moment, err = tx.Moment(moment); err != nil {
		return err
	}
	if l.recording, err = tx.Recording(l.moment.Recording); err != nil {
		return err
	}
	if l.brief, err = tx.Brief(l.recording.ID); err != nil {
		return err
	}
	if l.excerpt, err = tx.ExcerptOf(moment); err != nil {
		return err
	}
	if l.transcripts, err = tx.Transcripts(moment); err != nil {
		return err
	}
	if l.clips, err = tx.ClipsOf(moment); err != nil {
		return err
	}
	l.retired, err = tx.RetiredClips(moment)
	return err
}

// keep writes clips and moment where they differ from what is kept.
func (l *loaded) keep(tx *catalog.Tx, drafts []Draft, notes []pipeline.Note, spoken captions.Transcript) error {
	clips := l.revise(drafts, spoken)
	changed := !reflect.DeepEqual(plain(clips), plain(l.clips))
	if changed {
		for _, old := range l.clips { // those that are planned again come back at once
			if err := tx.PutClip(old, true); err != nil {
				return err
			}
		}
		for _, c := range clips {
			if err := tx.PutClip(c, false); err != nil {
				return err
			}
		}
	}
	m := l.moment
	m.Notes = renewed(m.Notes, notes)
	if changed || !slices.Contains([]pipeline.MomentState{pipeline.MomentPlanned, pipeline.MomentRendering, pipeline.MomentMade}, m.State) {
		m.State = pipeline.MomentPlanned
	}
	return tx.PutMoment(m)
}

// revise turns drafts into clips. A clip keeps the ID and the number of the one
// of its kind that it shares most with, if that is half of the shorter; when
// its window moved it is a new revision.
func (l *loaded) revise(drafts []Draft, spoken captions.Transcript) []pipeline.Clip {
	old := make([]*pipeline.Clip, len(drafts))
	match(old, drafts, l.clips)
	match(old, drafts, l.retired)
	last := map[pipeline.ClipKind]int{}
	for _, c := range slices.Concat(l.clips, l.retired) {
		last[c.Kind] = max(last[c.Kind], c.N)
	}
	out := make([]pipeline.Clip, len(drafts))
	for i, d := range drafts {
		c := pipeline.Clip{Moment: l.moment.ID, Kind: d.Kind, Place: d.N, Revision: 1, Parts: []timeline.Window{d.Window},
			Why: d.Why, Text: d.Text, Notes: d.Notes, Points: d.Points, Over: d.Over, Hooks: l.hooks(d, spoken)}
		if o := old[i]; o != nil {
			c.ID, c.N, c.Revision = o.ID, o.N, o.Revision
			if !slices.Equal(o.Parts, c.Parts) {
				c.Revision++
			}
		} else {
			last[d.Kind]++
			c.ID, c.N = pipeline.Mint(pipeline.ClipID), last[d.Kind]
		}
		out[i] = c
	}
	return out
}

// hooks is the opening lines of a clip.
func (l *loaded) hooks(d Draft, spoken captions.Transcript) []pipeline.Hook {
	rate, words := l.recording.Media.Rate, spoken.In(d.Window)
	from := captions.HookSources{Flags: l.brief.Hooks, Plan: planned(l.brief.Drop), Defaults: l.brief.UsualHooks, Label: l.moment.Label, Proposed: l.moment.Proposed,
		Words: words, Language: spoken.Language, Rate: rate, Aside: d.Aside}
	n := 0
	for n < len(words) && words[n].Start < d.Window.In+rate.HookFrames() {
		n++
	}
	from.Opening = captions.Text(words[:n])
	var out []pipeline.Hook
	for _, h := range captions.Hooks(from, hooksEach) {
		out = append(out, offered(pipeline.Hook{Text: h.Text, From: h.From, Kind: string(h.Kind)}, l.brief.Drop))
	}
	return out
}

// match finds in clips the one that each draft without one was before,
// greatest overlap first.
func match(out []*pipeline.Clip, drafts []Draft, clips []pipeline.Clip) {
	taken := make([]bool, len(clips))
	for range drafts {
		bestDraft, bestClip, most := -1, -1, int64(0)
		for i, d := range drafts {
			for j, c := range clips {
				if out[i] != nil || taken[j] || d.Kind != c.Kind || len(c.Parts) == 0 {
					continue
				}
				n := d.Window.Intersect(c.Window()).Frames()
				if n*2 >= min(d.Window.Frames(), c.Window().Frames()) && n > most {
					bestDraft, bestClip, most = i, j, n
				}
			}
		}
		if bestDraft < 0 {
			break
		}
		out[bestDraft], taken[bestClip] = &clips[bestClip], true
	}
}

// plain is clips with empty lists as nil, as they come back from the catalogue or not.
func plain(clips []pipeline.Clip) []pipeline.Clip {
	out := slices.Clone(clips)
	for i := range out {
		c := &out[i]
		if len(c.Why) == 0 {
			c.Why = nil
		}
		if len(c.Hooks) == 0 {
			c.Hooks = nil
		}
		if len(c.Notes) == 0 {
			c.Notes = nil
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// renewed replaces plan's own notes among a moment's.
func renewed(old, own []pipeline.Note) []pipeline.Note {
	codes := []string{codeTooShort, codeNoCore, codeFewerShorts}
	out := slices.DeleteFunc(slices.Clone(old), func(n pipeline.Note) bool { return slices.Contains(codes, n.Code) })
	return append(out, own...)
}
