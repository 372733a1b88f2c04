package api

import (
	"cmp"
	"context"
	"net/http"
	"reflect"
	"regexp"
	"strings"

	"dropcut/pipeline"
)

// requestHeader is the header of request IDs.
const requestHeader = "X-Request-Id"

var goodRequestID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// around gives every call an ID, and answers as problems what no operation does.
func (a *API) around(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get(requestHeader)
		if !goodRequestID.MatchString(id) {
			id = pipeline.Mint("q")
			r.Header.Set(requestHeader, id)
		}
		h := w.Header()
		h.Set(requestHeader, id)
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		if _, pattern := mux.Handler(r); pattern == "" {
			a.unknown(w, r, mux)
			return
		}
		heard := func(err error) { a.fault(r, err) }
		mux.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), faultKey{}, heard)))
	})
}

// unknown answers for a path or a method that no operation has. Nobody learns
// which there are without a token.
func (a *API) unknown(w http.ResponseWriter, r *http.Request, mux *http.ServeMux) {
	who, err := a.Keys.Who(r)
	if caller := cmp.Or(who.Token, stranger(r)); !a.mayCall(w, r, caller) {
		return
	}
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	var allow []string
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		probe := *r
		probe.Method = m
		if _, pattern := mux.Handler(&probe); pattern != "" {
			allow = append(allow, m)
		}
	}
	if len(allow) > 0 {
		w.Header().Set("Allow", strings.Join(allow, ", "))
		Refuse(w, r, http.StatusMethodNotAllowed, pipeline.Fail(pipeline.Invalid, "method_not_allowed", "use "+strings.Join(allow, " or "), "%s is not for %s", r.URL.Path, r.Method))
		return
	}
	Refuse(w, r, http.StatusNotFound, pipeline.Fail(pipeline.NotFound, "no_such_path", "see /v1/docs", "there is no %s", r.URL.Path))
}

// refuse answers with an error by the table.
func (a *API) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p := problemOf(err)
	if p.Status >= http.StatusInternalServerError {
		a.fault(r, err)
	}
	p.write(w, r)
}

// fault notes an error that is a bug of ours, or of what we ask.
func (a *API) fault(r *http.Request, err error) {
	a.Log.Error("request failed", "method", r.Method, "path", r.URL.Path, "request", r.Header.Get(requestHeader), "error", err)
}

// isNil reports whether v holds nothing.
func isNil(v any) bool {
	if v == nil {
		return true
	}
	x := reflect.ValueOf(v)
	return x.Kind() == reflect.Pointer && x.IsNil()
}

// tagOf is the resource that a path belongs to: its first part behind /v1.
func tagOf(path string) string {
	return strings.Split(strings.TrimPrefix(path, "/v1/"), "/")[0]
}
