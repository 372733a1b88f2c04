package api

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"dropcut/pipeline"
	"dropcut/pipeline/beside"
	"dropcut/pipeline/inspect"
	"dropcut/pipeline/publish"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// Recording is a recording in a list.
type Recording struct {
	ID      string                    `json:"id"`
	Creator string                    `json:"creator"`
	Source  string                    `json:"source" doc:"the bucket that it lies in"`
	Key     string                    `json:"key"`
	State   pipeline.RecordingState   `json:"state"`
	Failure *pipeline.ManifestFailure `json:"failure,omitempty"`
	Delayed *pipeline.ManifestFailure `json:"delayed,omitempty" doc:"why work on it is tried again later: want of room, or a failure that may pass"`
}

// Landing is an object that was accepted and is no recording yet.
type Landing = inspect.Landing

// Document is all that is known of a recording.
type Document struct{ Body inspect.Document }

// Done says what was done to what.
type Done struct {
	ID     string `json:"id"`
	Moment string `json:"moment,omitempty"`
}

func (a *API) recordings() {
	reads := scope(pipeline.ScopeCreator, pipeline.ScopeEditor, pipeline.ScopeScheduler)
	writes := scope(pipeline.ScopeCreator)
	huma.Register(a.huma, op(http.MethodGet, "/v1/recordings", "list-recordings", "Recordings", reads), a.listRecordings)
	huma.Register(a.huma, op(http.MethodGet, "/v1/landings", "list-landings", "What is being taken in, and what could not be, by source and key", reads), a.listLandings)
	huma.Register(a.huma, op(http.MethodGet, "/v1/tasks/{id}", "get-task", "What a task takes in, and why it could not be", reads), a.getTask)
	huma.Register(a.huma, op(http.MethodGet, "/v1/recordings/{id}", "get-recording", "All that is known of a recording", reads), a.getRecording)
	huma.Register(a.huma, answering(http.StatusAccepted, op(http.MethodPost, "/v1/recordings", "create-recording", "Take in an object that lies in the source", writes)), a.createRecording)
	huma.Register(a.huma, answering(http.StatusAccepted, op(http.MethodPost, "/v1/recordings/{id}/cancel", "cancel-recording", "Stop all work on a recording", writes)), a.cancelRecording)
	for _, kind := range []string{"recordings", "moments", "variants", "tasks"} {
		huma.Register(a.huma, answering(http.StatusAccepted, op(http.MethodPost, "/v1/"+kind+"/{id}/retry", "retry-"+kind, "Make ready again what failed of it", scope(pipeline.ScopeCreator, pipeline.ScopeEditor))), a.retry)
	}
	huma.Register(a.huma, answering(http.StatusAccepted, op(http.MethodPost, "/v1/tasks/{id}/cancel", "cancel-task", "Stop taking something in", writes)), a.cancelTask)
	bell := answering(http.StatusAccepted, op(http.MethodPost, "/v1/notifications", "notify", "Something changed in a source: it is listed now", scope(pipeline.ScopeCreator)))
	bell.Description = "The body is not read: an S3 event, as its sender has it as JSON or as text, anything else, or nothing. Whoever sends it must be able to send a token in the Authorization header."
	bell.RequestBody = &huma.RequestBody{}
	huma.Register(a.huma, bell, a.notify)
	bell.RequestBody.Required = false // as a body of bytes would be
}

func (a *API) read(ctx context.Context, f func(tx *catalog.Tx) error) error {
	return a.Catalog.Read(ctx, f)
}

