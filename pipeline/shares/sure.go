package shares

import (
	"fmt"
	"strings"
)

// Lead is the value of a feature that is most likely the best of those there are.
type Lead struct {
	Feature string  `json:"feature"` // hook, style, length
	Level   string  `json:"level"`   // "" is no hook
	Of      int     `json:"of"`      // so many
	Chance  float64 `json:"chance"`  // that it is the best
	Posts   int     `json:"posts"`   // counted, that it rests on
}

// leads is the likeliest best of every feature in which candidates differ.
func (m *model) leads(b beliefs, e evidence, candidates []Candidate) []Lead {
	out := []Lead{}
	for f := range features {
		names := rivals(candidates, f)
		if len(names) < 2 {
			continue
		}
		best := names[0]
		for _, name := range names {
			if b.levels[level{f, name}] > b.levels[level{f, best}] {
				best = name
			}
		}
		out = append(out, Lead{Feature: features[f], Level: best, Of: len(names), Chance: b.levels[level{f, best}], Posts: e.of[level{f, best}].counted})
	}
	return out
}

// sure says how sure the leads are.
func sure(leads []Lead, posts int) string {
	if len(leads) == 0 {
		return "there is nothing to choose between: the candidates are alike"
	}
	var said []string
	for _, l := range leads {
		said = append(said, l.words())
	}
	return fmt.Sprintf("after %s: %s", some(posts, "counted post"), strings.Join(said, "; "))
}

func (l Lead) words() string {
	name := called(l.Feature, l.Level)
	switch {
	case l.Chance >= 0.95:
		return fmt.Sprintf("%s is almost surely the best of %d (%.0f %%)", name, l.Of, 100*l.Chance)
	case l.Chance >= 0.80:
		return fmt.Sprintf("%s is likely the best of %d (%.0f %%)", name, l.Of, 100*l.Chance)
	case l.Chance >= 0.60:
		return fmt.Sprintf("%s looks best of %d, and may well not be (%.0f %%)", name, l.Of, 100*l.Chance)
	}
	return fmt.Sprintf("no %s stands out yet of %d", l.Feature, l.Of)
}

func called(feature, name string) string {
	if name == "" {
		return "no " + feature
	}
	return feature + " " + name
}

// sureOfRotation says what is still to be seen.
func sureOfRotation(missing []level) string {
	var names []string
	for i, l := range missing {
		if i == 4 {
			names = append(names, fmt.Sprintf("%d more", len(missing)-i))
			break
		}
		names = append(names, called(features[l.feature], l.name))
	}
	return fmt.Sprintf("too little was counted to prefer any: all take turns until %s had %d posts and %d views each", strings.Join(names, ", "), seenPosts, seenViews)
}
