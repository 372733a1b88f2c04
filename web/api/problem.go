package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"dropcut/pipeline"
	"dropcut/pipeline/desk"
)

// Problem is an error as RFC 9457 shows it.
type Problem struct {
	Type      string        `json:"type" doc:"about:blank: code says it all"`
	Title     string        `json:"title" doc:"the status in words"`
	Status    int           `json:"status"`
	Detail    string        `json:"detail" doc:"what was being done, and what went wrong"`
	Code      string        `json:"code" doc:"stable, snake_case"`
	Hint      string        `json:"hint,omitempty" doc:"what to do about it"`
	Step      pipeline.Step `json:"step,omitempty" doc:"of the line, where it happened there"`
	Retryable bool          `json:"retryable" doc:"the same call may succeed later"`
	Errors    []Wrong       `json:"errors,omitempty" doc:"what is wrong in what was sent"`
	RequestID string        `json:"request_id,omitempty"`
}

// Wrong is one thing that is wrong in what was sent.
type Wrong struct {
	Pointer   string `json:"pointer,omitempty" doc:"JSON pointer into the body"`
	Parameter string `json:"parameter,omitempty" doc:"of the query, the path or the headers"`
	Detail    string `json:"detail"`
}

// Error implements error.
func (p *Problem) Error() string { return p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders implements huma.HeadersError.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if after := retryAfter[p.Status]; after > 0 {
		h.Set("Retry-After", strconv.Itoa(after))
	}
	return h
}

// retryAfter is how many seconds a client waits after a status.
var retryAfter = map[int]int{http.StatusTooEarly: 15, http.StatusServiceUnavailable: 5, http.StatusTooManyRequests: 1}

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

// codes are errors that have a status of their own.
var codes = map[string]int{
	desk.CodeBeingMade: http.StatusTooEarly,
	"stale":            http.StatusPreconditionFailed,
	"no_precondition":  http.StatusPreconditionRequired,
	"unauthorised":     http.StatusUnauthorized,
	"not_here":         http.StatusForbidden,
	"not_allowed":      http.StatusForbidden,
	"not_yours":        http.StatusForbidden,
	"too_many":         http.StatusTooManyRequests,
	"stalled":          http.StatusRequestTimeout,
	"key_reused":       http.StatusUnprocessableEntity,
}

// StatusOf is the status that an error is answered with.
func StatusOf(e *pipeline.Error) int {
	if s := codes[e.Code]; s != 0 {
		return s
	}
	if s := statuses[e.Kind]; s != 0 {
		return s
	}
	return http.StatusInternalServerError
}

// problemOf is any error as a problem. What is a bug of ours says no more than that.
func problemOf(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	e := pipeline.AsError(err, "")
	p = newProblem(StatusOf(e), e)
	if e.Kind == pipeline.Internal {
		p.Detail, p.Code = "this is a fault of ours; the log has it under the request's ID", "internal"
	}
	return p
}

func newProblem(status int, e *pipeline.Error) *Problem {
	p := &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: e.Detail, Code: e.Code, Hint: e.Hint, Step: e.Step, Retryable: e.Retryable()}
	if e.Where != "" {
		p.Errors = []Wrong{{Pointer: e.Where, Detail: e.Detail}}
	}
	return p.hinted()
}

// Refuse answers a call with a problem.
func Refuse(w http.ResponseWriter, r *http.Request, status int, e *pipeline.Error) {
	newProblem(status, e).write(w, r)
}

func (p *Problem) write(w http.ResponseWriter, r *http.Request) {
	p.RequestID = w.Header().Get(requestHeader)
	for k, v := range p.GetHeaders() {
		w.Header()[k] = v
	}
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(p.Status)
	if r.Method != http.MethodHead {
		_ = json.NewEncoder(w).Encode(p)
	}
}

// fromHuma is what huma finds wrong, as a problem.
func fromHuma(ctx huma.Context, status int, message string, errs ...error) huma.StatusError {
	for _, err := range errs {
		var e *pipeline.Error
		if errors.As(err, &e) || status == http.StatusInternalServerError {
			p := problemOf(err)
			if p.Status == http.StatusInternalServerError && ctx != nil {
				if heard, ok := ctx.Context().Value(faultKey{}).(func(error)); ok {
					heard(err)
				}
			}
			return told(ctx, p)
		}
	}
	p := &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: message, Code: codeOf(status)}
	for _, err := range errs {
		if err == nil {
			continue
		}
		w := Wrong{Detail: err.Error()}
		var d *huma.ErrorDetail
		if errors.As(err, &d) {
			w.Detail = d.Message
			w.Pointer, w.Parameter = where(d.Location)
		}
		p.Errors = append(p.Errors, w)
	}
	if len(p.Errors) > 0 {
		p.Detail += ": " + p.Errors[0].Detail
	}
	return told(ctx, p.hinted())
}

// faultKey is who, of a call, hears of errors that are bugs of ours: a func(error).
type faultKey struct{}

// told adds what every problem has to it and to its answer.
func told(ctx huma.Context, p *Problem) *Problem {
	if ctx == nil {
		return p
	}
	p.RequestID = ctx.Header(requestHeader)
	for k, v := range p.GetHeaders() {
		ctx.SetHeader(k, v[0])
	}
	return p
}

func codeOf(status int) string {
	switch status {
	case http.StatusBadRequest:
		return "malformed"
	case http.StatusUnprocessableEntity:
		return "invalid"
	case http.StatusRequestEntityTooLarge:
		return "too_large"
	case http.StatusUnsupportedMediaType:
		return "unsupported_media_type"
	case http.StatusNotAcceptable:
		return "not_acceptable"
	case http.StatusRequestTimeout:
		return "too_slow"
	}
	return "failed"
}

// where turns huma's place, such as body.slots[0].at, into a JSON pointer, or
// names the parameter.
func where(location string) (pointer, parameter string) {
	kind, rest, _ := strings.Cut(location, ".")
	if kind != "body" {
		return "", rest
	}
	var b strings.Builder
	for _, part := range strings.FieldsFunc(rest, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		b.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(part))
	}
	return b.String(), ""
}

func init() {
	huma.NewErrorWithContext = fromHuma
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		return fromHuma(nil, status, message, errs...)
	}
}
