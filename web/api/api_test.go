package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/desk"
	"dropcut/pipeline/timeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/storage/dir"
	"dropcut/storage/storagetest/postgres"
)

// house is an API over a real catalogue and real folders.
type house struct {
	*API
	*httptest.Server
	db    *catalog.DB
	told  []string // kinds of messages
	looks int
	wakes int
}

const root = "dc_root_of_the_test"

func open(t *testing.T) *house {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "c.db"))
}

// both runs f over each engine.
func both(t *testing.T, f func(t *testing.T, h *house)) {
	t.Run("sqlite", func(t *testing.T) { f(t, open(t)) })
	t.Run("postgres", func(t *testing.T) { f(t, openAt(t, postgres.Database(t))) })
}

func openAt(t *testing.T, where string) *house {
	t.Helper()
	db, err := catalog.Open(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return openOn(t, db)
}

func openOn(t *testing.T, db *catalog.DB) *house {
	t.Helper()
	out, err := dir.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	source, err := dir.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = out.Close(), source.Close() })
	h := &house{db: db}
	h.API = &API{Catalog: db, Output: out, Source: source, Links: plainLinks{}, Keys: Keys{Catalog: db, Root: []string{root}},
		Look: func() { h.looks++ }, Wake: func() { h.wakes++ }, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Desk: &desk.Desk{Tell: func(_ *catalog.Tx, _, kind string, _ any) error { h.told = append(h.told, kind); return nil }}}
	h.Server = httptest.NewServer(h.API.Handler())
	t.Cleanup(h.Server.Close)
	return h
}

type plainLinks struct{}

// Link implements Links.
func (plainLinks) Link(_ context.Context, key string, lives time.Duration) (string, time.Time, error) {
	return fmt.Sprintf("https://files.example/%s?for=%s", key, lives), time.Now().Add(lives), nil
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) problem(t *testing.T) Problem {
	t.Helper()
	var p Problem
	if err := json.Unmarshal([]byte(a.body), &p); err != nil || a.header.Get("Content-Type") != "application/problem+json" {
		t.Fatalf("no problem: %d %s %s", a.status, a.header.Get("Content-Type"), a.body)
	}
	return p
}

// into reads the body.
func (a answer) into(t *testing.T, doc any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), doc); err != nil {
		t.Fatalf("%d: %v: %s", a.status, err, a.body)
	}
}

// call calls the API as token, with a body and headers in pairs.
func (h *house) call(t *testing.T, token, method, path string, body any, headers ...string) answer {
	t.Helper()
	var text io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		text = strings.NewReader(b)
	default:
		j, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		text = bytes.NewReader(j)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, h.URL+path, text)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if text != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	said, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{r.StatusCode, r.Header, string(said)}
}

// token makes a token for a creator.
func (h *house) token(t *testing.T, creator string, scopes ...pipeline.Scope) string {
	t.Helper()
	var k struct{ Token string }
	a := h.call(t, root, "POST", "/v1/tokens", map[string]any{"name": "test", "creator": creator, "scopes": scopes})
	if a.into(t, &k); a.status != http.StatusCreated || k.Token == "" {
		t.Fatalf("%d %s", a.status, a.body)
	}
	return k.Token
}

// made is a creator's made variants: one moment with a core of so many hooks.
type made struct {
	rec      pipeline.Recording
	moment   pipeline.Moment
	clip     pipeline.Clip
	variants []pipeline.Variant
}

var rate30 = timeline.NewRate(30, 1)

