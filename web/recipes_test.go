package web

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/desk"
	"dropcut/pipeline/timeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/storage/dir"
	"dropcut/web/api"
)

// studio is a whole site with approved clips of ada's, a channel "main", and a
// token of a scheduler.
type studio struct {
	*httptest.Server
	db    *catalog.DB
	token string
}

// clip is what its file holds: enough for a stranger to see that it is a video.
const clip = "\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42 and then pictures"

func openStudio(t *testing.T, clips int) *studio {
	t.Helper()
	db, err := catalog.Open(t.Context(), filepath.Join(t.TempDir(), "c.db"))
	if err != nil {
		t.Fatal(err)
	}
	out, err := dir.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := &studio{db: db}
	var handler http.Handler
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(func() { s.Close(); _, _ = db.Close(), out.Close() })
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	files := Signed{Base: s.URL, Secret: []byte("a secret of the test")}
	calls := &api.API{Catalog: db, Desk: &desk.Desk{}, Output: out, Links: files, Keys: api.Keys{Catalog: db}, Look: func() {}, Wake: func() {}, Log: log}
	handler = (&Site{API: calls.Handler(), Output: out, Files: files, Ready: func(context.Context) error { return nil }, Log: log}).Handler()
	text, hash := api.NewToken()
	s.token = text
	var all []pipeline.Variant
	err = db.Write(t.Context(), func(tx *catalog.Tx) error {
		rec := pipeline.Recording{ID: pipeline.Mint(pipeline.RecordingID), Creator: "ada", Fingerprint: "f", Folder: "ada/shows/s", State: pipeline.RecordingDone}
		rec.Media.Rate = timeline.NewRate(30, 1)
		m := pipeline.Moment{ID: pipeline.Mint(pipeline.MomentID), Recording: rec.ID, State: pipeline.MomentMade, Label: "the reveal"}
		if err := tx.PutRecording(rec); err != nil {
			return err
		}
		if err := tx.PutMoment(m); err != nil {
			return err
		}
		for i := range clips {
			c := pipeline.Clip{ID: pipeline.Mint(pipeline.ClipID), Moment: m.ID, Kind: pipeline.Short, N: i + 1, Parts: []timeline.Window{{In: 0, Out: 600}}, Text: "here it is, at last"}
			v := pipeline.Variant{ID: pipeline.Mint(pipeline.VariantID), Clip: c.ID, State: pipeline.VariantMade, Look: pipeline.Look{Aspect: "9:16", Layout: "fill", Style: "karaoke", Language: "en"}, Hook: pipeline.Hook{Text: "What is it?"},
				Made: &pipeline.MadeFile{Key: rec.Folder + "/m/" + c.ID + ".mp4", Digest: storage.DigestBytes([]byte(clip)), Width: 1080, Height: 1920, Frames: 600, Bytes: int64(len(clip))}}
			if _, err := out.Put(t.Context(), v.Made.Key, strings.NewReader(clip), ""); err != nil {
				return err
			}
			if err := tx.PutClip(c, false); err != nil {
				return err
			}
			if err := tx.PutVariant(v); err != nil {
				return err
			}
			all = append(all, v)
		}
		return tx.PutToken(pipeline.Token{ID: "t_1", Name: "cron", Creator: "ada", Scopes: []pipeline.Scope{pipeline.ScopeScheduler}}, hash)
	})
	if err == nil {
		err = db.AtDesk(t.Context(), func(tx *catalog.Tx) error {
			d := &desk.Desk{}
			if _, err := d.AddChannel(tx, pipeline.Channel{Creator: "ada", Name: "main", Platform: pipeline.TikTok, Zone: "Europe/Berlin"}); err != nil {
				return err
			}
			for _, v := range all {
				if _, err := d.Judge(tx, desk.Who{}, v.ID, v.Made.Digest, pipeline.Approve, ""); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// recipe runs one as a scheduler would.
func (s *studio) recipe(t *testing.T, name string, environment ...string) (said string, ok bool) {
	t.Helper()
	for _, tool := range []string{"curl", "jq"} {
		if _, err := exec.LookPath(tool); err != nil && os.Getenv("CI") == "" {
			t.Skip("needs " + tool)
		}
	}
	cmd := exec.Command("sh", filepath.Join("..", "docs", "recipes", name))
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "DROPCUT_SERVER=" + s.URL, "DROPCUT_TOKEN=" + s.token, "CHANNEL=main"}, environment...)
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

// states counts claims by state.
func (s *studio) states(t *testing.T) map[pipeline.ClaimState]int {
	t.Helper()
	out := map[pipeline.ClaimState]int{}
	err := s.db.Read(t.Context(), func(tx *catalog.Tx) error {
		all, err := tx.Claims(catalog.ClaimFilter{Limit: 100})
		clear(out)
		for _, h := range all {
			out[h.State]++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func script(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "post")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+text), 0o755); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestTheRecipeForCronPostsEachClipOnce: and gives back, or tries again, what a
// platform did not take.
func TestTheRecipeForCronPostsEachClipOnce(t *testing.T) {
	s := openStudio(t, 4)
	seen := filepath.Join(t.TempDir(), "seen")
	good := script(t, `grep -q "at last" "$2" && sha256sum < "$1" >> `+seen+` && echo https://tiktok.example/1`)
	for i := range 2 {
		if said, ok := s.recipe(t, "post.sh", "POST_COMMAND="+good); !ok || !strings.Contains(said, "is posted https://tiktok.example/1") {
			t.Fatalf("%d: %s", i, said)
		}
	}
	if said, ok := s.recipe(t, "post.sh", "POST_COMMAND="+script(t, "exit 75")); !ok || !strings.Contains(said, "is failed") {
		t.Error(said)
	}
	if said, ok := s.recipe(t, "post.sh", "POST_COMMAND="+script(t, "exit 3")); !ok || !strings.Contains(said, "is failed") {
		t.Error(said)
	}
	if said, ok := s.recipe(t, "post.sh", "POST_COMMAND="+good); !ok || !strings.Contains(said, "nothing to post") {
		t.Error(said)
	}
	if got := s.states(t); got[pipeline.Posted] != 2 || got[pipeline.Failed] != 2 {
		t.Errorf("%v", got)
	}
	text, err := os.ReadFile(seen)
	if want := storage.Hex(storage.DigestBytes([]byte(clip))); err != nil || strings.Count(string(text), want) != 2 {
		t.Errorf("what was posted: %s %v", text, err)
	}
	if said, ok := s.recipe(t, "post.sh", "POST_COMMAND="+good, "DROPCUT_TOKEN=dc_wrong"); ok || !strings.Contains(said, "unauthorised") {
		t.Errorf("a wrong token: %s", said)
	}
}

// TestARecipeDoesNotPostAFileThatIsNotTheOneClaimed: it gives it back.
func TestARecipeDoesNotPostAFileThatIsNotTheOneClaimed(t *testing.T) {
	s := openStudio(t, 1)
	err := s.db.Read(t.Context(), func(tx *catalog.Tx) error {
		all, err := tx.EachReady("ada")
		if err != nil {
			return err
		}
		all[0].Digest = storage.DigestBytes([]byte("another"))
		return tx.PutReady(all[0])
	})
	if err != nil {
		t.Fatal(err)
	}
	if said, ok := s.recipe(t, "post.sh", "POST_COMMAND="+script(t, "echo posted")); ok || !strings.Contains(said, "not what was claimed") {
		t.Error(said)
	}
	if got := s.states(t); got[pipeline.Released] != 1 {
		t.Errorf("%v", got)
	}
}

// TestTheRecipeForCronDoesNotPostWhatWasRecalledWhileItWaited: nor what an editor
// said something of meanwhile. Without that it posts, after its wait.
func TestTheRecipeForCronDoesNotPostWhatWasRecalledWhileItWaited(t *testing.T) {
	d, editor := &desk.Desk{}, desk.Who{Creator: "ada", Over: true}
	for _, c := range []struct {
		name  string
		while func(tx *catalog.Tx, c pipeline.Claim) error
		says  string
		ends  pipeline.ClaimState
	}{
		{"nothing happens", nil, "is posted", pipeline.Posted},
		{"it is recalled", func(tx *catalog.Tx, c pipeline.Claim) error {
			_, err := d.Recall(tx, editor, desk.Over{Variant: c.Variant}, "sold_out")
			return err
		}, "it was recalled", pipeline.Released},
		{"an editor gives it back", func(tx *catalog.Tx, c pipeline.Claim) error {
			_, err := d.Keep(tx, editor, c.ID, 0, desk.Report{State: pipeline.Released})
			return err
		}, "it is released", pipeline.Released},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := openStudio(t, 1)
			s.laterChannel(t)
			var waits atomic.Int32
			posted := filepath.Join(t.TempDir(), "posted")
			said, ok := s.recipe(t, "post.sh", "CHANNEL=later", "POST_COMMAND="+script(t, "touch "+posted+"; echo https://tiktok.example/1"),
				s.sleeping(t, func() {
					waits.Add(1)
					if c.while != nil {
						s.withClaim(t, c.while)
					}
				}))
			_, err := os.Stat(posted)
			if isPosted := err == nil; waits.Load() != 1 || ok != isPosted || isPosted != (c.ends == pipeline.Posted) || !strings.Contains(said, c.says) {
				t.Errorf("waited %d times, posted %v, ok %v: %s", waits.Load(), isPosted, ok, said)
			}
			if got := s.states(t); got[c.ends] != 1 {
				t.Errorf("%v", got)
			}
		})
	}
}

// laterChannel adds a channel on which posts go out in some hours.
func (s *studio) laterChannel(t *testing.T) {
	t.Helper()
	err := s.db.AtDesk(t.Context(), func(tx *catalog.Tx) error {
		_, err := (&desk.Desk{}).AddChannel(tx, pipeline.Channel{Creator: "ada", Name: "later", Platform: pipeline.TikTok, Zone: "UTC",
			Slots: []pipeline.Slot{{At: time.Now().UTC().Add(3 * time.Hour).Format("15:04")}}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// sleeping is a PATH whose sleep does not wait, but does what happens meanwhile.
func (s *studio) sleeping(t *testing.T, meanwhile func()) string {
	t.Helper()
	bell := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { meanwhile() }))
	t.Cleanup(bell.Close)
	place := t.TempDir()
	if err := os.WriteFile(filepath.Join(place, "sleep"), []byte("#!/bin/sh\nexec curl -fsS "+bell.URL+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return "PATH=" + place + string(os.PathListSeparator) + os.Getenv("PATH")
}

// withClaim does something to the one claim there is.
func (s *studio) withClaim(t *testing.T, f func(*catalog.Tx, pipeline.Claim) error) {
	t.Helper()
	err := s.db.AtDesk(t.Context(), func(tx *catalog.Tx) error {
		all, err := tx.Claims(catalog.ClaimFilter{Limit: 1})
		if err != nil {
			return err
		}
		return f(tx, all[0].Claim)
	})
	if err != nil {
		t.Error(err)
	}
}

// postiz answers as Postiz does: it fetches what it is told of, and takes it
// only where its address ends in .mp4 and its bytes are a video's.
type postiz struct {
	refuse  atomic.Bool // every post
	fetched func()      // what happens while it fetches; nil for nothing
	posts   chan map[string]any
	deleted chan string
}

func (p *postiz) open(t *testing.T) (environment []string) {
	t.Helper()
	p.posts, p.deleted = make(chan map[string]any, 10), make(chan string, 10)
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, doc any) { _ = json.NewEncoder(w).Encode(doc) }
	mux.HandleFunc("POST /public/v1/upload-from-url", func(w http.ResponseWriter, r *http.Request) {
		var in struct{ URL string }
		_ = json.NewDecoder(r.Body).Decode(&in)
		path, _, _ := strings.Cut(in.URL, "?")
		file, err := http.Get(in.URL)
		if err != nil || r.Header.Get("Authorization") != "key" || !strings.HasSuffix(path, ".mp4") || file.StatusCode != http.StatusOK {
			http.Error(w, "no", http.StatusBadRequest)
			return
		}
		defer file.Body.Close()
		body, _ := io.ReadAll(file.Body)
		if http.DetectContentType(body) != "video/mp4" {
			http.Error(w, "no video", http.StatusBadRequest)
			return
		}
		if p.fetched != nil {
			p.fetched()
		}
		answer(w, map[string]string{"id": "m1", "path": "https://uploads.example/m1.mp4"})
	})
	mux.HandleFunc("POST /public/v1/posts", func(w http.ResponseWriter, r *http.Request) {
		var in map[string]any
		_ = json.NewDecoder(r.Body).Decode(&in)
		if p.refuse.Load() || in["type"] != "schedule" {
			http.Error(w, "no", http.StatusBadRequest)
			return
		}
		p.posts <- in
		answer(w, []map[string]string{{"postId": "p1", "integration": "i1"}})
	})
	mux.HandleFunc("DELETE /public/v1/posts/{id}", func(w http.ResponseWriter, r *http.Request) {
		p.deleted <- r.PathValue("id")
		answer(w, map[string]bool{"error": false})
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return []string{"POSTIZ_URL=" + s.URL, "POSTIZ_KEY=key", "POSTIZ_INTEGRATION=i1"}
}

// TestTheRecipeForPostizSchedules: at the time that the claim says, and what
// Postiz does not take is given back.
func TestTheRecipeForPostizSchedules(t *testing.T) {
	s := openStudio(t, 1)
	var p postiz
	environment := p.open(t)
	p.refuse.Store(true)
	if said, ok := s.recipe(t, "postiz.sh", environment...); ok || !strings.Contains(said, "did not take the post") || s.states(t)[pipeline.Released] != 1 {
		t.Fatalf("%s %v", said, s.states(t))
	}
	p.refuse.Store(false)
	if said, ok := s.recipe(t, "postiz.sh", environment...); !ok || !strings.Contains(said, "is scheduled") || s.states(t)[pipeline.Scheduled] != 1 {
		t.Fatalf("%s %v", said, s.states(t))
	}
	post := <-p.posts
	date, err := time.Parse(time.RFC3339, post["date"].(string))
	if err != nil || time.Since(date).Abs() > time.Minute {
		t.Errorf("%v", post)
	}
	if said, ok := s.recipe(t, "postiz.sh", environment...); !ok || !strings.Contains(said, "nothing to post") {
		t.Error(said)
	}
}

// TestTheRecipeForPostizTakesBackWhatWasRecalled: also while Postiz fetched it,
// when nothing is scheduled.
func TestTheRecipeForPostizTakesBackWhatWasRecalled(t *testing.T) {
	recall := func(tx *catalog.Tx, c pipeline.Claim) error {
		_, err := (&desk.Desk{}).Recall(tx, desk.Who{Creator: "ada", Over: true}, desk.Over{Variant: c.Variant}, "sold_out")
		return err
	}
	t.Run("after it was scheduled", func(t *testing.T) {
		s, p := openStudio(t, 2), postiz{}
		s.laterChannel(t)
		environment := append(p.open(t), "CHANNEL=later")
		if said, ok := s.recipe(t, "postiz.sh", environment...); !ok || !strings.Contains(said, "is scheduled") {
			t.Fatal(said)
		}
		s.withClaim(t, recall)
		said, ok := s.recipe(t, "postiz.sh", environment...)
		if !ok || !strings.Contains(said, "was recalled: it is out of Postiz") || !strings.Contains(said, "is scheduled") || len(p.deleted) != 1 || <-p.deleted != "p1" {
			t.Errorf("%v: %s", ok, said)
		}
		if got := s.states(t); got[pipeline.Released] != 1 || got[pipeline.Scheduled] != 1 {
			t.Errorf("%v", got)
		}
		if said, ok := s.recipe(t, "postiz.sh", environment...); !ok || strings.Contains(said, "recalled") || len(p.deleted) != 0 {
			t.Errorf("it is taken back twice: %s", said)
		}
	})
	t.Run("while it was fetched", func(t *testing.T) {
		s, p := openStudio(t, 1), postiz{}
		p.fetched = func() { s.withClaim(t, recall) }
		if said, ok := s.recipe(t, "postiz.sh", p.open(t)...); ok || !strings.Contains(said, "recalled meanwhile") || len(p.posts) != 0 || s.states(t)[pipeline.Released] != 1 {
			t.Errorf("%s %v", said, s.states(t))
		}
	})
}