func (a *API) listRecordings(ctx context.Context, in *Page) (*Listed[Recording], error) {
	before, err := in.before()
	if err != nil {
		return nil, err
	}
	var all []pipeline.Recording
	delayed := map[string]*pipeline.ManifestFailure{}
	err = a.read(ctx, func(tx *catalog.Tx) (err error) {
		if all, err = tx.RecordingsBefore(callerOf(ctx).Creator, before, in.Limit+1); err != nil {
			return err
		}
		waits, err := tx.Delayed("")
		for _, w := range waits {
			if delayed[w.Recording] == nil {
				delayed[w.Recording] = publish.Failure(w.Failure)
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return page(*in, all, func(r pipeline.Recording) string { return r.ID }, func(r pipeline.Recording) (Recording, error) {
		return Recording{ID: r.ID, Creator: r.Creator, Source: r.Source, Key: r.Key, State: r.State, Failure: publish.Failure(r.Failure), Delayed: delayed[r.ID]}, nil
	})
}

func (a *API) listLandings(ctx context.Context, in *Page) (*Listed[Landing], error) {
	behind, err := landingBehind(in.Cursor)
	if err != nil {
		return nil, err
	}
	var all []catalog.Landing
	err = a.read(ctx, func(tx *catalog.Tx) (err error) {
		all, err = tx.LandingsBehind(foldersOf(callerOf(ctx).Creator), behind, in.Limit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	place := func(l catalog.Landing) string { return strings.Join([]string{l.Source, l.Task, l.Key}, "\n") }
	return page(*in, all, place, func(l catalog.Landing) (Landing, error) {
		return inspect.LandingOf(l), nil
	})
}

// oneLanding is what one row takes in.
type oneLanding struct{ Body Landing }

func (a *API) getTask(ctx context.Context, in *ByID) (*oneLanding, error) {
	out := &oneLanding{}
	return out, a.read(ctx, func(tx *catalog.Tx) (err error) {
		if err := a.owned(ctx, tx, in.ID); err != nil {
			return err
		}
		out.Body, err = inspect.Task(tx, in.ID)
		return err
	})
}

// landingBehind is the landing that a page begins behind; none begins.
func landingBehind(cursor string) (catalog.Landing, error) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	parts := strings.SplitN(string(text), "\n", 3) // a key may hold whatever a file's name may
	if cursor == "" {
		return catalog.Landing{}, nil
	}
	if err != nil || len(parts) != 3 || !utf8.Valid(text) || strings.Contains(string(text), "\x00") {
		return catalog.Landing{}, badCursor()
	}
	return catalog.Landing{Source: parts[0], Task: parts[1], Key: parts[2]}, nil
}

// mine reports whether a key of the source is one of the caller's creator: its
// first folder.
func mine(ctx context.Context, key string) bool {
	c := callerOf(ctx).Creator
	return c == "" || slices.Contains(foldersOf(c), firstFolder(key))
}

// foldersOf is the folders of a source that are a creator's; none for "": all are.
func foldersOf(creator string) []string {
	if creator == "" {
		return nil
	}
	return slices.Compact([]string{storage.CreatorKey(creator), creator})
}

func firstFolder(key string) string {
	for dir := path.Dir(key); dir != "."; dir = path.Dir(dir) {
		if path.Dir(dir) == "." {
			return dir
		}
	}
	return ""
}

// ByID names one thing.
type ByID struct {
	ID string `path:"id" maxLength:"64" json:"id"`
}

func (a *API) getRecording(ctx context.Context, in *ByID) (*Document, error) {
	out := &Document{}
	err := a.read(ctx, func(tx *catalog.Tx) (err error) {
		if err := a.owns(ctx, tx, in.ID); err != nil {
			return err
		}
		out.Body, err = inspect.Recording(tx, in.ID)
		return err
	})
	return out, err
}

// owns refuses a recording of another creator as if there were none.
func (a *API) owns(ctx context.Context, tx *catalog.Tx, recording string) error {
	_, err := tx.RecordingFor(callerOf(ctx).Creator, recording)
	return err
}

// Once names one thing that something is done to.
type Once struct {
	Keyed
	ByID
}

// Accepted is the answer to what is done in time.
type Accepted = Reply[Done]

// createInput names an object of the source.
type createInput struct {
	Keyed
	Body struct {
		Key string `json:"key" minLength:"1" maxLength:"1024" doc:"in the source bucket; its first folder is the creator"`
	}
}

// Noticed says that an object is looked at.
type Noticed struct {
	Key string `json:"key"`
}

func (a *API) createRecording(ctx context.Context, in *createInput) (*Reply[Noticed], error) {
	if err := storage.CheckKey(in.Body.Key); err != nil {
		return nil, err
	}
	if !mine(ctx, in.Body.Key) {
		return nil, pipeline.Fail(pipeline.NotFound, "no_such_object", "its first folder is your creator", "there is no such object in the source").At("/key")
	}
	if why := beside.Unfit(in.Body.Key); why != nil {
		return nil, why.At("/key")
	}
	_, lies := a.Source.Stat(ctx, in.Body.Key) // not amid the transaction: a bucket may be slow
	if errors.Is(lies, pipeline.NotFound) {
		lies = pipeline.Fail(pipeline.NotFound, "no_such_object", "upload it first", "there is no %s in the source", in.Body.Key).At("/key")
	}
	out, err := once(a, ctx, in, func(*catalog.Tx) (*Reply[Noticed], error) {
		return &Reply[Noticed]{Status: http.StatusAccepted, Body: &Noticed{Key: in.Body.Key}}, lies
	})
	if err == nil && out.Replayed == "" {
		a.Look()
	}
	return out, err
}

// Cancelled says what a cancel came to.
type Cancelled struct {
	ID    string `json:"id"`
	Ended int64  `json:"ended" doc:"how many pieces of work were ended; 0: nothing was left to cancel, and nothing changed"`
}

func (a *API) cancelRecording(ctx context.Context, in *Once) (*Reply[Cancelled], error) {
	return a.cancel(ctx, in, a.owns)
}

func (a *API) cancelTask(ctx context.Context, in *Once) (*Reply[Cancelled], error) {
	return a.cancel(ctx, in, a.owned)
}

// cancel ends the work on what is the caller's, as mine tells.
func (a *API) cancel(ctx context.Context, in *Once, mine func(context.Context, *catalog.Tx, string) error) (*Reply[Cancelled], error) {
	return onceIn(a, a.Catalog.Write, ctx, in, func(tx *catalog.Tx) (*Reply[Cancelled], error) {
		if err := mine(ctx, tx, in.ID); err != nil {
			return nil, err
		}
		n, err := tx.CancelRecording(in.ID)
		return &Reply[Cancelled]{Status: http.StatusAccepted, Body: &Cancelled{in.ID, n}}, err
	})
}

// accept does something to a thing by f, once a key, and says that it was accepted.
func (a *API) accept(ctx context.Context, in keyed, id string, f func(tx *catalog.Tx) error) (*Accepted, error) {
	return onceIn(a, a.Catalog.Write, ctx, in, func(tx *catalog.Tx) (*Accepted, error) {
		return &Accepted{Status: http.StatusAccepted, Body: &Done{ID: id}}, f(tx)
	})
}

func (a *API) retry(ctx context.Context, in *Once) (*Accepted, error) {
	out, err := a.accept(ctx, in, in.ID, func(tx *catalog.Tx) error {
		if err := a.owned(ctx, tx, in.ID); err != nil {
			return err
		}
		return tx.Retry(in.ID)
	})
	if err != nil || out.Replayed != "" {
		return out, err
	}
	a.Wake()
	if pipeline.HasPrefix(in.ID, pipeline.WorkID) {
		a.Look() // it may be a watcher's to take in
	}
	return out, nil
}

// owned refuses what belongs to another creator as if there were none. What is
// still being taken in has no creator yet, but a folder.
func (a *API) owned(ctx context.Context, tx *catalog.Tx, id string) error {
	c := callerOf(ctx).Creator
	if c == "" {
		return nil
	}
	_, err := tx.OwnerOf(c, id)
	if !errors.Is(err, pipeline.NotFound) {
		return err
	}
	if lands, failed := tx.Lands(id, foldersOf(c)...); lands || failed != nil {
		return failed
	}
	return pipeline.Fail(pipeline.NotFound, "no_such_thing", "", "there is no %s", id)
}

// anything is a message that nobody reads, of whatever type.
type anything struct {
	Keyed
	RawBody []byte `contentType:"*/*"`
}

// notify rings. Without a key there is nothing to keep: a bell does not wait for
// a catalogue that is busy.
func (a *API) notify(ctx context.Context, in *anything) (*Accepted, error) {
	out := &Accepted{Status: http.StatusAccepted, Body: &Done{}}
	if in.Key != "" {
		var err error
		if out, err = once(a, ctx, in, func(*catalog.Tx) (*Accepted, error) { return out, nil }); err != nil {
			return nil, err
		}
	}
	if out.Replayed == "" {
		a.Look()
	}
	return out, nil
}

// shown is a time as documents show it.
func shown(t time.Time) string { return t.UTC().Format(time.RFC3339) }
