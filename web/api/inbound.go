package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/web/webhooks"
)

// Inbound is a message of a stranger who signs what it sends.
type Inbound struct {
	Type string `json:"type" enum:"share.events,share.snapshots"`
	Data struct {
		Events    []EventItem    `json:"events,omitempty" maxItems:"1000" doc:"of share.events"`
		Snapshots []SnapshotItem `json:"snapshots,omitempty" maxItems:"1000" doc:"of share.snapshots"`
	} `json:"data"`
}

// inbound takes messages that are signed by Standard Webhooks with one of the
// creator's secrets, and no token.
func (a *API) inbound(mux *http.ServeMux) {
	mux.HandleFunc("POST /v1/inbound/{creator}", a.receive)
	r := a.huma.OpenAPI().Components.Schemas
	o := op(http.MethodPost, "/v1/inbound/{creator}", "receive-inbound", "Tell of re-shares or counters by a signed webhook", nil)
	o.Description = "Signed by Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature) with a secret of DROPCUT_INBOUND_SECRETS. The same webhook-id again is answered as before and counts nothing twice."
	o.Security = []map[string][]string{{"signature": {}}}
	o.Parameters = []*huma.Param{{Name: "creator", In: "path", Required: true, Schema: &huma.Schema{Type: "string"}}}
	o.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: r.Schema(typeOf[Inbound](), true, "Inbound")}}}
	o.Responses = map[string]*huma.Response{"200": {Description: "what became of it", Content: map[string]*huma.MediaType{"application/json": {Schema: r.Schema(typeOf[Kept](), true, "Kept")}}}}
	problem := r.Schema(typeOf[Problem](), true, "Problem")
	for _, status := range []int{400, 401, 413, 415, 422, 429, 500, 503} {
		o.Responses[fmt.Sprint(status)] = &huma.Response{Description: http.StatusText(status), Content: map[string]*huma.MediaType{"application/problem+json": {Schema: problem}}}
	}
	a.huma.OpenAPI().AddOperation(&o)
}

func (a *API) receive(w http.ResponseWriter, r *http.Request) {
	creator := r.PathValue("creator")
	if _, ok := a.calls.take("inbound " + address(r.RemoteAddr)); a.Rate > 0 && !ok {
		a.refuse(w, r, tooMany(a.Rate))
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBody))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		Refuse(w, r, http.StatusRequestEntityTooLarge, pipeline.Fail(pipeline.Invalid, "too_large", "send less at once", "more than %d bytes", mostBody))
		return
	}
	if err != nil {
		Refuse(w, r, http.StatusBadRequest, pipeline.Fail(pipeline.Invalid, "malformed", "send it again", "the body was cut"))
		return
	}
	id, err := webhooks.Verify(a.Secrets[creator], r.Header, body, time.Now())
	if err != nil {
		Refuse(w, r, http.StatusUnauthorized, pipeline.AsError(err, "")) // with WWW-Authenticate, though no token helps
		return
	}
	out, err := a.keepInbound(r, creator, id, body)
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = write(w, out)
}

// keepInbound keeps what a message tells, once by its ID.
func (a *API) keepInbound(r *http.Request, creator, id string, body []byte) (*Kept, error) {
	in, err := message(r.URL.RawQuery, body)
	if err != nil {
		return nil, err
	}
	var out *Kept
	err = a.Catalog.Write(r.Context(), func(tx *catalog.Tx) error {
		out = &Kept{Refused: []RefusedItem{}}
		digest := storage.DigestBytes(body)
		was, known, err := tx.Answered("inbound "+creator, id, digest)
		if err != nil {
			return err
		}
		if known && was.Asked != digest {
			return pipeline.Fail(pipeline.Invalid, "key_reused", "a message has an ID of its own", "another message had the ID %s", id)
		}
		if known {
			return json.Unmarshal([]byte(was.Body), out)
		}
		switch in.Type {
		case "share.events":
			err = out.events(tx, creator, in.Data.Events)
		case "share.snapshots":
			err = out.snapshots(tx, creator, in.Data.Snapshots)
		default:
			return pipeline.Fail(pipeline.Invalid, "unknown_type", "share.events or share.snapshots", "nothing is known of %q", in.Type).At("/type")
		}
		if err != nil {
			return err
		}
		answer, err := json.Marshal(out)
		if err != nil {
			return err
		}
		return tx.PutAnswer("inbound "+creator, id, catalog.Answer{Asked: digest, Status: http.StatusOK, Body: string(answer)})
	})
	return out, err
}

// mostItems is how many things one message tells, as everywhere.
const mostItems = 1000

// message reads a message as strictly as operations read their bodies: what
// nobody would look at is refused.
func message(query string, body []byte) (Inbound, error) {
	var in Inbound
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	err := d.Decode(&in)
	if _, more := d.Token(); err == nil && more != io.EOF {
		err = errors.New("something follows it")
	}
	switch {
	case err != nil:
		return in, pipeline.Fail(pipeline.Invalid, "invalid", "see /v1/docs", "the body is no message: %w", err)
	case query != "":
		return in, pipeline.Fail(pipeline.Invalid, "invalid", "say it in the body", "nothing is asked for by parameters")
	case len(in.Data.Events) > mostItems || len(in.Data.Snapshots) > mostItems:
		return in, pipeline.Fail(pipeline.Invalid, "invalid", "send several messages", "more than %d things in one message", mostItems).At("/data")
	}
	return in, nil
}
