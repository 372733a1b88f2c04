package render

import (
	"slices"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// material is all that variants are decided from.
type material struct {
	recording   pipeline.Recording
	moment      pipeline.Moment
	brief       pipeline.Brief
	excerpt     pipeline.Excerpted
	transcripts []captions.Transcript // best first
	clips       []pipeline.Clip
	variants    map[string][]pipeline.Variant // by clip, as they are kept
	asked       map[string]bool               // variants that a person asked for by themselves
	fonts       *captions.Fonts
	mapped      bool // high dynamic range can be mapped here
	scale       int64
}

// draft is one variant as it would be made.
type draft struct {
	variant  pipeline.Variant // as it is kept; its look, hook and lead as they are to be
	clip     pipeline.Clip
	listed   bool // among the clip's choices; a variant of a hook that is gone is not
	wanted   bool // to be made now
	input    string
	sound    string
	canvas   geometry
	events   []captions.Event
	captions *pipeline.Check // how they keep the rules of reading; nil without captions
	refs     []pipeline.SegmentRef
	notes    []pipeline.Note
}

// newDrafter decides where the moment's pictures are cut.
func newDrafter(m material) *drafter {
	m.brief.Languages = asked(m.brief.Languages, m.transcripts)
	d := &drafter{material: m, picture: treat(m.recording.Media.Video, m.mapped), tracks: map[pipeline.Look]captions.Track{}}
	var windows []timeline.Window
	for _, c := range m.clips {
		windows = append(windows, c.Parts...)
	}
	d.cuts = Cuts(windows, m.rate())
	return d
}

// drafts is every variant of every clip: the first short's first, then in the
// order of clips and choices.
func (d *drafter) drafts() []draft {
	var out []draft
	for _, c := range firstShortFirst(d.clips) {
		out = append(out, d.clip(c)...)
	}
	return out
}

func (m material) rate() timeline.Rate { return m.recording.Media.Rate }

// firstShortFirst is a moment's clips, which come in their order, with the
// best short before them.
func firstShortFirst(clips []pipeline.Clip) []pipeline.Clip {
	i := slices.IndexFunc(clips, func(c pipeline.Clip) bool { return c.Kind == pipeline.Short })
	if i < 0 {
		return clips
	}
	return slices.Insert(slices.Delete(slices.Clone(clips), i, i+1), 0, clips[i])
}

// drafter drafts variants and keeps what they share.
type drafter struct {
	material
	picture treatment
	cuts    []int64
	tracks  map[pipeline.Look]captions.Track
}

func (d *drafter) clip(c pipeline.Clip) []draft {
	var languages []string
	for _, t := range d.transcripts {
		languages = append(languages, t.Language)
	}
	left := slices.Clone(d.variants[c.ID])
	segments := d.segments(c, left)
	sound := d.sound(c)
	number := hookNumbers(c.Hooks, left)
	var out []draft
	for _, choice := range Choices(c.Kind, d.brief, languages, c.Hooks) {
		i := slices.IndexFunc(left, func(v pipeline.Variant) bool { return v.Look == choice.Look && v.Hook.Text == choice.Hook.Text })
		v := pipeline.Variant{State: pipeline.VariantOffered}
		if i >= 0 {
			v = left[i]
			left = slices.Delete(left, i, i+1)
		} else {
			v.ID, v.Clip = pipeline.Mint(pipeline.VariantID), c.ID
		}
		v.Look, v.Hook, v.HookN, v.Lead = choice.Look, choice.Hook, number[choice.Hook.Text], choice.Lead
		out = append(out, d.draft(draft{variant: v, clip: c, listed: true, wanted: (choice.Wanted || d.asked[v.ID]) && !d.brief.PlanOnly}, segments, sound))
	}
	if d.brief.PlanOnly {
		return out // what stands of other hooks stays as it is
	}
	for _, v := range left {
		v.Lead = false
		out = append(out, d.draft(draft{variant: v, clip: c}, segments, sound))
	}
	return out
}

// hookNumbers is the number of every hook by its text: a hook keeps the one it
// ever had among a clip's variants, a new one gets the next. No hook is 0.
func hookNumbers(hooks []pipeline.Hook, kept []pipeline.Variant) map[string]int {
	number, last := map[string]int{"": 0}, 0
	for _, v := range kept {
		number[v.Hook.Text] = v.HookN
		last = max(last, v.HookN)
	}
	for _, h := range hooks {
		if _, known := number[h.Text]; !known {
			last++
			number[h.Text] = last
		}
	}
	return number
}

// segments is where a clip is cut: as it was while its window is the same, so
// that nothing that happens to its neighbours costs it a picture.
func (d *drafter) segments(c pipeline.Clip, kept []pipeline.Variant) []timeline.Window {
	for _, v := range kept {
		if n := len(v.Segments); n > 0 && v.Segments[0].In == c.Window().In && v.Segments[n-1].Out == c.Window().Out {
			var out []timeline.Window
			for _, s := range v.Segments {
				out = append(out, timeline.Window{In: s.In, Out: s.Out})
			}
			return out
		}
	}
	return Segments(c.Window(), d.cuts)
}

// draft fills in how a variant would be made, where that may be asked for.
func (d *drafter) draft(x draft, segments []timeline.Window, sound string) draft {
	v := x.variant
	if !x.wanted && v.Made == nil {
		return x
	}
	canvas, ok := placed(d.recording.Media.Video, v.Look.Aspect, v.Look.Layout, d.scale)
	if !ok {
		x.wanted = false
		return x
	}
	x.canvas, x.sound = canvas, sound
	x.events, x.notes = d.events(x.clip, v)
	x.captions = d.check(x.clip, v.Look)
	whole := d.recipe(x, x.clip.Window())
	x.input = hashOf(variantInput{Version: recipeVersion, Whole: whole, Parts: x.clip.Parts, Sound: sound})
	for _, w := range segments {
		x.refs = append(x.refs, pipeline.SegmentRef{Recipe: d.recipe(x, w).ID(), In: w.In, Out: w.Out})
	}
	return x
}

// recipe is how the stretch w of a draft is made.
func (d *drafter) recipe(x draft, w timeline.Window) recipe {
	r := recipe{Version: recipeVersion, Fingerprint: d.recording.Fingerprint, Stream: d.recording.Media.Video.Index,
		Pieces: d.pieces(w), Rate: d.rate(), In: w.In, Out: w.Out, Picture: d.picture, Canvas: x.canvas,
		Script: d.script(x.variant.Look.Aspect, x.events, w), Encoder: named(encoderOf(d.scale))}
	if r.Script != "" {
		r.Fonts = d.fonts.Digests(r.Script)
	}
	return r
}

func (d *drafter) pieces(w timeline.Window) timeline.Pieces {
	return d.recording.Media.Pieces.In(d.rate().Duration(w.In), d.rate().Duration(w.Out))
}

// sound is the recipe of a clip's sound, "" without sound.
func (d *drafter) sound(c pipeline.Clip) string {
	if !d.excerpt.HasSound || len(d.recording.Media.Audio) == 0 {
		return ""
	}
	w := c.Window()
	return soundRecipe{Version: recipeVersion, Fingerprint: d.recording.Fingerprint, Sound: d.recording.Media.Audio[0].Index,
		Pieces: d.pieces(w), Rate: d.rate(), In: w.In, Out: w.Out, Encoder: soundArguments()}.ID()
}

// events is what a variant shows over its pictures, and what of its hook and
// picture could not be shown; what its words lack is said of the moment.
func (d *drafter) events(c pipeline.Clip, v pipeline.Variant) ([]captions.Event, []pipeline.Note) {
	var events []captions.Event
	if t, ok := d.track(v.Look); ok {
		events = t.Events(c.Window())
	}
	text := v.Hook.Text
	if d.brief.Mask {
		text = captions.MaskText(text, v.Look.Language)
	}
	hook, problems := captions.SetHook(text, v.Look.Language, canvasOf(v.Look.Aspect), d.rate(), c.Window().In, d.fonts)
	events = append(slices.Clone(events), hook...)
	var notes []pipeline.Note
	for _, p := range problems {
		n := pipeline.Note{Code: p.Code, Detail: p.Detail, Hint: p.Hint}
		if !slices.Contains(notes, n) {
			notes = append(notes, n)
		}
	}
	if d.picture.Tone == toneLost {
		notes = append(notes, pipeline.Note{Code: "hdr_not_mapped", Detail: "colours of high dynamic range are shown as they are",
			Hint: "install an ffmpeg with zscale (libzimg)"})
	}
	return events, notes
}

// check is how a clip's captions keep the rules of reading.
func (d *drafter) check(c pipeline.Clip, l pipeline.Look) *pipeline.Check {
	t, ok := d.track(l)
	if !ok {
		return nil
	}
	r := t.Check(c.Window())
	return &pipeline.Check{Name: "captions", OK: r.OK(), Detail: r.Detail()}
}

// track is the captions of a look; they are broken into lines once.
func (d *drafter) track(l pipeline.Look) (captions.Track, bool) {
	i := slices.IndexFunc(d.transcripts, func(t captions.Transcript) bool { return t.Language == l.Language })
	if i < 0 || l.Style == "none" {
		return captions.Track{}, false
	}
	l.Layout = ""
	t, ok := d.tracks[l]
	if !ok {
		t = captions.Compose(d.transcripts[i], l.Style, canvasOf(l.Aspect), d.rate(), d.fonts)
		d.tracks[l] = t
	}
	return t, true
}

// script is what is written on the stretch w.
func (d *drafter) script(aspect string, events []captions.Event, w timeline.Window) string {
	var seen []captions.Event
	for _, e := range events {
		if e.Window.Overlaps(w) {
			seen = append(seen, e)
		}
	}
	return string(captions.Script(canvasOf(aspect), d.rate(), d.fonts, seen))
}

// canvasOf is always of full size: a smaller canvas is written on by the same script.
func canvasOf(aspect string) captions.Canvas {
	w, h, _ := pipeline.Size(aspect)
	return captions.Canvas{Width: w, Height: h}
}
