package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// counting answers as the API does, over a catalogue of its own, and what comes
// with a key again as before; which rows are refused the test says.
func counting(t *testing.T) (*catalog.DB, string) {
	t.Helper()
	db, err := catalog.Open(t.Context(), filepath.Join(t.TempDir(), "c.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	mux := http.NewServeMux()
	answered := map[string]map[string]any{} // by Idempotency-Key
	take := func(put func(tx *catalog.Tx, item []byte) (counted, known int, err error)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			var doc struct{ Items []json.RawMessage }
			key := r.Header.Get("Idempotency-Key")
			if answer := answered[key]; answer != nil {
				_ = json.NewEncoder(w).Encode(answer)
				return
			}
			answer := map[string]any{}
			if err := json.NewDecoder(r.Body).Decode(&doc); err != nil || len(doc.Items) > importBatch || key == "" {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			counted, known := 0, 0
			refused := []map[string]any{}
			for i, item := range doc.Items {
				err := db.Write(r.Context(), func(tx *catalog.Tx) error {
					c, k, err := put(tx, item)
					if err == nil {
						counted, known = counted+c, known+k
					}
					return err
				})
				if err != nil {
					refused = append(refused, map[string]any{"index": i, "detail": err.Error()})
				}
			}
			answer["counted"], answer["known"], answer["refused"] = counted, known, refused
			answered[key] = answer
			_ = json.NewEncoder(w).Encode(answer)
		}
	}
	mux.HandleFunc("POST /v1/snapshots", take(func(tx *catalog.Tx, item []byte) (int, int, error) {
		var n pipeline.Named
		var s pipeline.Snapshot
		if err := json.Unmarshal(item, &n); err != nil {
			return 0, 0, err
		}
		if err := json.Unmarshal(item, &s); err != nil {
			return 0, 0, err
		}
		s.Post = n.Key()
		return tx.PutSnapshots("ada", []pipeline.Snapshot{s})
	}))
	mux.HandleFunc("POST /v1/share-events", take(func(tx *catalog.Tx, item []byte) (int, int, error) {
		var n pipeline.Named
		var e pipeline.ShareEvent
		if err := json.Unmarshal(item, &n); err != nil {
			return 0, 0, err
		}
		if err := json.Unmarshal(item, &e); err != nil {
			return 0, 0, err
		}
		e.Post = n.Key()
		return tx.PutShareEvents("ada", []pipeline.ShareEvent{e})
	}))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return db, server.URL
}

func called(args ...string) (code int, out, talk string) {
	var o, e bytes.Buffer
	code = run(args, console{&o, &e})
	return code, o.String(), e.String()
}

func exported(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestAnExportIsImportedOnceHoweverOften(t *testing.T) {
	t.Parallel()
	db, server := counting(t)
	text := "Video title,Video link,Post time,Total likes,Total comments,Total shares,Total views\n"
	for i := range 700 {
		text += "x,https://www.tiktok.com/@ada/video/" + strings.Repeat("7", 3) + string(rune('a'+i/26)) + string(rune('a'+i%26)) + ",2026-07-18,1,,3,\"1,234\"\n"
	}
	text += "x,,2026-07-18,1,1,1,1\n"
	file := exported(t, "Content.csv", text)
	if code, out, _ := called("shares", "import", "--server", server, "--dry-run", file); code != exitSome || out != "700 read, 1 not used; nobody was told\n" {
		t.Errorf("tried: exit %d, %s", code, out)
	}
	for _, want := range []string{`"counted":700,"known":0`, `"counted":0,"known":700`} {
		code, out, talk := called("shares", "import", "--server", server, "--observed", "2026-07-20 11:00", "--zone", "Europe/Berlin", "--json", file)
		if code != exitSome || !strings.Contains(out, want) || !strings.Contains(talk, "line 702: it names no post") {
			t.Fatalf("exit %d, %s, %s; want %s", code, out, talk, want)
		}
	}
	var got []pipeline.Snapshot
	if err := db.Write(t.Context(), func(tx *catalog.Tx) error {
		err := tx.PutPost(pipeline.Post{ID: "cl_1", Creator: "ada", Platform: pipeline.TikTok, ExternalID: "777aa", PostedAt: time.Now()})
		if err == nil {
			got, err = tx.SnapshotsOf("cl_1")
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || *got[0].Views != 1234 || *got[0].Shares != 3 || got[0].Comments != nil || got[0].At.Format(time.RFC3339) != "2026-07-20T09:00:00Z" || got[0].Source != "csv:tiktok_studio" {
		t.Errorf("%+v", got)
	}
}

func TestShareEventsAreImported(t *testing.T) {
	_, server := counting(t)
	one := `{"id":"1","source":"shop","variant":"v_1","occurred_at":"2026-07-18T10:00:00Z"}`
	for text, want := range map[string]struct {
		code int
		out  string
	}{
		"[" + one + "," + strings.Replace(one, `"1"`, `"2"`, 1) + "]":                {exitMade, "2 counted, 0 known"},
		strings.Replace(one, `"1"`, `"3"`, 1) + "\n\n" + one + "x\n{\"id\":\"4\"}\n": {exitSome, "1 counted, 0 known already, 0 of a post that is not reported yet, 2 not used"},
		"[]":         {exitInvalid, ""},
		`{"id":"9"}`: {exitInvalid, "1 not used"},
	} {
		code, out, talk := called("shares", "import", "--events", "--server", server, exported(t, "events.json", text))
		if code != want.code || !strings.Contains(out, want.out) {
			t.Errorf("%s: exit %d, %s%s; want %+v", text, code, out, talk, want)
		}
	}
}

func TestAnImportThatCannotBeSaysWhy(t *testing.T) {
	good := exported(t, "a.csv", "url,observed_at,views\nhttps://x.com/a/status/1,2026-07-18,1\n")
	for _, c := range []struct {
		args []string
		code int
	}{
		{[]string{"nowhere.csv"}, exitNotFound},
		{[]string{exported(t, "b.csv", "a,b\n1,2\n")}, exitInvalid},
		{[]string{"--zone", "Nowhere/Land", good}, exitUsage},
		{[]string{"--observed", "yesterday", good}, exitUsage},
		{[]string{"--server", "http://127.0.0.1:1", good}, exitUnavailable},
		{[]string{"--dry-run", "--server", "http://127.0.0.1:1", good}, exitMade},
	} {
		if code, out, talk := called(slices.Concat([]string{"shares", "import"}, c.args)...); code != c.code {
			t.Errorf("%v: exit %d, want %d: %s%s", c.args, code, c.code, out, talk)
		}
	}
}

// TestALeaderboardSaysWhatItIsOf: an ID is a name's, where a serve tells it, and
// where nothing was counted yet there is no interval.
func TestALeaderboardSaysWhatItIsOf(t *testing.T) {
	t.Parallel()
	known := map[string]string{
		"/v1/variants/v_1": `{"moment":"m_1","kind":"short","aspect":"9:16","style":"karaoke","hook":{"text":"What is it?"}}`,
		"/v1/clips/c_1":    `{"moment":"m_1","kind":"short","n":2}`,
		"/v1/moments/m_1":  `{"label":"the reveal\u001b[2J"}`,
		"/v1/channels/h_1": `{"name":"main"}`,
	}
	key := ""
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, ok := known[r.URL.Path]
		switch {
		case r.URL.Path == "/v1/results":
			answer = `{"posts":2,"sums":[{"key":"` + key + `","kind":"short","state":"final","shares":150,"views":10000,"rate":0.015,"low":0.0128,"high":0.0176},{"key":"x_gone","kind":"short","state":"open"}]}`
		case !ok:
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = w.Write([]byte(answer))
	}))
	defer s.Close()
	for by, c := range map[string]struct{ key, want string }{
		"variant":   {"v_1", `v_1 "the reveal\x1b[2J", 9:16 karaoke, hook "What is it?"`},
		"clip":      {"c_1", `c_1 "the reveal\x1b[2J", short 2`},
		"moment":    {"m_1", `m_1 "the reveal\x1b[2J"`},
		"channel":   {"h_1", "h_1 main "},
		"hook_kind": {"question", "question "}, // its key says it
		"style":     {"", "(none) "},
	} {
		key = c.key
		code, out, talk := called("shares", "--server", s.URL, "--by", by)
		if lines := strings.Split(out, "\n"); code != exitMade || len(lines) < 3 || !strings.Contains(lines[1], c.want) || !strings.Contains(lines[1], "1.28 % to 1.76 %") ||
			!strings.Contains(lines[2], "x_gone ") || !strings.Contains(lines[2], "no data") {
			t.Errorf("%s: exit %d, %s%s, want %s", by, code, out, talk, c.want)
		}
	}
}
