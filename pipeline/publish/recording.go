package publish

import (
	"bytes"
	"context"
	"encoding/json"
	"path"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// recordingDocument is recording.json: every mark, used or why not.
type recordingDocument struct {
	Version   int                        `json:"version"`
	Recording pipeline.ManifestRecording `json:"recording"`
	State     pipeline.RecordingState    `json:"state"`
	Marks     []pipeline.ManifestMark    `json:"marks"`
	Notes     []pipeline.Note            `json:"notes"`
}

// withoutMoment publishes a recording in which no mark was usable.
func (s *Step) withoutMoment(ctx context.Context, id string) (catalog.Outcome, error) {
	rec, _, err := s.marked(ctx, id)
	if err != nil {
		return catalog.Outcome{}, err
	}
	if err := s.recording(ctx, rec, pipeline.RecordingNoMoment); err != nil {
		return catalog.Outcome{}, err
	}
	return catalog.Outcome{Keep: func(tx *catalog.Tx) error {
		now, err := tx.Recording(id)
		if err != nil {
			return err
		}
		now.State = pipeline.RecordingNoMoment
		return tx.PutRecording(now)
	}}, nil
}

// recording writes a recording's document where it says something new: what is
// known of it now, read after what stood, as for a manifest.
func (s *Step) recording(ctx context.Context, was pipeline.Recording, state pipeline.RecordingState) error {
	key := path.Join(was.Folder, "recording.json")
	stood, err := s.standing(ctx, key)
	if err != nil {
		return err
	}
	rec, marks, err := s.marked(ctx, was.ID)
	if err != nil {
		return err
	}
	doc := recordingDocument{Version: pipeline.ManifestVersion, Recording: Recording(rec), State: state,
		Marks: Marks(marks), Notes: append([]pipeline.Note{}, rec.Notes...)}
	text, err := json.MarshalIndent(doc, "", " ")
	if err != nil || bytes.Equal(stood.text, text) {
		return err
	}
	return s.swap(ctx, key, stood, text)
}

// marked is a recording as it is known now, and its marks.
func (s *Step) marked(ctx context.Context, id string) (rec pipeline.Recording, marks []pipeline.Mark, err error) {
	err = s.Catalog.Write(ctx, func(tx *catalog.Tx) (err error) {
		if rec, err = tx.Recording(id); err != nil {
			return err
		}
		marks, err = tx.Marks(id)
		return err
	})
	return rec, marks, err
}
