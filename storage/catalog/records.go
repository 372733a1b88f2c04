package catalog

import (
	"cmp"
	"slices"

	"dropcut/captions"
	"dropcut/pipeline"
)

// PutRecording keeps r, new or changed. Only what is failed has a failure.
func (t *Tx) PutRecording(r pipeline.Recording) error {
	if r.State != pipeline.RecordingFailed {
		r.Failure = nil
	}
	if err := t.recordingChanged(r); err != nil {
		return err
	}
	_, err := t.exec(`INSERT INTO recordings (id, creator, fingerprint, state, doc, created_ms, updated_ms)
		VALUES ($1, $2, $3, $4, $5, now_ms, now_ms)
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, doc = excluded.doc, updated_ms = excluded.updated_ms`,
		r.ID, r.Creator, r.Fingerprint, r.State, text(r))
	return err
}

// Recording is the recording with that ID.
func (t *Tx) Recording(id string) (pipeline.Recording, error) {
	return doc[pipeline.Recording](t, "recording", `SELECT doc FROM recordings WHERE id = $1`, id)
}

// RecordingByFingerprint is a creator's recording with these very bytes.
func (t *Tx) RecordingByFingerprint(creator, fingerprint string) (pipeline.Recording, error) {
	return doc[pipeline.Recording](t, "recording",
		`SELECT doc FROM recordings WHERE creator = $1 AND fingerprint = $2`, creator, fingerprint)
}

// Recordings is every recording, oldest first.
func (t *Tx) Recordings() ([]pipeline.Recording, error) {
	return docs[pipeline.Recording](t, `SELECT doc FROM recordings ORDER BY id`)
}

// PutBrief keeps what the creator asked for a recording.
func (t *Tx) PutBrief(recording string, b pipeline.Brief) error {
	_, err := t.exec(`UPDATE recordings SET brief = $2 WHERE id = $1`, recording, text(b))
	return err
}

// Brief is what the creator asked for a recording.
func (t *Tx) Brief(recording string) (pipeline.Brief, error) {
	return doc[pipeline.Brief](t, "recording", `SELECT brief FROM recordings WHERE id = $1`, recording)
}

// PutMarks keeps every mark of a recording, used or not.
func (t *Tx) PutMarks(recording string, marks []pipeline.Mark) error {
	_, err := t.exec(`UPDATE recordings SET marks = $2 WHERE id = $1`, recording, text(marks))
	return err
}

// Marks is every mark of a recording, used or not.
func (t *Tx) Marks(recording string) ([]pipeline.Mark, error) {
	return doc[[]pipeline.Mark](t, "recording", `SELECT marks FROM recordings WHERE id = $1`, recording)
}

// PutMoment keeps m, new or changed. Only what is failed has a failure.
func (t *Tx) PutMoment(m pipeline.Moment) error {
	if m.State != pipeline.MomentFailed {
		m.Failure = nil
	}
	if err := t.momentChanged(m); err != nil {
		return err
	}
	_, err := t.exec(`INSERT INTO moments (id, recording_id, state, in_frame, doc, updated_ms)
		VALUES ($1, $2, $3, $4, $5, now_ms)
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, in_frame = excluded.in_frame,
		  doc = excluded.doc, updated_ms = excluded.updated_ms`,
		m.ID, m.Recording, m.State, m.Window.In, text(m))
	if err != nil || m.SupersededBy == "" {
		return err
	}
	return t.sweep(m.Recording)
}

// Moment is the moment with that ID.
func (t *Tx) Moment(id string) (pipeline.Moment, error) {
	return doc[pipeline.Moment](t, "moment", `SELECT doc FROM moments WHERE id = $1`, id)
}

// MomentsOf is every moment of a recording in order of time, superseded ones too.
func (t *Tx) MomentsOf(recording string) ([]pipeline.Moment, error) {
	return docs[pipeline.Moment](t,
		`SELECT doc FROM moments WHERE recording_id = $1 ORDER BY in_frame, id`, recording)
}

