package catalog

import (
	"errors"

	"dropcut/pipeline"
)

// mostTouched is how many of a creator's newest recordings a mark is looked for in.
const mostTouched = 1000

// PutLiveMark keeps a new mark, and has marks and moments found again in the
// recordings that it lies in: their IDs. It is Created now.
func (t *Tx) PutLiveMark(m pipeline.LiveMark) (pipeline.LiveMark, []string, error) {
	if m.Recording != "" {
		r, err := t.Recording(m.Recording)
		if err == nil && r.Creator != m.Creator {
			err = noSuch("recording")
		}
		if err != nil {
			return m, nil, err
		}
	}
	now, err := t.Now()
	if err != nil {
		return m, nil, err
	}
	if m.Created = now; m.At == nil && m.AtMS == nil {
		m.At = &now
	}
	if _, err := t.exec(`INSERT INTO live_marks (id, creator, recording, clock_ms, doc, created_ms) VALUES ($1, $2, $3, $4, $5, now_ms)`,
		m.ID, m.Creator, m.Recording, ms(m.At), text(m)); err != nil {
		return m, nil, err
	}
	touched, err := t.remark(m)
	return m, touched, err
}

// RemoveLiveMark removes a creator's mark ("": anybody's); the recordings that it
// lay in are detected again without it.
func (t *Tx) RemoveLiveMark(creator, id string) error {
	m, err := doc[pipeline.LiveMark](t, "mark", `SELECT doc FROM live_marks WHERE id = $2 AND ($1 = '' OR creator = $1)`, creator, id)
	if err != nil {
		return err
	}
	if _, err := t.exec(`DELETE FROM live_marks WHERE id = $1`, id); err != nil {
		return err
	}
	_, err = t.remark(m)
	return err
}

// LiveMarks is a creator's marks ("": everybody's), newest first, behind the ID
// before.
func (t *Tx) LiveMarks(creator, before string, limit int) ([]pipeline.LiveMark, error) {
	query, args := page("id", creator, before, limit)
	return docs[pipeline.LiveMark](t, `SELECT doc FROM live_marks `+query, args...)
}

// LiveMarksOn is the marks that lie in a recording, in the order they were made.
func (t *Tx) LiveMarksOn(r pipeline.Recording) ([]pipeline.LiveMark, error) {
	from, to := int64(1), int64(0) // none by the clock
	if r.StartedAt != nil {
		length := r.Media.Rate.Duration(r.Media.Frames)
		from, to = r.StartedAt.Add(-r.StartedStep-pipeline.LongestMark).UnixMilli(), r.StartedAt.Add(length+r.StartedStep).UnixMilli()
	}
	all, err := docs[pipeline.LiveMark](t, `SELECT doc FROM live_marks WHERE recording = $2 OR (creator = $1 AND recording = '' AND clock_ms BETWEEN $3 AND $4) ORDER BY id`,
		r.Creator, r.ID, from, to)
	var out []pipeline.LiveMark
	for _, m := range all {
		if _, _, on := m.On(r); on {
			out = append(out, m)
		}
	}
	return out, err
}

// remark has the recordings that a mark lies in detected again. One that has
// failed, or was cancelled, finds it when it is taken up again.
func (t *Tx) remark(m pipeline.LiveMark) ([]string, error) {
	touched := []string{}
	all, err := t.candidates(m)
	for _, r := range all {
		if _, _, on := m.On(r); !on || r.State == pipeline.RecordingFailed {
			continue
		}
		if err := t.Again(pipeline.Detect, r.ID, r.ID); err != nil {
			return nil, err
		}
		touched = append(touched, r.ID)
	}
	return touched, err
}

func (t *Tx) candidates(m pipeline.LiveMark) ([]pipeline.Recording, error) {
	if m.Recording == "" {
		return t.RecordingsBefore(m.Creator, "", mostTouched)
	}
	r, err := t.Recording(m.Recording)
	if errors.Is(err, pipeline.NotFound) {
		return nil, nil
	}
	return []pipeline.Recording{r}, err
}
