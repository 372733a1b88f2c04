package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// answerCommand is "serve": a server of our own for one script, at $SERVER. It
// speaks the OpenAI contract below /v1, where /v1/calls says how often it was
// asked; /zeros has every file of models, with nothing but zeros in it.
func answerCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: serve")
	}
	var calls atomic.Int32
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/audio/transcriptions", func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		if r.Header.Get("Authorization") != "Bearer secret-key" || r.FormValue("response_format") != "verbose_json" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, spokenJSON())
	})
	mux.HandleFunc("POST /v1/chat/completions", func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		var q struct{ Messages []struct{ Content string } }
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil || len(q.Messages) != 2 {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		content := strings.ReplaceAll(q.Messages[1].Content, "word", "Wort")
		_ = json.NewEncoder(w).Encode(map[string]any{"choices": []any{map[string]any{"message": map[string]string{"content": content}, "finish_reason": "stop"}}})
	})
	mux.HandleFunc("GET /v1/calls", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, calls.Load()) })
	mux.HandleFunc("GET /zeros/", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.CopyN(w, zeros{}, 100<<20) })
	s := httptest.NewServer(mux)
	ts.Defer(s.Close)
	ts.Setenv("SERVER", s.URL)
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// callsCommand is "calls N": the server was asked so often.
func callsCommand(ts *testscript.TestScript, neg bool, args []string) {
	res, err := http.Get(ts.Getenv("SERVER") + "/v1/calls")
	ts.Check(err)
	body, err := io.ReadAll(res.Body)
	ts.Check(err)
	ts.Check(res.Body.Close())
	if len(args) != 1 || (string(body) == args[0]) == neg {
		ts.Fatalf("asked %s times, want %v", body, args)
	}
}

// spokenJSON is a word a second, in the contract's shape.
func spokenJSON() string {
	var words, segments []string
	for i := range 100 {
		words = append(words, fmt.Sprintf(`{"word":"word%d","start":%d.1,"end":%d.8}`, i, i, i))
		segments = append(segments, fmt.Sprintf(`{"id":%d,"start":%d.1,"end":%d.8,"text":" word%d."}`, i, i, i, i))
	}
	return `{"task":"transcribe","language":"english","duration":100,"text":"word","words":[` + strings.Join(words, ",") + `],"segments":[` + strings.Join(segments, ",") + `]}`
}

func TestTheKeyIsReadFromItsVariableAndToldNowhere(t *testing.T) {
	t.Setenv("DROPCUT_RECOGNISER_URL", "https://api.example/v1")
	t.Setenv("DROPCUT_RECOGNISER_KEY", "secret-key")
	r, err := recogniser("", nil)
	if err != nil || r.Name() != "api.example/v1 whisper-1" {
		t.Fatalf("%v %v", r, err)
	}
	t.Setenv("DROPCUT_RECOGNISER_URL", "http://api.example/v1")
	if _, err := recogniser("", nil); exitCode(err) != exitUsage || strings.Contains(err.Error(), "secret-key") {
		t.Errorf("a key in the clear: %v", err)
	}
	t.Setenv("DROPCUT_RECOGNISER", "none")
	if r, err := recogniser("", nil); r != nil || err != nil {
		t.Errorf("switched off: %v %v", r, err)
	}
}
