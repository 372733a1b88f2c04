package inspect

import (
	"dropcut/pipeline"
	"dropcut/pipeline/publish"
	"dropcut/storage/catalog"
)

// Landing is an object of a source that is taken in, or could not be. As JSON
// it is stable: additions only.
type Landing struct {
	Task      string                    `json:"task" doc:"retry or cancel it by this; empty for what is not looked at"`
	Source    string                    `json:"source"`
	Key       string                    `json:"key"`
	State     string                    `json:"state" enum:"found,failed"`
	Recording string                    `json:"recording,omitempty" doc:"what it became"`
	Failure   *pipeline.ManifestFailure `json:"failure,omitempty"`
	Delayed   *pipeline.ManifestFailure `json:"delayed,omitempty"`
}

// LandingOf is a landing as documents show it.
func LandingOf(l catalog.Landing) Landing {
	out := Landing{Task: l.Task, Source: l.Source, Key: l.Key, State: string(pipeline.RecordingFound), Recording: l.Recording, Delayed: publish.Failure(l.Failure)}
	if l.Failure != nil && l.State == catalog.WorkFailed {
		out.State, out.Failure, out.Delayed = string(pipeline.RecordingFailed), out.Delayed, nil
	}
	return out
}

// Task is what the row of that ID takes in; NotFound where it takes in nothing,
// or another took its place.
func Task(tx *catalog.Tx, id string) (Landing, error) {
	l, err := tx.Landing(id)
	return LandingOf(l), err
}
