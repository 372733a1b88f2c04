package api

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// followed is a stream of events that a client reads.
type followed struct {
	lines chan string
	stop  func()
}

// follow opens a stream and waits until it is told that it is there.
func (h *house) follow(t *testing.T, token, last string) *followed {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.URL+"/v1/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	r, err := http.DefaultClient.Do(req)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%v %v", r, err)
	}
	f := &followed{lines: make(chan string), stop: cancel}
	go func() {
		defer r.Body.Close()
		defer close(f.lines)
		for s := bufio.NewScanner(r.Body); s.Scan(); {
			select {
			case f.lines <- s.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	t.Cleanup(cancel)
	return f
}

// event is the next event's ID and what it is of, or a comment's text.
func (f *followed) event(t *testing.T) (id, what string) {
	t.Helper()
	for line := range f.lines {
		switch {
		case strings.HasPrefix(line, ":"):
			return "", line
		case strings.HasPrefix(line, "id: "):
			id = strings.TrimPrefix(line, "id: ")
		case strings.HasPrefix(line, "data: "):
			return id, line
		}
	}
	t.Fatal("the stream ended")
	return "", ""
}

// found has a creator's recordings found, and returns their IDs.
func (h *house) found(t *testing.T, creator string, n int) (out []string) {
	t.Helper()
	err := h.db.Write(t.Context(), func(tx *catalog.Tx) error {
		out = nil
		for range n {
			id := pipeline.Mint(pipeline.RecordingID)
			if err := tx.PutRecording(pipeline.Recording{ID: id, Creator: creator, Fingerprint: id, Key: creator + "/" + id, State: pipeline.RecordingFound}); err != nil {
				return err
			}
			out = append(out, id)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestWhoeverComesBackIsToldAllThatItMissed: more than is read at once, in the
// order it came, each once, and then what follows.
func TestWhoeverComesBackIsToldAllThatItMissed(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, h *house) {
		h.page = 3
		h.Server.Config.Handler = h.API.Handler()
		h.found(t, "ada", 1)
		all, err := h.db.Events(t.Context(), "ada", catalog.Since{While: time.Hour}, 9)
		if err != nil || len(all) != 1 {
			t.Fatalf("%v %v", all, err)
		}
		want := h.found(t, "ada", 10)
		f := h.follow(t, root, all[0].ID)
		for n := range 12 {
			if n == 10 {
				want = append(want, h.found(t, "ada", 2)...)
			}
			if _, what := f.event(t); !strings.Contains(what, want[n]) {
				t.Fatalf("event %d is %s, and should be of %s", n, what, want[n])
			}
		}
	})
}

// TestWhoeverComesBackIsToldWhatWasCommittedLate: two machines may commit out of
// order, so what came shortly before the last that it was told is told again.
func TestWhoeverComesBackIsToldWhatWasCommittedLate(t *testing.T) {
	t.Parallel()
	h := open(t)
	want := h.found(t, "ada", 3)
	all, err := h.db.Events(t.Context(), "ada", catalog.Since{While: time.Hour}, 9)
	if err != nil || len(all) != 3 {
		t.Fatalf("%v %v", all, err)
	}
	f := h.follow(t, root, all[1].ID)
	for _, n := range []int{0, 2} {
		if _, what := f.event(t); !strings.Contains(what, want[n]) {
			t.Errorf("%s, and should be of %s", what, want[n])
		}
	}
}

// TestAStreamIsOfOneCreatorAndOfNow: what was before it came, and what is
// another's, is not told, also not to whoever comes back.
func TestAStreamIsOfOneCreatorAndOfNow(t *testing.T) {
	t.Parallel()
	h := open(t)
	old := h.found(t, "ada", 1)
	all, err := h.db.Events(t.Context(), "", catalog.Since{While: time.Hour}, 9)
	if err != nil || len(all) != 1 {
		t.Fatalf("%v %v", all, err)
	}
	hers := h.found(t, "eve", 2)
	token := h.token(t, "ada", pipeline.ScopeScheduler)
	new, back := h.follow(t, token, ""), h.follow(t, token, all[0].ID)
	for what, f := range map[string]*followed{"new": new, "back": back} {
		if _, said := f.event(t); said != ": still here" {
			t.Fatalf("%s: begins with %s", what, said)
		}
	}
	hers = append(hers, h.found(t, "eve", 2)...)
	mine := h.found(t, "ada", 1)
	for what, f := range map[string]*followed{"new": new, "back": back} {
		if _, said := f.event(t); !strings.Contains(said, mine[0]) {
			t.Errorf("%s: told of %s; mine is %s, old %v, another's %v", what, said, mine[0], old, hers)
		}
	}
}

// TestAQuietStreamSaysThatItIsStillThere: so that whatever lies between does not
// close it.
func TestAQuietStreamSaysThatItIsStillThere(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.still = time.Millisecond
	h.Server.Config.Handler = h.API.Handler()
	f := h.follow(t, root, "")
	var said []string
	for range 3 {
		_, what := f.event(t)
		said = append(said, what)
	}
	if want := slices.Repeat([]string{": still here"}, 3); !slices.Equal(said, want) {
		t.Error(fmt.Sprint(said))
	}
}
