package web

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// Catalog is what the site needs of the records.
type Catalog interface {
	Write(ctx context.Context, f func(*catalog.Tx) error) error
	Events(ctx context.Context, while time.Duration, limit int) ([]catalog.Event, error)
	CancelRecording(ctx context.Context, id string) error
	Retry(ctx context.Context, id string) error
}

// Site is what is answered.
type Site struct {
	Catalog Catalog
	Output  storage.Bucket
	Links   Links                           // to files of Output
	Token   string                          // which every call below /v1 must bear; "" for none, and then calls must be to this machine by its own name
	Look    func()                          // looks for recordings now: a notification came
	Wake    func()                          // looks for work now: some was added
	Ready   func(ctx context.Context) error // why work would not go on; nil where it does
	Log     *slog.Logger
}

// Handler is the whole site.
func (s *Site) Handler() http.Handler {
	v1 := http.NewServeMux()
	v1.HandleFunc("GET /v1/recordings", s.answers(s.recordings))
	v1.HandleFunc("GET /v1/recordings/{id}", s.answers(s.recording))
	v1.HandleFunc("POST /v1/recordings/{id}/cancel", s.answers(s.cancel))
	v1.HandleFunc("POST /v1/{kind}/{id}/retry", s.answers(s.retry))
	v1.HandleFunc("POST /v1/variants/{id}/make", s.answers(s.make))
	v1.HandleFunc("GET /v1/variants/{id}/link", s.answers(s.link))
	v1.HandleFunc("POST /v1/notifications", s.answers(s.notify))
	v1.HandleFunc("GET /v1/events", s.events)
	all := http.NewServeMux()
	all.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	all.HandleFunc("GET /readyz", s.ready)
	all.HandleFunc("GET /files/{key...}", s.file)
	all.Handle("/v1/", s.authorised(v1))
	all.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.problem(w, r, pipeline.Fail(pipeline.NotFound, "no_such_page", "see the API in README.md", "there is no %s", r.URL.Path))
	})
	return http.NewCrossOriginProtection().Handler(all) // no page of another site makes a browser here do anything
}

// authorised lets those in who bear the token, and without one those who call
// this machine by a name that no other can have: a page whose own name was made
// to lead here (DNS rebinding) is of the same site to a browser.
func (s *Site) authorised(next http.Handler) http.Handler {
	want := sha256.Sum256([]byte(s.Token))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		bearer, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		got := sha256.Sum256([]byte(bearer))
		if s.Token != "" && subtle.ConstantTimeCompare(want[:], got[:]) != 1 {
			w.Header().Set("WWW-Authenticate", "Bearer")
			s.refuse(w, http.StatusUnauthorized, pipeline.Fail(pipeline.Invalid, "unauthorised", "send Authorization: Bearer TOKEN", "the token is missing or wrong"))
			return
		}
		if s.Token == "" && !isHere(r.Host) {
			s.refuse(w, http.StatusForbidden, pipeline.Fail(pipeline.Invalid, "not_here",
				"call http://127.0.0.1 or localhost, or set DROPCUT_TOKEN for serve and send it", "%q is no name of this machine alone", r.Host))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isHere reports whether a Host is a loopback address or localhost, with or
// without a port.
func isHere(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	ip := net.ParseIP(name)
	return strings.EqualFold(name, "localhost") || ip != nil && ip.IsLoopback()
}

// answers turns a function that decides into a handler: its document as JSON,
// or its error as a problem.
func (s *Site) answers(f func(r *http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		doc, err := f(r)
		if err != nil {
			s.problem(w, r, err)
			return
		}
		status := http.StatusOK
		if r.Method == http.MethodPost {
			status = http.StatusAccepted
		}
		s.json(w, status, "application/json", doc)
	}
}

func (s *Site) json(w http.ResponseWriter, status int, kind string, doc any) {
	text, err := json.Marshal(doc)
	if err != nil {
		s.Log.Error("answer not written", "error", err)
		status, text = http.StatusInternalServerError, []byte(`{"title":"internal"}`)
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n'))
}

func (s *Site) ready(w http.ResponseWriter, r *http.Request) {
	if err := s.Ready(r.Context()); err != nil {
		s.refuse(w, http.StatusServiceUnavailable, pipeline.AsError(err, ""))
		return
	}
	_, _ = w.Write([]byte("ready\n"))
}
