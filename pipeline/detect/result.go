package detect

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// result is what one detection decided.
type result struct {
	marks   []pipeline.Mark
	moments []pipeline.Moment // best first; the first on go down the line
	on      int
	over    []pipeline.Moment // superseded, or found no more
	notes   []pipeline.Note
	spent   catalog.Tally
}

// decide grows moments and recognises those that are known. Pure but for new IDs.
func (r *result) decide(l loaded, all []found) {
	drafts, on := best(grow(all, l.recording.Media))
	if len(drafts) == mostMoments {
		dropBeyond(all, drafts)
	}
	for _, m := range all {
		r.marks = append(r.marks, m.Mark)
	}
	matches, gone := recognise(drafts, l.moments)
	r.on, r.moments = on, settle(l.recording, drafts, on, matches, l.moments)
	for i, m := range matches {
		for _, o := range m.also {
			o.State, o.SupersededBy = pipeline.MomentSuperseded, r.moments[i].ID
			r.over = append(r.over, o)
		}
	}
	for _, o := range gone {
		o.State = pipeline.MomentSuperseded
		r.over = append(r.over, o)
	}
	if on == 0 {
		r.notes = append(r.notes, nothing(l.recording, r.marks))
	}
}

// cut is why a recording gives nothing whose end is missing while somebody
// pointed behind it: what was uploaded is not what was recorded.
func (r result) cut(rec pipeline.Recording) error {
	truncated := slices.ContainsFunc(rec.Notes, func(n pipeline.Note) bool { return n.Code == "truncated" })
	for _, m := range r.marks {
		if r.on == 0 && truncated && m.UnusedCode == UnusedOutside {
			return pipeline.Fail(pipeline.Invalid, "source_truncated", "upload the recording again, whole",
				"%s was cut off: somebody pointed at %s, and %s", rec.Name, spoken(m.At), m.Unused)
		}
	}
	return nil
}

// dropBeyond says of marks that no kept moment names why.
func dropBeyond(all []found, kept []draft) {
	named := map[press]bool{}
	for _, d := range kept {
		for _, m := range d.marks {
			named[pressOf(m)] = true
		}
	}
	for i := range all {
		if m := &all[i]; m.Used() && !named[pressOf(m.Mark)] {
			m.unuse(UnusedTooMany, "%d surer moments are kept, and no more", mostMoments)
		}
	}
}

// next is a row for each moment that goes on, best first; without one, the
// recording itself goes on. Only the best moment leads to the first short.
func (r result) next(w catalog.Work) []catalog.Work {
	row := catalog.Work{Input: w.Input, Recording: w.Subject, Priority: w.Priority}
	if r.on == 0 {
		row.Subject = w.Subject
		return []catalog.Work{row}
	}
	var out []catalog.Work
	for i, m := range r.moments[:r.on] {
		one := row
		if one.Subject = m.ID; i > 0 {
			one.Priority = pipeline.Rest(w.Priority) + int64(i)
		}
		out = append(out, one)
	}
	return out
}

// keep writes what was decided. When another detection of the same recording
// was kept meanwhile, it is Unavailable: decided again, the two agree.
func (r result) keep(tx *catalog.Tx, l loaded) error {
	now, err := load(tx, l.recording.ID)
	if err != nil {
		return err
	}
	if !slices.EqualFunc(now.moments, l.moments, func(a, b pipeline.Moment) bool { return a.ID == b.ID && a.SupersededBy == b.SupersededBy }) {
		return pipeline.Fail(pipeline.Unavailable, "raced", "", "another detection of %s was kept meanwhile", l.recording.Name)
	}
	rec := now.recording
	rec.State = pipeline.RecordingDetected
	rec.Notes = append(slices.DeleteFunc(rec.Notes, ours), r.notes...)
	if err := errors.Join(tx.PutRecording(rec), tx.PutMarks(rec.ID, r.marks)); err != nil {
		return err
	}
	for i, m := range r.moments {
		if err := tx.PutMoment(renewed(m, now.moments, i < r.on)); err != nil {
			return err
		}
	}
	for _, m := range r.over {
		if err := supersede(tx, m, now.moments); err != nil {
			return err
		}
	}
	if r.on > 0 && r.spent.BytesRead > 0 {
		return tx.AddTally(r.moments[0].ID, r.spent)
	}
	return nil
}

// renewed is what this detection says of a moment, over what other steps say of it now.
func renewed(m pipeline.Moment, now []pipeline.Moment, goesOn bool) pipeline.Moment {
	i := slices.IndexFunc(now, func(o pipeline.Moment) bool { return o.ID == m.ID })
	if i < 0 {
		return m
	}
	o := now[i]
	o.Window, o.Payoff, o.Given, o.GivenSlack = m.Window, m.Payoff, m.Given, m.GivenSlack
	o.Label, o.Confidence, o.Marks, o.Folder = m.Label, m.Confidence, m.Marks, m.Folder
	o.Notes = append(slices.DeleteFunc(slices.Clone(o.Notes), ours), slices.DeleteFunc(slices.Clone(m.Notes), others)...)
	o.State = stateNow(o.State, goesOn)
	return o
}

// supersede keeps that a moment is found no more, or is part of another now.
// What a person judged in a moment that is found no more stays as it is.
func supersede(tx *catalog.Tx, m pipeline.Moment, now []pipeline.Moment) error {
	if m.SupersededBy == "" {
		if judged, err := isJudged(tx, m); err != nil || judged {
			return err
		}
	}
	for _, o := range now {
		if o.ID == m.ID {
			o.State, o.SupersededBy = pipeline.MomentSuperseded, m.SupersededBy
			return tx.PutMoment(o)
		}
	}
	return nil
}

// isJudged reports whether a person approved or rejected something of a moment.
func isJudged(tx *catalog.Tx, m pipeline.Moment) (bool, error) {
	clips, err := tx.ClipsOf(m.ID)
	if err != nil {
		return false, err
	}
	for _, c := range clips {
		all, err := tx.VariantsOf(c.ID)
		if err != nil {
			return false, err
		}
		for _, v := range all {
			if v.State == pipeline.VariantApproved || v.State == pipeline.VariantRejected {
				return true, nil
			}
		}
	}
	return false, nil
}

// summary is one line for those who watch.
func (r result) summary() string {
	used := 0
	for _, m := range r.marks {
		if m.Used() {
			used++
		}
	}
	text := fmt.Sprintf("%d of %d marks used, %d moments", used, len(r.marks), r.on)
	if more := len(r.moments) - r.on; more > 0 {
		text += fmt.Sprintf(", %d more offered", more)
	}
	return strings.ReplaceAll(text, " 1 moments", " 1 moment")
}
