package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/stranger"
)

// remote is a running serve, asked over its API.
type remote struct {
	Server string `default:"http://127.0.0.1:8420" env:"DROPCUT_SERVER" placeholder:"URL" help:"The running serve (default ${default}, or DROPCUT_SERVER). DROPCUT_TOKEN is its token; without one, --data is asked."`
	Data   string `default:"./dropcut-data" placeholder:"DIR" help:"The data folder of a serve on this machine (default ${default}): whoever may read it needs no token."`
}

// defaultServing is where a serve keeps its data by default.
const defaultServing = "./dropcut-data"

const (
	answerWithin = 30 * time.Second
	mostAnswer   = 64 << 20
	leastWait    = 100 * time.Millisecond // before a call is sent again, whatever the server asks for
)

// token is what calls bear: DROPCUT_TOKEN, else that of the data folder of a
// serve on this machine; "" where there is neither.
func (r remote) token() string {
	if t := os.Getenv("DROPCUT_TOKEN"); t != "" {
		return t
	}
	at, err := url.Parse(r.Server)
	if err != nil || !isThisMachine(at.Hostname()) {
		return "" // a key of this machine is told to no other
	}
	key, err := os.ReadFile(filepath.Join(r.Data, linkKeyName))
	if err != nil || len(key) != linkKeyBytes {
		return ""
	}
	return localToken(key)
}

// ask calls one path and reads its JSON into doc, which may be nil.
func (r remote) ask(ctx context.Context, method, path string, doc any) error {
	return r.send(ctx, method, path, nil, doc)
}

// send is ask with a document of its own; nil for none.
func (r remote) send(ctx context.Context, method, path string, body, doc any) error {
	return r.call(ctx, method, path, nil, body, doc)
}

// tellOnce posts a document under a key of its own, by which a call that is
// sent again on the way is answered as it was the first time. Whoever tells the
// same later hears what is so then.
func (r remote) tellOnce(ctx context.Context, path string, body, doc any) error {
	return r.call(ctx, http.MethodPost, path, http.Header{"Idempotency-Key": {pipeline.Mint("k")}}, body, doc)
}

// call is send with headers; nil for none.
func (r remote) call(ctx context.Context, method, path string, headers http.Header, body, doc any) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return err
		}
	}
	answer, err := r.answer(ctx, method, path, headers, text)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(io.LimitReader(answer.Body, mostAnswer))
	if err != nil {
		return pipeline.Fail(pipeline.Unavailable, "no_server", "try again", "read the answer of %s: %w", r.Server, err)
	}
	if answer.StatusCode >= http.StatusBadRequest {
		return refusal(r.Server, answer.StatusCode, said)
	}
	if doc == nil || len(said) == 0 {
		return nil
	}
	if err := json.Unmarshal(said, doc); err != nil {
		return pipeline.Fail(pipeline.Unavailable, "no_server", "is it a dropcut serve?", "%s answers with something else: %w", r.Server, err)
	}
	return nil
}

// answer sends one call and gives what came back. Where there were too many
// calls it waits as long as the server asks, and sends it again.
func (r remote) answer(ctx context.Context, method, path string, headers http.Header, text []byte) (*http.Response, error) {
	for {
		req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(r.Server, "/")+path, bytes.NewReader(text))
		if err != nil {
			return nil, pipeline.Fail(pipeline.Usage, "usage", "give --server a URL such as http://127.0.0.1:8420", "%q is no address", r.Server)
		}
		if token := r.token(); token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		if text != nil {
			req.Header.Set("Content-Type", "application/json")
		}
		for name, values := range headers {
			req.Header[name] = values
		}
		answer, err := http.DefaultClient.Do(req)
		if err != nil {
			return nil, pipeline.Fail(pipeline.Unavailable, "no_server", "start dropcut serve, or name it with --server", "nobody answers at %s: %w", r.Server, err)
		}
		after := max(stranger.RetryAfter(answer.Header, time.Now()), leastWait)
		if ends, _ := ctx.Deadline(); answer.StatusCode != http.StatusTooManyRequests || time.Until(ends) < after {
			return answer, nil
		}
		_ = answer.Body.Close()
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(after):
		}
	}
}

