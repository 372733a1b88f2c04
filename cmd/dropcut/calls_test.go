package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"testing"
	"time"

	"dropcut/pipeline"
)

// ask calls the API as whoever may read the folder, and reads the answer into doc.
func (v *served) ask(t *testing.T, method, path string, doc any) int {
	t.Helper()
	return v.send(t, v.token(t), method, path, nil, doc)
}

// send calls the API with a token and a document; the call has a key of its own.
// Where there were too many calls it waits.
func (v *served) send(t *testing.T, token, method, path string, body, doc any) int {
	t.Helper()
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), method, v.address+path, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", pipeline.Mint("k"))
	}
	answer, err := http.DefaultClient.Do(req)
	if err == nil && answer.StatusCode == http.StatusTooManyRequests { // who asks again and again waits when told to
		_ = answer.Body.Close()
		time.Sleep(time.Second)
		return v.send(t, token, method, path, body, doc)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	if err == nil && doc != nil && len(said) > 0 {
		err = json.Unmarshal(said, doc)
	}
	if err != nil {
		t.Fatalf("%s %s: %v: %s", method, path, err, said)
	}
	return answer.StatusCode
}

// token is that of whoever may read the folder; none where its folder is another.
func (v *served) token(t *testing.T) string {
	t.Helper()
	key, err := os.ReadFile(v.path("svc/" + linkKeyName))
	if os.IsNotExist(err) {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	return localToken(key)
}
