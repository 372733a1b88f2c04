package transcribe

import (
	"fmt"
	"strings"

	"dropcut/captions"
	"dropcut/captions/dictionary"
	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// spell writes the creator's own words in transcripts as the brief's
// dictionary has them, and notes what was changed.
func spell(all []captions.Transcript, terms []pipeline.Term, rate timeline.Rate) ([]captions.Transcript, []pipeline.Note) {
	var known []dictionary.Term
	for _, t := range terms {
		known = append(known, dictionary.Term{Write: t.Write, Heard: t.Heard})
	}
	d := dictionary.New(known)
	var out []captions.Transcript
	var notes []pipeline.Note
	for _, t := range all {
		now, changes := d.Correct(t)
		out = append(out, now)
		if len(changes) > 0 {
			notes = append(notes, corrected(t.Origin, changes, rate))
		}
	}
	return out, notes
}

// corrected says what a dictionary changed.
func corrected(origin string, all []dictionary.Correction, rate timeline.Rate) pipeline.Note {
	const most = 20
	var said []string
	for _, c := range all[:min(len(all), most)] {
		text := fmt.Sprintf("%q is %q at %s", c.Heard, c.Write, clock(rate, c.First))
		if c.Times > 1 {
			text += fmt.Sprintf(" and %d times more", c.Times-1)
		}
		said = append(said, text)
	}
	if n := len(all) - most; n > 0 {
		said = append(said, fmt.Sprintf("and %d more", n))
	}
	return pipeline.Note{Code: wordsCorrected, Detail: fmt.Sprintf("%s: words are written as the dictionary has them: %s", origin, strings.Join(said, "; ")),
		Hint: "where that is wrong, take the word out of the dictionary or write the other with it"}
}
