package plan

import (
	"slices"

	"dropcut/captions"
	"dropcut/pipeline"
)

// tongue is which language is spoken, as far as anybody says; "" for nobody.
type tongue struct {
	named string // by a person
	sound string // by the recording's first stream of sound
}

func tongueOf(b pipeline.Brief, m pipeline.Media) tongue {
	t := tongue{named: b.Spoken}
	if len(m.Audio) > 0 {
		t.sound = m.Audio[0].Language
	}
	return t
}

// best is the transcript by which clips are cut and hooks are found: in the
// language that a person says is spoken, else one whose words were timed each
// by itself, which is done by hearing them, else in the sound's own language,
// else the one that says most about the moment; the first by language where two
// are alike. One that says less than a third of what another says is taken only
// where nothing else is. A translation's words have no times of their own:
// nothing is cut by them.
func best(all []captions.Transcript, m pipeline.Moment, spoken tongue) (out captions.Transcript) {
	said := make([]int, len(all))
	for i, t := range all {
		if t.Source != captions.Translated {
			said[i] = len(t.In(m.Window))
		}
	}
	most := slices.Max(append(said, 0))
	var top []int
	for i, t := range all {
		if t.Source == captions.Translated || said[i] == 0 && most > 0 {
			continue
		}
		rank := []int{0, 0, 0, 0, said[i]}
		for k, is := range []bool{said[i]*3 >= most, captions.SameLanguage(t.Language, spoken.named), isTimed(t.In(m.Window)), captions.SameLanguage(t.Language, spoken.sound)} {
			if is {
				rank[k] = 1
			}
		}
		if top == nil || slices.Compare(rank, top) > 0 {
			out, top = t, rank
		}
	}
	return out
}

// isTimed reports whether most words have times of their own.
func isTimed(words []captions.Word) bool {
	n := 0
	for _, w := range words {
		if !w.Estimated {
			n++
		}
	}
	return n*2 > len(words)
}
