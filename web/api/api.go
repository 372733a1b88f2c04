package api

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"path"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"dropcut/pipeline"
	"dropcut/pipeline/desk"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/web/webhooks"
)

// Links makes links to files that are good for a while, and says until when:
// that may be sooner than was asked for.
type Links interface {
	Link(ctx context.Context, key string, lives time.Duration) (string, time.Time, error)
}

// How long links live: of what a person looks at, and of what a scheduler
// fetches. Seven days is the most that S3 signs for.
const (
	reviewLives = 15 * time.Minute
	claimLives  = 7 * 24 * time.Hour
)

// API answers below /v1.
type API struct {
	Catalog *catalog.DB
	Desk    *desk.Desk
	Source  storage.Bucket // where recordings are dropped; nil: nowhere from here
	Output  storage.Bucket
	Links   Links               // to files of Output
	Guard   webhooks.Guard      // where messages of webhooks may be sent
	Keys    Keys                // who may call
	Secrets map[string][]string // with which strangers sign what they tell of a creator's posts, by creator
	Look    func()              // looks for recordings now: a notification came
	Wake    func()              // looks for work now: some was added
	Stall   time.Duration       // how long an upload may bring nothing; 0: 30 s
	Rate    int                 // calls a second of one token, on average; 0: no limit
	Log     *slog.Logger

	huma  huma.API
	calls limits

	write     sync.Once // of the document
	document  []byte
	unwritten error

	page  int           // events read at once; 0: eventsPage
	still time.Duration // how long a stream of events says nothing; 0: keepAlive
	posts int           // posts that one document counts; 0: mostPosts
}

// mostBody is how much JSON a call may bring.
const mostBody = 1 << 20

// Handler is everything below /v1.
func (a *API) Handler() http.Handler {
	mux := http.NewServeMux()
	a.register(mux)
	return a.around(mux)
}

// Document is the OpenAPI document, which is written once.
func (a *API) Document() ([]byte, error) {
	a.write.Do(func() {
		if a.huma == nil {
			a.register(http.NewServeMux())
		}
		a.document, a.unwritten = json.MarshalIndent(a.huma.OpenAPI(), "", " ")
	})
	return a.document, a.unwritten
}

func (a *API) register(mux *http.ServeMux) {
	// The version is that of the paths: which build this is, nobody is told without a token.
	c := huma.DefaultConfig("dropcut", "1")
	c.Info.Description = "Recordings become clips, editors judge them, schedulers claim them and report, shares are counted. " +
		"Lists are newest first, `{data, next_cursor}`; errors are application/problem+json with a stable `code`; times are RFC 3339 in UTC, lengths whole milliseconds. " +
		"Every POST takes an `Idempotency-Key`: the same call again gets the same answer and does nothing twice."
	c.Info.License = nil
	c.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", nameOf)
	c.OpenAPIPath, c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", "", nil
	c.RejectUnknownQueryParameters = true
	c.Formats = map[string]huma.Format{"application/json": {Marshal: write, Unmarshal: json.Unmarshal}, "json": {Marshal: write, Unmarshal: json.Unmarshal}}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer",
		Description: "`Authorization: Bearer dc_…`, made by `dropcut tokens create` or POST /v1/tokens"},
		"signature": {Type: "apiKey", In: "header", Name: "webhook-signature", Description: "Standard Webhooks 1.0.0"}}
	c.Servers = []*huma.Server{{URL: "/"}}
	c.Tags = tags()
	a.calls.perSecond = a.Rate
	a.page, a.still, a.posts = cmp.Or(a.page, eventsPage), cmp.Or(a.still, keepAlive), cmp.Or(a.posts, mostPosts)
	a.huma = humago.New(mux, c)
	a.huma.UseMiddleware(a.admit)
	for _, room := range []func(){a.recordings, a.uploads, a.marks, a.moments, a.variants, a.verdicts, a.channels, a.claims, a.recalls, a.tokens,
		a.webhooks, a.polling, a.shares, a.results, a.events} {
		room()
	}
	say(a.huma.OpenAPI())
	a.inbound(mux)
	mux.HandleFunc("GET /v1/openapi.json", a.openly(a.openapi))
	mux.HandleFunc("GET /v1/docs", a.openly(a.docs))
	mux.HandleFunc("GET /v1/docs.js", a.openly(a.docsScript))
	mux.HandleFunc("GET /v1/docs.css", a.openly(a.docsStyle))
}

// nameOf names a schema by its type; those of other rooms have the room's name
// before it.
func nameOf(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	room := path.Base(t.PkgPath())
	if t.Name() == "" || room == "." || room == "api" || room == "pipeline" {
		return name
	}
	return strings.ToUpper(room[:1]) + room[1:] + name
}

// write writes JSON; nil is an answer without a body.
func write(w io.Writer, v any) error {
	if isNil(v) {
		return nil
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

func (a *API) openapi(w http.ResponseWriter, _ *http.Request) {
	text, err := a.Document()
	if err != nil {
		a.Log.Error("document not written", "error", err)
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/vnd.oai.openapi+json")
	_, _ = w.Write(text)
}

// scope is what a token needs for an operation: one of these, or admin.
func scope(s ...pipeline.Scope) map[string]any { return map[string]any{"scope": s} }

// op is an operation as all of ours are.
func op(method, path, id, summary string, s map[string]any) huma.Operation {
	o := huma.Operation{Method: method, Path: path, OperationID: id, Summary: summary, Metadata: s, MaxBodyBytes: mostBody,
		Security: []map[string][]string{{"token": {}}}, Errors: []int{400, 401, 403, 404, 406, 409, 413, 415, 422, 429, 503}, Tags: []string{tagOf(path)}}
	if method != http.MethodGet {
		o.Errors = append(o.Errors, 412)
	}
	if method == http.MethodPatch || method == http.MethodPut {
		o.Errors = append(o.Errors, 428)
	}
	return o
}

// answering is an operation whose good answer has another status than 200.
func answering(status int, o huma.Operation) huma.Operation {
	o.DefaultStatus = status
	return o
}
