package plan

import (
	"fmt"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// reasons is why a window was chosen, in plain words, what it shows first.
func (p *planner) reasons(f found, shows string) []string {
	out := []string{shows}
	out = append(append(out, f.in.why...), f.out.why...)
	if but := f.grudging(); but != "" {
		out = append(out, but)
	}
	return out
}

// holds says what of the payoff a window shows.
func (p *planner) holds(w timeline.Window) string {
	switch {
	case p.onset >= 0 && w.Covers(timeline.Window{In: p.onset, Out: p.onset + p.second}):
		return "holds the moment of the mark: " + fmt.Sprintf(p.told, clock(p.rules, p.onset))
	case w.Covers(payoffIn(p.in)):
		return "holds the moment of the mark"
	}
	return "holds the heart of the marked stretch"
}

// place says where beside the payoff a window lies.
func (p *planner) place(w timeline.Window) string {
	at := payoffIn(p.in)
	if p.onset >= 0 {
		at = timeline.Window{In: p.onset, Out: p.onset + 1}
	}
	loud := ""
	if p.sound.interest(w) >= 20 {
		loud = ", louder than the rest"
	}
	switch {
	case w.Out <= at.In || w.Covers(at) && at.In-w.In > w.Out-at.Out:
		return "shows what leads up to the moment" + loud
	case w.In >= at.Out || w.Covers(at):
		return "shows what comes of the moment" + loud
	case w.In < at.In:
		return "leads into the moment" + loud
	}
	return "leads out of the moment" + loud
}

// wordCut notes that an edge lies inside a word because words leave no other place.
func (p *planner) wordCut(w timeline.Window) []pipeline.Note {
	if !p.said.cuts(w.In) && !p.said.cuts(w.Out) {
		return nil
	}
	return []pipeline.Note{{Code: codeWordCut, Detail: "an edge lies inside a word: the words leave no other place for it",
		Hint: "check the times of the words"}}
}

// clock is a frame as people read it: 7:45.
func clock(r rules, f int64) string {
	ms := r.rate.Millis(f)
	s := ms / 1000
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
