package catalog

import "dropcut/pipeline"

// Retry takes up again what failed: of a recording, a moment or a variant it
// begins a new round of the line at that place, in which only what is missing
// is made (docs/decisions/0010-a-retry-is-a-round.md); of a row of work,
// known by its own ID, that row where nothing is known of a recording yet. The
// new rows have all their attempts, and the subject is failed no more; a variant
// is until it is ordered again. Conflict: nothing of it failed. NotFound: there
// is no such thing.
func (t *Tx) Retry(id string) error {
	switch {
	case pipeline.HasPrefix(id, pipeline.RecordingID):
		return t.retryRecording(id)
	case pipeline.HasPrefix(id, pipeline.MomentID):
		m, err := t.Moment(id)
		if err != nil {
			return err
		}
		return t.retryMoment(m)
	case pipeline.HasPrefix(id, pipeline.VariantID):
		return t.retryVariant(id)
	case pipeline.HasPrefix(id, pipeline.WorkID):
		return t.retryRow(id)
	}
	return pipeline.Fail(pipeline.NotFound, "no_such_id", "give the ID of a recording, a moment, a variant or a row of work", "nothing has the ID %s", id)
}

func nothingFailed(id string) error {
	return pipeline.Fail(pipeline.Conflict, "nothing_failed", "", "nothing of %s failed", id)
}

// retryRecording begins at the step after ingest: there is a recording, so that was done.
func (t *Tx) retryRecording(id string) error {
	rec, err := t.Recording(id)
	if err != nil {
		return err
	}
	failed, err := t.hasFailed(rec)
	if err != nil {
		return err
	}
	if !failed {
		return nothingFailed(id)
	}
	if rec.State == pipeline.RecordingFailed {
		rec.State = pipeline.RecordingSealed
		if err := t.PutRecording(rec); err != nil {
			return err
		}
	}
	if err := t.eachFailedMoment(id, t.found); err != nil {
		return err
	}
	return t.begin(pipeline.Ingest, id, id)
}

// hasFailed reports whether a recording, or anything of it, is failed.
func (t *Tx) hasFailed(rec pipeline.Recording) (bool, error) {
	failed := rec.State == pipeline.RecordingFailed
	moments, err := t.MomentsOf(rec.ID)
	if err != nil {
		return false, err
	}
	for _, m := range moments {
		some, err := t.momentHasFailed(m)
		if err != nil {
			return false, err
		}
		failed = failed || some
	}
	return failed, nil
}

func (t *Tx) momentHasFailed(m pipeline.Moment) (bool, error) {
	failed := m.State == pipeline.MomentFailed
	err := t.eachVariant(m.ID, func(v pipeline.Variant) error {
		failed = failed || v.State == pipeline.VariantFailed
		return nil
	})
	return failed, err
}

func (t *Tx) eachFailedMoment(recording string, f func(pipeline.Moment) error) error {
	moments, err := t.MomentsOf(recording)
	if err != nil {
		return err
	}
	for _, m := range moments {
		if m.State == pipeline.MomentFailed {
			if err := f(m); err != nil {
				return err
			}
		}
	}
	return nil
}

// found puts a failed moment back to where its line begins.
func (t *Tx) found(m pipeline.Moment) error {
	m.State = pipeline.MomentFound
	return t.PutMoment(m)
}

func (t *Tx) retryMoment(m pipeline.Moment) error {
	failed, err := t.momentHasFailed(m)
	if err != nil {
		return err
	}
	if !failed {
		return nothingFailed(m.ID)
	}
	if m.State == pipeline.MomentFailed {
		if err := t.found(m); err != nil {
			return err
		}
	}
	return t.begin(pipeline.Detect, m.Recording, m.ID)
}

// retryVariant composes its moment again: that finds what is missing of it.
func (t *Tx) retryVariant(id string) error {
	v, err := t.Variant(id)
	if err != nil {
		return err
	}
	if v.State != pipeline.VariantFailed {
		return nothingFailed(id)
	}
	var moment string
	if err := t.one("clip", `SELECT moment_id FROM clips WHERE id = $1`, []any{v.Clip}, &moment); err != nil {
		return err
	}
	m, err := t.Moment(moment)
	if err != nil {
		return err
	}
	return t.Recompose(m.Recording, m.ID)
}

// retryRow takes up a row whose subject no record tells of; of any other, its recording.
func (t *Tx) retryRow(id string) error {
	var kind pipeline.Step
	var recording string
	var state WorkState
	if err := t.one("work", `SELECT kind, recording, state FROM work WHERE id = $1`, []any{id}, &kind, &recording, &state); err != nil {
		return err
	}
	if state != WorkFailed {
		return nothingFailed(id)
	}
	if recording != "" {
		return t.retryRecording(recording)
	}
	// What lies there may be other bytes by now, with other files beside them: a
	// watcher takes it in from its beginning.
	if n, err := t.exec(`UPDATE arrivals SET accepted = '', accepted_beside = '' WHERE work_id = $1`, id); err != nil || n > 0 {
		return err
	}
	_, err := t.exec(`UPDATE work SET state = 'ready', attempt = 0, not_before = 0, failure = '', ended_ms = 0, priority = $2
		WHERE id = $1 AND state = 'failed'`, id, pipeline.Edit.Priority(0))
	return err
}

// begin adds the row that comes after a step, in a round of its own that takes over.
func (t *Tx) begin(after pipeline.Step, recording, subject string) error {
	kind, ok := pipeline.Next(after, subject)
	if !ok {
		return pipeline.Fail(pipeline.Internal, "end_of_line", "", "nothing comes after %s of %s", after, subject)
	}
	return t.Again(kind, recording, subject)
}
