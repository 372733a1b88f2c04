package render

import (
	"maps"
	"runtime"
	"slices"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// composed is what one composing orders.
type composed struct {
	runs   []runOrder
	first  int // so many runs are for the first short
	sounds []soundOrder
	makes  []*draft
	stock  stock
	decode map[string]bool // variants to be probed and decoded whole: one a look
	notes  []pipeline.Note // what could not be shown of the words
}

// plan orders what is missing. What the first variant needs comes first and
// alone, in small runs, so that it is finished before all others. A look in
// proved has a file that was decoded whole.
func (d *drafter) plan(makes []*draft, st stock, proved map[pipeline.Look]bool) composed {
	p := composed{makes: makes, stock: st, decode: map[string]bool{}}
	claimed := map[string]bool{}
	var lacks []lack
	shortest := map[pipeline.Look]*draft{}
	for _, x := range makes {
		l := lack{aspect: x.variant.Look.Aspect, canvas: x.canvas, events: x.events}
		for _, r := range st.missing(x.refs) {
			if !claimed[r.Recipe] && st.maker[r.Recipe] == "" {
				claimed[r.Recipe] = true
				l.refs = append(l.refs, r)
			}
		}
		lacks = append(lacks, l)
		if s := shortest[x.variant.Look]; s == nil || x.clip.Window().Frames() <= s.clip.Window().Frames() {
			shortest[x.variant.Look] = x // of equals the last: nobody waits for it
		}
		if x.sound != "" && len(st.rows[x.sound]) == 0 && st.maker[x.sound] == "" && !claimed[x.sound] {
			claimed[x.sound] = true
			p.sounds = append(p.sounds, soundOrder{Moment: d.moment.ID, Clip: x.clip.ID, Recipe: x.sound, Window: x.clip.Window()})
		}
	}
	for look, x := range shortest {
		if !proved[look] {
			p.decode[x.variant.ID] = true
		}
	}
	if len(lacks) == 0 {
		return p
	}
	p.runs = d.runs(lacks[:1], cells(lacks[0].cuts(), d.firstCell(lacks[0])))
	p.first = len(p.runs)
	p.runs = append(p.runs, d.runs(lacks[1:], cells(d.cuts, d.rate().FramesOfMillis(cellSeconds*1000)))...)
	return p
}

// decoded is the looks of which a file stands that was decoded whole.
func decoded(drafts []draft) map[pipeline.Look]bool {
	out := map[pipeline.Look]bool{}
	for _, x := range drafts {
		if m := x.variant.Made; m != nil && x.variant.State == pipeline.VariantMade &&
			slices.ContainsFunc(m.Checks, func(c pipeline.Check) bool { return c.Name == checkDecode }) {
			out[x.variant.Look] = true
		}
	}
	return out
}

// firstCell is how long the first variant's runs are: as many as one machine
// makes at once, so that all of it is busy with them. Cells end at cuts: a grid
// step more keeps what is over from being a run of its own.
func (d *drafter) firstCell(l lack) int64 {
	var n int64
	for _, r := range l.refs {
		n += r.Frames()
	}
	return n/int64(min(max(runtime.NumCPU()/2, 2), mostFirst)) + d.rate().Grid()
}

// mostFirst is how many runs the first short is made in at most: each decodes
// what lies before it anew.
const mostFirst = 4

// keep writes the variants and every row of work, in the order in which it is
// to be done: rows of one priority are taken by age.
func (p composed) keep(tx *catalog.Tx, w catalog.Work, m material, drafts []draft) error {
	for _, gone := range p.stock.gone {
		if err := tx.DropSegment(gone); err != nil {
			return err
		}
	}
	for _, x := range drafts {
		if err := tx.PutVariant(x.variant); err != nil {
			return err
		}
	}
	if !m.brief.PlanOnly {
		if err := retire(tx, m.moment.ID); err != nil {
			return err
		}
	}
	fresh := withCaptionNotes(m.moment.Notes, p.notes)
	changed := !slices.Equal(fresh, m.moment.Notes)
	if m.moment.Notes = fresh; len(p.makes) > 0 {
		m.moment.State = pipeline.MomentRendering
	}
	if changed || len(p.makes) > 0 {
		if err := tx.PutMoment(m.moment); err != nil {
			return err
		}
	}
	k := keeper{tx: tx, w: w, makers: maps.Clone(p.stock.maker)}
	if err := k.order(p); err != nil {
		return err
	}
	_, err := k.enqueue(m.moment.ID, nil, k.assemblies...)
	return err
}

// retire replaces what was made of clips that the moment has no more: publish
// removes their files. What an editor judged stays.
func retire(tx *catalog.Tx, moment string) error {
	clips, err := tx.RetiredClips(moment)
	if err != nil {
		return err
	}
	for _, c := range clips {
		all, err := tx.VariantsOf(c.ID)
		if err != nil {
			return err
		}
		for _, v := range all {
			x := draft{variant: v}
			if x.settle(false); x.variant.State == v.State {
				continue
			}
			if err := tx.PutVariant(x.variant); err != nil {
				return err
			}
		}
	}
	return nil
}

// keeper adds rows of work in one transaction.
type keeper struct {
	tx         *catalog.Tx
	w          catalog.Work
	makers     map[string]string // by recipe
	assemblies []string
}

func (k *keeper) order(p composed) error {
	if len(p.makes) == 0 {
		return nil
	}
	if err := k.sounds(p.sounds, p.makes[0].sound); err != nil {
		return err
	}
	if err := k.runs(p.runs[:p.first]); err != nil {
		return err
	}
	if err := k.assemble(p, p.makes[:1]); err != nil {
		return err
	}
	k.w.Priority = pipeline.Rest(k.w.Priority)
	if err := k.sounds(p.sounds, ""); err != nil {
		return err
	}
	if err := k.runs(p.runs[p.first:]); err != nil {
		return err
	}
	return k.assemble(p, p.makes[1:])
}

func (k *keeper) enqueue(subject string, doc any, on ...string) (string, error) {
	kind, ok := pipeline.Next(k.w.Kind, subject)
	if !ok {
		return "", pipeline.Fail(pipeline.Internal, "end_of_line", "", "nothing comes after %s of %s", k.w.Kind, subject)
	}
	row := catalog.Work{Kind: kind, Subject: subject, Input: k.w.Input, Recording: k.w.Recording, Moment: k.w.Subject, Priority: k.w.Priority}
	if doc != nil {
		row.Doc = write(doc)
	}
	return k.tx.Enqueue(row, on...)
}

func (k *keeper) runs(orders []runOrder) error {
	for _, o := range orders {
		id, err := k.enqueue(pipeline.Mint(pipeline.RunID), o)
		if err != nil {
			return err
		}
		for _, s := range o.Strands {
			for _, r := range s.Segments {
				if err := k.reserve(r.Recipe, id); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// reserve notes who makes a recipe: the row given, or another that came first.
func (k *keeper) reserve(recipe, id string) (err error) {
	k.makers[recipe], err = k.tx.Reserve(recipe, id)
	return err
}

// sounds orders the sound of one recipe, or with "" all that are not ordered yet.
func (k *keeper) sounds(orders []soundOrder, only string) error {
	for _, o := range orders {
		if only != "" && o.Recipe != only || k.makers[o.Recipe] != "" {
			continue
		}
		id, err := k.enqueue(o.Clip, o)
		if err != nil {
			return err
		}
		if err := k.reserve(o.Recipe, id); err != nil {
			return err
		}
	}
	return nil
}

// assemble orders variants, each after all that makes its pieces.
func (k *keeper) assemble(p composed, makes []*draft) error {
	for _, x := range makes {
		on := map[string]bool{}
		for _, r := range append(slices.Clone(x.refs), pipeline.SegmentRef{Recipe: x.sound}) {
			if maker := k.makers[r.Recipe]; maker != "" {
				on[maker] = true
			}
		}
		id, err := k.enqueue(x.variant.ID, assemblyOrder{Input: x.input, Decode: p.decode[x.variant.ID], Captions: x.captions}, slices.Sorted(maps.Keys(on))...)
		if err != nil {
			return err
		}
		k.assemblies = append(k.assemblies, id)
	}
	return nil
}
