package catalog

import (
	"context"

	"dropcut/pipeline"
)

// CancelRecording ends all work for a recording: rows that are still to be done
// fail with the code cancelled, attempts in hand lose their claim at their next
// beat, and what was not made yet of the recording, its moments and variants is
// failed, for Retry to take up again. What is made stays. Called again, or where
// nothing is left to do, it changes nothing. NotFound: there is no such recording.
func (db *DB) CancelRecording(ctx context.Context, id string) error {
	why := pipeline.Fail(pipeline.Stopped, "cancelled", "retry it when it is wanted after all", "a person cancelled it")
	return db.Write(ctx, func(t *Tx) error {
		rec, err := t.Recording(id)
		if err != nil {
			return err
		}
		ended, err := t.endWork(id, why)
		if err != nil || ended == 0 {
			return err
		}
		switch rec.State {
		case pipeline.RecordingFound, pipeline.RecordingOpen, pipeline.RecordingSealed, pipeline.RecordingDetected:
			rec.State, rec.Failure = pipeline.RecordingFailed, why
			if err := t.PutRecording(rec); err != nil {
				return err
			}
		}
		return t.endMoments(id, why)
	})
}

// endWork fails every row of a recording that is still to be done, and counts them.
func (t *Tx) endWork(recording string, why *pipeline.Error) (int64, error) {
	n, err := t.exec(`UPDATE work SET state = 'failed', fence = fence + 1, lease_ms = 0, waits = 0, failure = $2, ended_ms = now_ms
		WHERE recording = $1 AND state IN ('ready', 'running')`, recording, text(why))
	if err != nil {
		return 0, err
	}
	_, err = t.exec(`DELETE FROM work_waits WHERE work_id IN (SELECT id FROM work WHERE recording = $1 AND state = 'failed')`, recording)
	return n, err
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