// make fills in a recording with clips that have made variants.
func (h *house) make(t *testing.T, creator string, hooks ...pipeline.Hook) made {
	t.Helper()
	m := made{rec: pipeline.Recording{ID: pipeline.Mint(pipeline.RecordingID), Creator: creator, Fingerprint: pipeline.Mint("f"), Key: creator + "/show.mp4", Folder: creator + "/shows/s", State: pipeline.RecordingDone}}
	m.rec.Media.Rate = rate30
	m.moment = pipeline.Moment{ID: pipeline.Mint(pipeline.MomentID), Recording: m.rec.ID, State: pipeline.MomentMade, Label: "the reveal", Window: timeline.Window{In: 0, Out: 3000}}
	m.clip = pipeline.Clip{ID: pipeline.Mint(pipeline.ClipID), Moment: m.moment.ID, Kind: pipeline.Core, N: 1, Parts: []timeline.Window{{In: 0, Out: 2100}}, Text: "here it is at last"}
	err := h.db.Write(t.Context(), func(tx *catalog.Tx) error {
		if err := tx.PutRecording(m.rec); err != nil {
			return err
		}
		if err := tx.PutMarks(m.rec.ID, nil); err != nil {
			return err
		}
		if err := tx.PutMoment(m.moment); err != nil {
			return err
		}
		return tx.PutClip(m.clip, false)
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, hook := range hooks {
		m.variants = append(m.variants, h.variant(t, m, "9:16", hook, pipeline.VariantMade, i))
	}
	return m
}

// variant adds one to a clip.
func (h *house) variant(t *testing.T, m made, aspect string, hook pipeline.Hook, state pipeline.VariantState, i int) pipeline.Variant {
	t.Helper()
	w, hh, _ := pipeline.Size(aspect)
	v := pipeline.Variant{ID: pipeline.Mint(pipeline.VariantID), Clip: m.clip.ID, State: state, Revision: 1, Hook: hook, HookN: i + 1,
		Look: pipeline.Look{Aspect: aspect, Layout: "fill", Style: "phrase", Language: "en"}}
	if state != pipeline.VariantOffered {
		digest := storage.DigestBytes([]byte(v.ID))
		loud := -14.0
		stem := fmt.Sprintf("%s/m/core-1-%d-%s", m.rec.Folder, i, storage.Hex(digest)[:8])
		v.Made = &pipeline.MadeFile{Key: stem + ".mp4", Poster: stem + ".jpg", Digest: digest, Width: w, Height: hh, Frames: 2100, Bytes: 9_000_000, Loudness: &loud}
	}
	if err := h.db.Write(t.Context(), func(tx *catalog.Tx) error { return tx.PutVariant(v) }); err != nil {
		t.Fatal(err)
	}
	return v
}

// approve has an editor approve a variant.
func (h *house) approve(t *testing.T, v pipeline.Variant) {
	t.Helper()
	if a := h.call(t, root, "POST", "/v1/verdicts", map[string]any{"variant": v.ID, "digest": v.Made.Digest, "says": "approve"}); a.status != http.StatusCreated {
		t.Fatalf("%d %s", a.status, a.body)
	}
}

// channel adds a channel and returns its ID.
func (h *house) channel(t *testing.T, creator, name string, more map[string]any) string {
	t.Helper()
	body := map[string]any{"name": name, "platform": "tiktok", "zone": "Europe/Berlin"}
	for k, v := range more {
		body[k] = v
	}
	var c struct{ ID string }
	a := h.call(t, root, "POST", "/v1/channels?creator="+creator, body)
	if a.into(t, &c); a.status != http.StatusCreated {
		t.Fatalf("%d %s", a.status, a.body)
	}
	return c.ID
}

// claimed is what a scheduler reads of an answer.
type claimed struct {
	Claims []struct {
		ID, Variant, Clip, State, Digest string
		Revision                         int
		PostAt                           time.Time `json:"post_at"`
		PostAtLocal                      string    `json:"post_at_local"`
		File                             struct{ URL, Digest string }
		Text                             pipeline.PostedText
		Fit                              []pipeline.Fit
	}
}

// take claims on a channel.
func (h *house) take(t *testing.T, token, key string, body map[string]any) (answer, claimed) {
	t.Helper()
	a := h.call(t, token, "POST", "/v1/claims", body, "Idempotency-Key", key)
	var c claimed
	if a.status == http.StatusOK {
		a.into(t, &c)
	}
	return a, c
}
