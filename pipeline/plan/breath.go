package plan

import (
	"sort"
	"time"

	"dropcut/pipeline/timeline"
)

const (
	breathMost  = 700 * time.Millisecond // a breath, a smack of the lips, a click lasts no longer
	breathSoft  = 60                     // tenths of a LU below what is usual
	deadMost    = time.Second            // of silence at an edge, beside the air that is wanted
	breathFault = -12                    // points of an edge that leaves a breath in the clip …
	deadFault   = -60                    // … and of one that leaves dead air: more than a sentence and a shot are worth
)

// breathes reports whether a clip with an edge at f in pause x would begin, or
// end, with a breath: something short and soft stands between the edge and the
// clip's first or last word, and behind it is a pause where the edge could be.
func (p *planner) breathes(x pause, s side) bool {
	most := p.rate.Frames(breathMost)
	i := sort.Search(len(p.pauses), func(i int) bool { return p.pauses[i].room.Out >= x.room.In-most })
	for ; i < len(p.pauses) && p.pauses[i].room.In <= x.room.Out+most; i++ {
		y := p.pauses[i]
		gap := timeline.Window{In: x.room.Out, Out: y.room.In}
		if s == outPoint {
			gap = timeline.Window{In: y.room.Out, Out: x.room.In}
		}
		if !x.quiet || !y.quiet || gap.IsEmpty() || gap.Frames() > most {
			continue
		}
		if !p.said.touches(gap) && p.isSoft(gap) {
			return true
		}
	}
	return false
}

// isSoft reports whether w is far quieter than people speak; where nobody
// measured and words are known, what is no word is.
func (p *planner) isSoft(w timeline.Window) bool {
	from, to := p.sound.in(w)
	if from >= to {
		return len(p.said.words) > 0
	}
	return mean(p.sound.level[from:to]) < p.sound.usual-breathSoft
}

// touches reports whether a word is spoken in w.
func (s speech) touches(w timeline.Window) bool {
	i := sort.Search(len(s.blocks), func(i int) bool { return s.blocks[i].Out > w.In })
	return i < len(s.blocks) && s.blocks[i].In < w.Out
}

// isDead reports whether a clip with an edge at f in pause x would begin or end
// with silence though the edge could lie nearer to the sound.
func (p *planner) isDead(f int64, s side, x pause) bool {
	air, want := f-x.room.In, p.airAfter
	if s == inPoint {
		air, want = x.room.Out-f, p.airBefore
	}
	return air > want+p.rate.Frames(deadMost)
}
