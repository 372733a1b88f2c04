package web

import (
	"net/http"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/inspect"
	"dropcut/pipeline/publish"
	"dropcut/storage/catalog"
)

// listed is a recording in a list, or an object that was accepted and is none yet.
type listed struct {
	ID      string                    `json:"id,omitempty"`   // "" until it was taken in
	Task    string                    `json:"task,omitempty"` // until then: the row of work that takes it in, to be retried or cancelled by
	Creator string                    `json:"creator,omitempty"`
	Source  string                    `json:"source"`
	Key     string                    `json:"key"`
	State   string                    `json:"state"`
	Failure *pipeline.ManifestFailure `json:"failure,omitempty"`
	Delayed *pipeline.ManifestFailure `json:"delayed,omitempty"` // why work on it is tried again later: want of room, or a failure that may pass
}

// recordings is every recording, newest first, after what is being taken in.
func (s *Site) recordings(r *http.Request) (any, error) {
	out := []listed{}
	err := s.Catalog.Write(r.Context(), func(tx *catalog.Tx) error {
		out = out[:0]
		landings, err := tx.Landings()
		if err != nil {
			return err
		}
		for _, l := range landings {
			state := string(pipeline.RecordingFound)
			one := listed{Task: l.Task, Source: l.Source, Key: l.Key, State: state, Delayed: publish.Failure(l.Failure)}
			if l.Failure != nil && l.State == catalog.WorkFailed {
				one.State, one.Failure, one.Delayed = string(pipeline.RecordingFailed), one.Delayed, nil
			}
			if l.Recording == "" {
				out = append(out, one)
			}
		}
		delayed, err := s.delayed(tx)
		if err != nil {
			return err
		}
		all, err := tx.Recordings()
		if err != nil {
			return err
		}
		for i := range all {
			rec := all[len(all)-1-i]
			out = append(out, listed{ID: rec.ID, Creator: rec.Creator, Source: rec.Source, Key: rec.Key, State: string(rec.State), Failure: publish.Failure(rec.Failure), Delayed: delayed[rec.ID]})
		}
		return nil
	})
	return map[string]any{"version": 1, "recordings": out}, err
}

// delayed is why work is tried again later, by recording.
func (s *Site) delayed(tx *catalog.Tx) (map[string]*pipeline.ManifestFailure, error) {
	all, err := tx.Delayed("")
	out := map[string]*pipeline.ManifestFailure{}
	for _, w := range all {
		if out[w.Recording] == nil {
			out[w.Recording] = publish.Failure(w.Failure)
		}
	}
	return out, err
}

// recording is all that is known of one.
func (s *Site) recording(r *http.Request) (any, error) {
	var doc inspect.Document
	err := s.Catalog.Write(r.Context(), func(tx *catalog.Tx) (err error) {
		doc, err = inspect.Recording(tx, r.PathValue("id"))
		return err
	})
	return doc, err
}

// cancel stops all work on a recording.
func (s *Site) cancel(r *http.Request) (any, error) {
	id := r.PathValue("id")
	return map[string]any{"id": id}, s.Catalog.CancelRecording(r.Context(), id)
}

// retry makes what failed of a recording, a moment or a variant ready again.
func (s *Site) retry(r *http.Request) (any, error) {
	id := r.PathValue("id")
	err := s.Catalog.Retry(r.Context(), id)
	if err == nil {
		s.Wake()
	}
	if err == nil && pipeline.HasPrefix(id, pipeline.WorkID) {
		s.Look() // it may be a watcher's to take in
	}
	return map[string]any{"id": id}, err
}

// make asks for an offered variant.
func (s *Site) make(r *http.Request) (any, error) {
	var moment string
	err := s.Catalog.Write(r.Context(), func(tx *catalog.Tx) (err error) {
		moment, err = tx.Ask(r.PathValue("id"))
		return err
	})
	if err == nil {
		s.Wake()
	}
	return map[string]any{"id": r.PathValue("id"), "moment": moment}, err
}

// notify hears that something changed in a source bucket, whatever the message
// says: a listing is the truth.
func (s *Site) notify(*http.Request) (any, error) {
	s.Look()
	return map[string]any{}, nil
}

// linkLives is how long a link to a file in review is good.
const linkLives = 15 * time.Minute

// link is a signed link to a made variant's file.
func (s *Site) link(r *http.Request) (any, error) {
	var v pipeline.Variant
	err := s.Catalog.Write(r.Context(), func(tx *catalog.Tx) (err error) {
		v, err = tx.Variant(r.PathValue("id"))
		return err
	})
	if err == nil && v.Made == nil {
		err = pipeline.Fail(pipeline.Conflict, "not_made", "make it first: POST /v1/variants/"+v.ID+"/make", "%s is %s and has no file", v.ID, v.State)
	}
	if err != nil {
		return nil, err
	}
	url, err := s.Links.Link(r.Context(), v.Made.Key, linkLives)
	return map[string]any{"id": v.ID, "url": url, "digest": v.Made.Digest, "expires": time.Now().Add(linkLives).UTC().Format(time.RFC3339)}, err
}
