package workers

import (
	"errors"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// fails notes with the moment, the recording or the variant that is w's subject
// why a step of the line failed for good; of what could not be taken in, it tells. What was published before stands, and
// so does its state. Runs and sounds are known by their own rows.
func fails(tx *catalog.Tx, w catalog.Work, why *pipeline.Error) error {
	err := error(nil)
	switch {
	case w.Kind == pipeline.Ingest:
		err = tx.LandingFailed(w, why)
	case pipeline.HasPrefix(w.Subject, pipeline.MomentID):
		var m pipeline.Moment
		if m, err = tx.Moment(w.Subject); err == nil && m.State != pipeline.MomentMade && m.State != pipeline.MomentSuperseded {
			m.State, m.Failure = pipeline.MomentFailed, why
			err = tx.PutMoment(m)
		}
	case pipeline.HasPrefix(w.Subject, pipeline.RecordingID):
		var r pipeline.Recording
		if r, err = tx.Recording(w.Subject); err == nil && r.State != pipeline.RecordingDone {
			r.State, r.Failure = pipeline.RecordingFailed, why
			err = tx.PutRecording(r)
		}
	case pipeline.HasPrefix(w.Subject, pipeline.VariantID):
		var v pipeline.Variant
		if v, err = tx.Variant(w.Subject); err == nil && v.State == pipeline.VariantRendering {
			v.State, v.Failure = pipeline.VariantFailed, why
			err = tx.PutVariant(v)
		}
	}
	if errors.Is(err, pipeline.NotFound) {
		return nil
	}
	return err
}
