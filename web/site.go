package web

import (
	"context"
	"log/slog"
	"net/http"

	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/web/api"
)

// Site is what is answered.
type Site struct {
	API    http.Handler // what lies below /v1
	Output storage.Bucket
	Files  Signed                          // links to this site's files; without a secret there are none
	Ready  func(ctx context.Context) error // why work would not go on; nil where it does
	Log    *slog.Logger
}

// Handler is the whole site.
func (s *Site) Handler() http.Handler {
	all := http.NewServeMux()
	all.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	all.HandleFunc("GET /readyz", s.ready)
	all.HandleFunc("GET /files/{key...}", s.file)
	all.Handle("/v1/", s.API)
	api.Pages(all)
	all.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		api.Refuse(w, r, http.StatusNotFound, pipeline.Fail(pipeline.NotFound, "no_such_page", "see /v1/docs", "there is no %s", r.URL.Path))
	})
	guard := http.NewCrossOriginProtection() // no page of another site makes a browser here do anything
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		api.Refuse(w, r, http.StatusForbidden, pipeline.Fail(pipeline.Invalid, "another_site", "call from a program, or from a page of this site", "a page of another site made a browser call %s", r.URL.Path))
	}))
	return guard.Handler(all)
}

func (s *Site) ready(w http.ResponseWriter, r *http.Request) {
	if err := s.Ready(r.Context()); err != nil {
		api.Refuse(w, r, http.StatusServiceUnavailable, pipeline.AsError(err, ""))
		return
	}
	_, _ = w.Write([]byte("ready\n"))
}
