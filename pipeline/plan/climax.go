package plan

import (
	"fmt"
	"slices"
	"strings"

	"dropcut/captions"
	"dropcut/pipeline/timeline"
)

// climax is the instant inside a moment for which one watches it.
type climax struct {
	at     int64
	points int64  // tenths of a LU, and what counts as so much
	why    string // with a place for when: "the sound rises at %s"
}

// What speaks for an instant beside how far its sound rises, in tenths of a LU.
const (
	ofQuiet   = 60  // it bursts out of quiet
	ofCrowd   = 40  // what follows stays as loud as it is: many are heard, not one
	ofReveal  = 150 // somebody says: here it is
	ofOffer   = 60
	ofLabel   = 120 // the label's words are said
	confirmed = 80  // words just before a rise
	steady    = 40  // tenths of a LU between its quieter and its louder fifth
)

// climax finds the instant inside payoff: where the sound bursts out, else
// where words tell; a rise right after such words is surest. False where
// nothing tells.
func (p *planner) climax(payoff timeline.Window) (climax, bool) {
	words := p.words(payoff)
	all := slices.Clone(words)
	soon := 8 * p.second
	for _, r := range p.sound.rises(payoff) {
		c := climax{at: r.at, points: r.points, why: "the sound rises at %s"}
		for _, w := range words {
			if w.at <= c.at && c.at-w.at <= soon {
				c.points += confirmed
				c.why = "the sound rises at %s, after words that tell of it"
				break
			}
		}
		all = append(all, c)
	}
	var best climax
	ok := false
	for _, c := range all {
		if !ok || c.points > best.points {
			best, ok = c, true
		}
	}
	return best, ok
}

// words is where words inside payoff tell of something.
func (p *planner) words(payoff timeline.Window) (out []climax) {
	for _, t := range captions.Tellings(p.said.words) {
		if payoff.Contains(t.Window.In) {
			points := map[string]int64{captions.Reveals: ofReveal, captions.Sells: ofOffer}[t.Kind]
			out = append(out, climax{t.Window.In, points, fmt.Sprintf("%q is said at %%s", strings.ReplaceAll(t.Text, "%", "%%"))})
		}
	}
	label := telling(p.in.Moment.Label)
	for _, w := range p.said.words {
		if payoff.Contains(w.Start) && slices.Contains(label, captions.Fold(w.Text)) {
			out = append(out, climax{w.Start, ofLabel, fmt.Sprintf("the label's word %q is said at %%s", strings.ReplaceAll(captions.Fold(w.Text), "%", "%%"))})
		}
	}
	return out
}

// telling is the words of a label that may be said aloud: longer than those
// that every sentence has. Where no spaces are written, two letters are a word.
func telling(label string) (out []string) {
	for _, w := range strings.Fields(captions.Label(label)) {
		w = captions.Fold(w)
		letters := []rune(w)
		if least := 4; len(letters) >= least || len(letters) >= 2 && letters[0] > 0x2E80 {
			out = append(out, w)
		}
	}
	return out
}

// rise is where the sound comes up inside a window and stays.
type rise struct{ at, points int64 }

// rises is where the sound rises by much inside w and stays up, one in each
// two seconds.
func (s sound) rises(w timeline.Window) (out []rise) {
	const ahead, behind, lag, bucket = 30, 8, 2, 20 // entries: 3 s after, 0.8 s before, what a momentary loudness trails, 2 s
	from, to := s.in(w)
	last := -bucket
	for i := max(from, behind); i < to && i+ahead <= len(s.level); i++ {
		after, before := mean(s.level[i:i+ahead]), mean(s.level[i-behind:i])
		if after-before < 60 {
			continue
		}
		r := rise{min(max(s.at[max(i-lag, 0)], w.In), w.Out-1), after - before + after - s.usual}
		if before < s.usual-100 {
			r.points += ofQuiet
		}
		if s.sway(i, i+ahead) <= steady {
			r.points += ofCrowd
		}
		if n := len(out); i-last < bucket && n > 0 {
			if r.points > out[n-1].points {
				out[n-1] = r
			}
			continue
		}
		out, last = append(out, r), i
	}
	return out
}

// sway is how far the level of entries [from, to) goes up and down: from its
// quieter fifth to its louder fifth.
func (s sound) sway(from, to int) int64 {
	v := slices.Clone(s.level[from:to])
	slices.Sort(v)
	return v[len(v)*4/5] - v[len(v)/5]
}
