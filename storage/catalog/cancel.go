package catalog

import "dropcut/pipeline"

// CancelRecording ends all work for a recording: rows that are still to be done
// fail with the code cancelled, attempts in hand lose their claim at their next
// beat, and what was not made yet of the recording, its moments and variants is
// failed, for Retry to take up again. What is made stays. ended is how many rows
// it ended: 0 where nothing was left to do, also when it is called again, and then
// nothing changes. What is being taken in is none yet:
// its row of work is cancelled by that row's own ID. NotFound: there is no such thing.
func (t *Tx) CancelRecording(id string) (ended int64, err error) {
	why := pipeline.Fail(pipeline.Stopped, "cancelled", "retry it when it is wanted after all", "a person cancelled it")
	if pipeline.HasPrefix(id, pipeline.WorkID) {
		return t.endRow(id, why)
	}
	rec, err := t.Recording(id)
	if err != nil {
		return 0, err
	}
	ended, err = t.endWork(rec, why)
	if err != nil || ended == 0 {
		return 0, err
	}
	switch rec.State {
	case pipeline.RecordingFound, pipeline.RecordingOpen, pipeline.RecordingSealed, pipeline.RecordingDetected:
		rec.State, rec.Failure = pipeline.RecordingFailed, why
		if err := t.PutRecording(rec); err != nil {
			return 0, err
		}
	}
	return ended, t.endMoments(id, why)
}

const ends = `UPDATE work SET state = 'failed', fence = fence + 1, lease_ms = 0, waits = 0, failure = $2, ended_ms = now_ms
	WHERE state IN ('ready', 'running') AND `

// endWork fails every row of a recording that is still to be done, and counts
// them: also the one that takes its object in anew, which does not know yet
// whose it is. What they were to make is nobody's: another recording that needs
// it is not cancelled, and orders it itself.
func (t *Tx) endWork(rec pipeline.Recording, why *pipeline.Error) (int64, error) {
	n, err := t.exec(ends+`(recording = $1 OR kind = 'ingest' AND subject = $3)`, rec.ID, text(why), rec.Source+" "+rec.Key)
	if err != nil {
		return 0, err
	}
	if err := t.settleAll(rec.ID, WorkFailed); err != nil {
		return n, err
	}
	_, err = t.exec(`DELETE FROM reservations WHERE work_id IN (SELECT id FROM work WHERE recording = $1 AND state = 'failed' AND failure = $2)`, rec.ID, text(why))
	return n, err
}

// settleAll is settle for every row of a recording that was ended in a state
// from outside: they wait no more, and who waited for them goes on, of whatever
// recording.
func (t *Tx) settleAll(recording string, in WorkState) error {
	const ended = `(SELECT id FROM work WHERE recording = $1 AND state = $2)`
	for _, query := range []string{`DELETE FROM work_waits WHERE work_id IN ` + ended,
		`UPDATE work SET waits = waits - (SELECT COUNT(*) FROM work_waits x WHERE x.work_id = work.id AND x.on_id IN ` + ended + `)
		  WHERE id IN (SELECT work_id FROM work_waits WHERE on_id IN ` + ended + `)`,
		`DELETE FROM work_waits WHERE on_id IN ` + ended} {
		if _, err := t.exec(query, recording, in); err != nil {
			return err
		}
	}
	return nil
}

// endRow fails a row that takes something in. One that is over stays as it is;
// Conflict: it is of a recording, or of another kind.
func (t *Tx) endRow(id string, why *pipeline.Error) (int64, error) {
	var kind pipeline.Step
	var recording string
	if err := t.one("work", `SELECT kind, recording FROM work WHERE id = $1`, []any{id}, &kind, &recording); err != nil {
		return 0, err
	}
	if kind != pipeline.Ingest || recording != "" {
		return 0, pipeline.Fail(pipeline.Conflict, "of_a_recording", "cancel the recording "+recording, "%s is a piece of the work on a recording", id)
	}
	return t.exec(ends+`id = $1`, id, text(why))
}

// endMoments fails what is being made of a recording's moments.
func (t *Tx) endMoments(recording string, why *pipeline.Error) error {
	moments, err := t.MomentsOf(recording)
	if err != nil {
		return err
	}
	for _, m := range moments {
		switch m.State {
		case pipeline.MomentFound, pipeline.MomentExcerpted, pipeline.MomentPlanned, pipeline.MomentRendering:
			m.State, m.Failure = pipeline.MomentFailed, why
			if err := t.PutMoment(m); err != nil {
				return err
			}
		}
		if err := t.endVariants(m.ID, why); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) endVariants(moment string, why *pipeline.Error) error {
	return t.eachVariant(moment, func(v pipeline.Variant) error {
		if v.State != pipeline.VariantRendering {
			return nil
		}
		v.State, v.Failure = pipeline.VariantFailed, why
		return t.PutVariant(v)
	})
}

func (t *Tx) eachVariant(moment string, f func(pipeline.Variant) error) error {
	clips, err := t.ClipsOf(moment)
	if err != nil {
		return err
	}
	for _, c := range clips {
		all, err := t.VariantsOf(c.ID)
		if err != nil {
			return err
		}
		for _, v := range all {
			if err := f(v); err != nil {
				return err
			}
		}
	}
	return nil
}