// PutExcerpt keeps a new excerpt of a moment.
func (t *Tx) PutExcerpt(e pipeline.Excerpted) error {
	_, err := t.exec(`INSERT INTO excerpts (id, moment_id, doc, created_ms) VALUES ($1, $2, $3, now_ms)
		ON CONFLICT (id) DO UPDATE SET doc = excluded.doc`, e.ID, e.Moment, text(e))
	return err
}

// ExcerptOf is the newest excerpt of a moment, by the database's clock.
func (t *Tx) ExcerptOf(moment string) (pipeline.Excerpted, error) {
	return doc[pipeline.Excerpted](t, "excerpt",
		`SELECT doc FROM excerpts WHERE moment_id = $1 ORDER BY created_ms DESC, id DESC LIMIT 1`, moment)
}

// PutTranscripts replaces a moment's transcripts, one a language.
func (t *Tx) PutTranscripts(moment string, all []captions.Transcript) error {
	if _, err := t.exec(`DELETE FROM transcripts WHERE moment_id = $1`, moment); err != nil {
		return err
	}
	for _, x := range all {
		if _, err := t.exec(`INSERT INTO transcripts (moment_id, language, doc) VALUES ($1, $2, $3)`,
			moment, x.Language, text(x)); err != nil {
			return err
		}
	}
	return nil
}

// Transcripts is a moment's transcripts in order of language, translated ones
// behind the others.
func (t *Tx) Transcripts(moment string) ([]captions.Transcript, error) {
	all, err := docs[captions.Transcript](t,
		`SELECT doc FROM transcripts WHERE moment_id = $1 ORDER BY language`, moment)
	slices.SortStableFunc(all, func(a, b captions.Transcript) int { return rank(a) - rank(b) })
	return all, err
}

func rank(t captions.Transcript) int {
	if t.Source == captions.Translated {
		return 1
	}
	return 0
}

// PutClip keeps c, new or changed. A retired clip is no longer found by
// ClipsOf; it keeps its ID and its number for life.
func (t *Tx) PutClip(c pipeline.Clip, retired bool) error {
	_, err := t.exec(`INSERT INTO clips (id, moment_id, kind, n, doc, retired) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, n = excluded.n, doc = excluded.doc, retired = excluded.retired`,
		c.ID, c.Moment, c.Kind, c.N, text(c), retired)
	return err
}

// ClipsOf is a moment's clips: the core, then the shorts, best first.
func (t *Tx) ClipsOf(moment string) ([]pipeline.Clip, error) {
	all, err := docs[pipeline.Clip](t,
		`SELECT doc FROM clips WHERE moment_id = $1 AND NOT retired ORDER BY kind, n`, moment)
	slices.SortStableFunc(all, func(a, b pipeline.Clip) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Place, b.Place))
	})
	return all, err
}

// RetiredClips is the clips a moment had and has no more, oldest first.
func (t *Tx) RetiredClips(moment string) ([]pipeline.Clip, error) {
	return docs[pipeline.Clip](t, `SELECT doc FROM clips WHERE moment_id = $1 AND retired ORDER BY id`, moment)
}

// PutVariant keeps v, new or changed.
func (t *Tx) PutVariant(v pipeline.Variant) error {
	if err := t.variantChanged(v); err != nil {
		return err
	}
	if err := t.sweepOffer(v); err != nil {
		return err
	}
	_, err := t.exec(`INSERT INTO variants (id, clip_id, aspect, layout, style, language, hook, state, doc)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, doc = excluded.doc`,
		v.ID, v.Clip, v.Look.Aspect, v.Look.Layout, v.Look.Style, v.Look.Language, v.Hook.Text, v.State, text(v))
	return err
}

// Variant is the variant with that ID.
func (t *Tx) Variant(id string) (pipeline.Variant, error) {
	return doc[pipeline.Variant](t, "variant", `SELECT doc FROM variants WHERE id = $1`, id)
}

// VariantsOf is a clip's variants in the order they were minted.
func (t *Tx) VariantsOf(clip string) ([]pipeline.Variant, error) {
	return docs[pipeline.Variant](t, `SELECT doc FROM variants WHERE clip_id = $1 ORDER BY id`, clip)
}
