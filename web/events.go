package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/publish"
	"dropcut/storage/catalog"
)

const (
	eventsEvery = 500 * time.Millisecond
	keepAlive   = 15 * time.Second
	overlap     = 10 * time.Second // machines may commit out of order
	mostMissed  = 24 * time.Hour   // what a client that comes back is told of
	mostEvents  = 10_000
)

// told is an event as it is sent.
type told struct {
	At        string                    `json:"at"`
	Kind      string                    `json:"kind"`
	ID        string                    `json:"id"`
	Recording string                    `json:"recording"`
	State     string                    `json:"state"`
	Failure   *pipeline.ManifestFailure `json:"failure,omitempty"`
}

// events follows changes of state as server-sent events. A client that comes
// back with Last-Event-ID is told what it missed, of the last day.
func (s *Site) events(w http.ResponseWriter, r *http.Request) {
	out := http.NewResponseController(w)
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	_ = out.SetWriteDeadline(time.Time{})
	f := &follower{known: map[string]time.Time{}, last: r.Header.Get("Last-Event-ID")}
	tick := time.NewTicker(eventsEvery)
	defer tick.Stop()
	quiet := time.Now()
	for first := true; ; first = false {
		n, err := s.follow(w, r, f, first)
		if err != nil {
			return
		}
		if n == 0 && (first || time.Since(quiet) > keepAlive) {
			_, err = fmt.Fprint(w, ": still here\n\n")
			n = 1
		}
		if n > 0 {
			quiet = time.Now()
			if err != nil || out.Flush() != nil {
				return
			}
		}
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
		}
	}
}

// follower is what one client was told.
type follower struct {
	known map[string]time.Time // events told, or there before it came, and when they were
	last  string               // the last that an earlier connection was told; "" for none
}

// follow tells what is new.
func (s *Site) follow(w http.ResponseWriter, r *http.Request, f *follower, first bool) (n int, err error) {
	while := overlap
	if first && f.last != "" {
		while = mostMissed
	}
	all, err := s.Catalog.Events(r.Context(), while, mostEvents)
	if err != nil {
		if r.Context().Err() == nil {
			s.Log.Warn("events not read", "error", err)
			return 0, nil
		}
		return 0, err
	}
	for _, e := range f.news(all, first) {
		text, err := json.Marshal(told{At: e.At.UTC().Format(time.RFC3339Nano), Kind: e.Kind, ID: e.Subject, Recording: e.Recording,
			State: e.State, Failure: publish.Failure(e.Failure)})
		if err != nil {
			return n, err
		}
		if _, err := fmt.Fprintf(w, "id: %s\nevent: %s.%s\ndata: %s\n\n", e.ID, e.Kind, e.State, text); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// news is what of all the client has not been told. Whoever comes for the first
// time is told only what happens from then on.
func (f *follower) news(all []catalog.Event, first bool) (out []catalog.Event) {
	missed := first && f.last == ""
	for _, e := range all {
		if _, known := f.known[e.ID]; !known && !missed && (!first || e.ID > f.last) {
			out = append(out, e)
		}
		f.known[e.ID] = e.At
	}
	if len(all) > 0 {
		newest := all[len(all)-1].At
		for id, at := range f.known {
			if newest.Sub(at) > 2*overlap {
				delete(f.known, id)
			}
		}
	}
	return out
}
