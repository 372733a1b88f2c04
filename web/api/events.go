package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"dropcut/pipeline"
	"dropcut/pipeline/publish"
	"dropcut/storage/catalog"
)

const (
	eventsEvery = 500 * time.Millisecond
	keepAlive   = 15 * time.Second
	overlap     = 10 * time.Second // machines may commit out of order
	mostMissed  = 24 * time.Hour   // what a client that comes back is told of
	eventsPage  = 10_000           // read at once
)

// Event is a change of state as it is sent.
type Event struct {
	At        string                    `json:"at"`
	Kind      string                    `json:"kind" enum:"recording,moment,variant,landing"`
	ID        string                    `json:"id" doc:"of a landing its task; empty where it was not looked at"`
	Key       string                    `json:"key,omitempty" doc:"of a landing, in its source"`
	Recording string                    `json:"recording"`
	State     string                    `json:"state"`
	Failure   *pipeline.ManifestFailure `json:"failure,omitempty"`
}

type eventsInput struct {
	Last string `header:"Last-Event-ID" maxLength:"64" doc:"the last event that an earlier connection was told: what came since, of the last day, is told first, and what came up to ten seconds before it once more: machines commit out of order"`
}

type stream struct {
	ContentType string `header:"Content-Type"`
	Body        func(huma.Context)
}

func (a *API) events() {
	o := op(http.MethodGet, "/v1/events", "follow-events", "Changes of state, as they happen (server-sent events)", scope(pipeline.ScopeCreator, pipeline.ScopeEditor, pipeline.ScopeScheduler))
	o.Responses = map[string]*huma.Response{"200": {Description: "events named kind.state, such as variant.made; a comment every 15 s where nothing happens",
		Content: map[string]*huma.MediaType{"text/event-stream": {Schema: huma.SchemaFromType(a.huma.OpenAPI().Components.Schemas, typeOf[Event]())}}}}
	huma.Register(a.huma, o, func(_ context.Context, in *eventsInput) (*stream, error) {
		return &stream{ContentType: "text/event-stream", Body: func(ctx huma.Context) { a.stream(ctx, in.Last) }}, nil
	})
}

// stream tells a client what changes until it goes.
func (a *API) stream(hc huma.Context, last string) {
	r, w := humago.Unwrap(hc)
	ctx := hc.Context()
	out := http.NewResponseController(w)
	w.Header().Set("X-Accel-Buffering", "no")
	_ = out.SetWriteDeadline(time.Time{})
	f := &follower{known: map[string]time.Time{}, last: last, creator: callerOf(ctx).Creator}
	tick := time.NewTicker(eventsEvery)
	defer tick.Stop()
	quiet := time.Now()
	for first := true; ; first = false {
		n, err := a.follow(r.WithContext(ctx), w, f)
		if err != nil {
			return
		}
		if n == 0 && (first || time.Since(quiet) > a.still) {
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
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// follower is what one client was told.
type follower struct {
	known   map[string]time.Time // events told, or there before it came, and when they were
	last    string               // the last that an earlier connection was told; "" for none
	creator string               // whose events it may see; "" for everybody's
	behind  catalog.Event        // where the reading of what it missed stands
	present bool                 // all of that was read: it is told what changes from now on
	read    time.Time            // when all was read last
}

// follow tells what is new, page by page until now. What cannot be read is read
// with the next call: whoever missed a day misses nothing by that.
func (a *API) follow(r *http.Request, w http.ResponseWriter, f *follower) (n int, err error) {
	if f.last != "" && f.behind.At.IsZero() && !f.present {
		if f.behind.At, err = a.Catalog.EventAt(r.Context(), f.last); err != nil {
			return 0, a.unread(r, err)
		}
		f.behind.At = f.behind.At.Add(-overlap)
	}
	for began := time.Now(); ; {
		all, err := a.Catalog.Events(r.Context(), f.creator, f.since(), a.page)
		if err != nil {
			return n, a.unread(r, err)
		}
		for _, e := range f.news(all) {
			if err := tell(w, e); err != nil {
				return n, err
			}
			n++
		}
		if len(all) < a.page {
			f.present, f.behind, f.read = true, catalog.Event{}, began
			return n, nil
		}
		f.behind = all[len(all)-1]
	}
}

// unread is nil where events are read with the next call, and an error where the
// client is gone.
func (a *API) unread(r *http.Request, err error) error {
	if r.Context().Err() != nil {
		return err
	}
	a.Log.Warn("events not read", "error", err)
	return nil
}

// tell writes an event as the client reads it.
func tell(w http.ResponseWriter, e catalog.Event) error {
	text, err := json.Marshal(Event{At: e.At.UTC().Format(time.RFC3339Nano), Kind: e.Kind, ID: e.Subject, Key: e.Key, Recording: e.Recording,
		State: e.State, Failure: publish.Failure(e.Failure)})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "id: %s\nevent: %s.%s\ndata: %s\n\n", e.ID, e.Kind, e.State, text)
	return err
}

// since is what is read next.
func (f *follower) since() catalog.Since {
	while := overlap
	if f.present {
		while += time.Since(f.read) // longer where the catalogue did not answer
	} else if f.last != "" {
		while = mostMissed
	}
	return catalog.Since{While: while, After: f.behind}
}

// news is what of all the client has not been told. Whoever comes for the first
// time is told only what happens from then on.
func (f *follower) news(all []catalog.Event) (out []catalog.Event) {
	for _, e := range all {
		if _, known := f.known[e.ID]; !known && (f.present || f.last != "") && e.ID != f.last {
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
