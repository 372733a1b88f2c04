package web

import (
	"net/http"

	"dropcut/pipeline"
)

// problem is an error as RFC 9457 shows it.
type problem struct {
	Type      string        `json:"type"`
	Title     string        `json:"title"`
	Status    int           `json:"status"`
	Detail    string        `json:"detail"`
	Code      string        `json:"code"`
	Step      pipeline.Step `json:"step,omitempty"`
	Hint      string        `json:"hint,omitempty"`
	Retryable bool          `json:"retryable"`
}

// statuses is the status of each kind of error; any other is 500.
var statuses = map[pipeline.Kind]int{
	pipeline.Usage:       http.StatusBadRequest,
	pipeline.Invalid:     http.StatusUnprocessableEntity,
	pipeline.NotFound:    http.StatusNotFound,
	pipeline.Conflict:    http.StatusConflict,
	pipeline.Unavailable: http.StatusServiceUnavailable,
	pipeline.NoRoom:      http.StatusInsufficientStorage,
	pipeline.Stopped:     http.StatusServiceUnavailable,
}

// problem answers with an error.
func (s *Site) problem(w http.ResponseWriter, r *http.Request, err error) {
	e := pipeline.AsError(err, "")
	status, known := statuses[e.Kind]
	if !known {
		status = http.StatusInternalServerError
		s.Log.Error("request failed", "method", r.Method, "path", r.URL.Path, "error", err)
	}
	s.refuse(w, status, e)
}

func (s *Site) refuse(w http.ResponseWriter, status int, e *pipeline.Error) {
	s.json(w, status, "application/problem+json", problem{Type: "about:blank", Title: http.StatusText(status), Status: status,
		Detail: e.Detail, Code: e.Code, Step: e.Step, Hint: e.Hint, Retryable: e.Retryable()})
}
