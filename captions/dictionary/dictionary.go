// Package dictionary writes a creator's own words in transcripts as the creator
// writes them. It is careful: a product name left wrong is seen by an editor, a
// sentence made wrong is not.
package dictionary

import (
	"slices"
	"strings"

	"dropcut/captions"
	"dropcut/pipeline/timeline"
)

// Term is a word or a name as it is written, and how it is heard wrongly.
type Term struct {
	Write string
	Heard []string
}

// Correction is what was heard and what is written now, and how often.
type Correction struct {
	Heard string
	Write string
	First int64 // frame at which the first begins
	Times int
}

// most words of a term, and of what is heard for it.
const most = 8

// Dictionary is terms, ready to be found. It may be used by several goroutines.
type Dictionary struct {
	exact map[string]*entry // by folded letters, together: what is replaced at once
	near  []*entry          // those that may be nearly heard, in order
}

// entry is one term.
type entry struct {
	write  []string // its words
	folded []string // their letters
	whole  string   // all of them together
}

// New makes a dictionary. Of two terms that are heard alike the first counts.
func New(terms []Term) *Dictionary {
	d := &Dictionary{exact: map[string]*entry{}}
	add := func(key string, e *entry) {
		if _, taken := d.exact[key]; key != "" && !taken {
			d.exact[key] = e
		}
	}
	var all []*entry
	for _, t := range terms {
		e := &entry{write: strings.Fields(t.Write)}
		for _, w := range e.write {
			e.folded = append(e.folded, letters(w))
		}
		if e.whole = strings.Join(e.folded, ""); e.whole == "" || len(e.write) > most {
			continue
		}
		all = append(all, e)
		if len(e.write) > 1 || !common(e.whole) {
			add(e.whole, e)
			d.near = append(d.near, e)
		}
	}
	i := 0
	for _, t := range terms {
		if e := strings.Fields(t.Write); i >= len(all) || !slices.Equal(all[i].write, e) {
			continue
		}
		for _, h := range t.Heard {
			add(letters(h), all[i])
		}
		i++
	}
	return d
}

// Correct is t with the dictionary's words in it, and what was changed, in
// order. Times are kept: where as many words are written as were heard, each
// word has its own; else they share those of all. t itself is left as it is.
func (d *Dictionary) Correct(t captions.Transcript) (captions.Transcript, []Correction) {
	var notes []Correction
	if len(d.exact) == 0 {
		return t, nil
	}
	l := listen(d, t)
	words := t.Words
	out := make([]captions.Word, 0, len(words))
	for i := 0; i < len(words); {
		e, n, tail := l.find(i)
		if e == nil {
			out = append(out, words[i])
			i++
			continue
		}
		heard := words[i : i+n]
		now := spelled(heard, e, tail)
		out = append(out, now...)
		if was := said(heard); was != said(now) {
			notes = noted(notes, parts(was).core, strings.Join(e.write, " "), heard[0].Start)
		}
		i += n
	}
	t.Words = out
	return t, notes
}

func noted(all []Correction, heard, write string, at int64) []Correction {
	for i := range all {
		if all[i].Heard == heard && all[i].Write == write {
			all[i].Times++
			return all
		}
	}
	return append(all, Correction{heard, write, at, 1})
}

func said(words []captions.Word) string {
	var out []string
	for _, w := range words {
		out = append(out, w.Text)
	}
	return strings.Join(out, " ")
}

// spelled is what was heard as the entry writes it: signs around it stay, and
// so does an ending such as 's.
func spelled(heard []captions.Word, e *entry, tail string) []captions.Word {
	first, last := parts(heard[0].Text), parts(heard[len(heard)-1].Text)
	texts := slices.Clone(e.write)
	texts[0] = first.before + texts[0]
	texts[len(texts)-1] += tail + last.after
	out := slices.Clone(heard)
	if len(texts) != len(heard) {
		w := timeline.Window{In: heard[0].Start, Out: heard[len(heard)-1].End}
		out = captions.Share(texts, w)
		for i := range out {
			out[i].Confidence, out[i].LastOfCue = least(heard), false
		}
		out[len(out)-1].LastOfCue = heard[len(heard)-1].LastOfCue
	} else {
		for i := range out {
			out[i].Text = texts[i]
		}
	}
	for i := range out {
		out[i].Fixed = true
	}
	return out
}

func least(words []captions.Word) float64 {
	c := words[0].Confidence
	for _, w := range words {
		c = min(c, w.Confidence)
	}
	return c
}