// refusal is a problem that a server answered with, as an error.
func refusal(server string, status int, text []byte) error {
	var p struct{ Detail, Code, Hint string }
	if json.Unmarshal(text, &p) != nil || p.Detail == "" {
		return pipeline.Fail(pipeline.Unavailable, "no_server", "is it a dropcut serve?", "%s answers with %s", server, http.StatusText(status))
	}
	kind := pipeline.Internal
	switch status {
	case http.StatusNotFound:
		kind = pipeline.NotFound
	case http.StatusConflict, http.StatusPreconditionFailed, http.StatusPreconditionRequired:
		kind = pipeline.Conflict
	case http.StatusServiceUnavailable, http.StatusTooEarly, http.StatusTooManyRequests:
		kind = pipeline.Unavailable
	case http.StatusInsufficientStorage:
		kind = pipeline.NoRoom
	case http.StatusUnprocessableEntity, http.StatusUnauthorized, http.StatusForbidden:
		kind = pipeline.Invalid
	case http.StatusBadRequest:
		kind = pipeline.Usage
	}
	return pipeline.Fail(kind, p.Code, p.Hint, "%s", p.Detail)
}

// makeCommand makes a variant that is only offered.
type makeCommand struct {
	remote
	Variant string `arg:"" name:"variant" help:"The ID of a variant, as manifests list them: v_…"`
}

// Help is shown below the flags.
func (makeCommand) Help() string {
	return "Example:\n\n  dropcut make v_06h1c542bnxnbg8768cpyhwn\n\nWhat it shares with others is not encoded again.\n\n" + exitHelp
}

// Run asks for it.
func (c *makeCommand) Run(ctx context.Context, con console) error {
	if err := c.ask(ctx, http.MethodPost, "/v1/variants/"+url.PathEscape(c.Variant)+"/make", nil); err != nil {
		return err
	}
	fmt.Fprintf(con.Err, "%-10s %s\n", "asked for", c.Variant)
	return nil
}

// retryCommand makes ready again what failed.
type retryCommand struct {
	remote
	ID string `arg:"" name:"id" help:"The ID of a recording, a moment, a variant or a task: r_…, m_…, v_…, w_…"`
}

// Help is shown below the flags.
func (retryCommand) Help() string {
	return "Example:\n\n  dropcut retry r_06h1c542bnxnbg8768cpyhwn\n\nWhat could not be taken in has no recording yet. It is known by its task, w_…, as /v1/landings lists it.\n\n" + exitHelp
}

// Run asks for it.
func (c *retryCommand) Run(ctx context.Context, con console) error {
	kind := map[string]string{pipeline.RecordingID: "recordings", pipeline.MomentID: "moments", pipeline.VariantID: "variants", pipeline.WorkID: "tasks"}
	prefix, _, _ := strings.Cut(c.ID, "_")
	if kind[prefix] == "" {
		return pipeline.Fail(pipeline.Usage, "usage", "dropcut inspect shows IDs", "%q is no ID of a recording, a moment, a variant or a task", c.ID)
	}
	if err := c.ask(ctx, http.MethodPost, "/v1/"+kind[prefix]+"/"+url.PathEscape(c.ID)+"/retry", nil); err != nil {
		return err
	}
	fmt.Fprintf(con.Err, "%-10s %s\n", "retries", c.ID)
	return nil
}

// cancelCommand stops all work on a recording.
type cancelCommand struct {
	remote
	Recording string `arg:"" name:"recording" help:"The ID of a recording: r_…"`
}

// Help is shown below the flags.
func (cancelCommand) Help() string {
	return "Example:\n\n  dropcut cancel r_06h1c542bnxnbg8768cpyhwn\n\nWhat is made stays, and where all is, nothing is changed. dropcut retry goes on with it. What is still being taken in is known by its task, w_…\n\n" + exitHelp
}

// Run asks for it.
func (c *cancelCommand) Run(ctx context.Context, con console) error {
	kind := "recordings"
	if pipeline.HasPrefix(c.Recording, pipeline.WorkID) {
		kind = "tasks"
	}
	var said struct{ Ended int64 }
	if err := c.ask(ctx, http.MethodPost, "/v1/"+kind+"/"+url.PathEscape(c.Recording)+"/cancel", &said); err != nil {
		return err
	}
	if said.Ended == 0 {
		fmt.Fprintf(con.Err, "%-10s %s: nothing was left to cancel\n", "unchanged", c.Recording)
		return nil
	}
	fmt.Fprintf(con.Err, "%-10s %s, %s\n", "cancelled", c.Recording, counted(int(said.Ended), "piece of work", "pieces of work"))
	return nil
}
