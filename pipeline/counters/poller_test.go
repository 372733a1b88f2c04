package counters

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

const secret = "act.example12345Example12345Example"

// recorded serves the answer that a platform gives, from testdata, and keeps
// what it was asked.
type recorded struct {
	mu     sync.Mutex
	status int
	body   string
	header http.Header
	asked  []string
}

func (s *recorded) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	s.asked = append(s.asked, r.Method+" "+r.URL.String()+" "+string(body))
	if r.Header.Get("Authorization") != "Bearer "+secret {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	for name, all := range s.header {
		w.Header()[name] = all
	}
	w.WriteHeader(s.status)
	_, _ = io.WriteString(w, s.body)
}

func (s *recorded) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

func answer(t testing.TB, status int, file string) (*recorded, string) {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	s := &recorded{status: status, body: string(body), header: http.Header{}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return s, server.URL
}

func openBoth(t testing.TB, url string) (*TikTok, *OnX) {
	t.Helper()
	tok, err1 := OpenTikTok(Access{url, secret})
	x, err2 := OpenX(Access{url, secret})
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	return tok, x
}

func told(all map[string]Counters) string {
	b, _ := json.Marshal(all)
	return string(b)
}

func TestTikTokIsAskedAsItsPageSays(t *testing.T) {
	s, url := answer(t, 200, "tiktok.json")
	tok, _ := openBoth(t, url)
	got, err := tok.Counters(t.Context(), []string{"1234123412345678567", "1010102020203030303"})
	want := `{"1234123412345678567":{"Views":18400,"Shares":31,"Likes":1200,"Comments":48}}`
	if err != nil || told(got) != want {
		t.Errorf("%s, %v, want %s", told(got), err, want)
	}
	asked := `POST /v2/video/query/?fields=id,view_count,share_count,like_count,comment_count {"filters":{"video_ids":["1234123412345678567","1010102020203030303"]}}`
	if all := s.all(); len(all) != 1 || all[0] != asked {
		t.Errorf("asked %q, want %q", all, asked)
	}
}

func TestXIsAskedAsItsPageSaysAndQuotesAreShares(t *testing.T) {
	s, url := answer(t, 200, "x.json")
	_, x := openBoth(t, url)
	got, err := x.Counters(t.Context(), []string{"2074000000000000001", "2074000000000000002"})
	want := `{"2074000000000000001":{"Views":10050,"Shares":7,"Likes":14,"Comments":3}}`
	if err != nil || told(got) != want {
		t.Errorf("%s, %v, want %s", told(got), err, want)
	}
	asked := "GET /2/tweets?ids=2074000000000000001%2C2074000000000000002&tweet.fields=public_metrics "
	if all := s.all(); len(all) != 1 || all[0] != asked {
		t.Errorf("asked %q, want %q", all, asked)
	}
}

func TestWhatAPlatformRefusesHasAKindAndNeverTheKey(t *testing.T) {
	until := time.Now().Add(7 * time.Minute).Truncate(time.Second)
	for _, c := range []struct {
		why    string
		status int
		file   string
		kind   pipeline.Kind
		code   string
		busy   bool
	}{
		{"a token that ran out", 401, "tiktok_401.json", pipeline.Usage, "bad_key", false},
		{"enough requests", 429, "tiktok_429.json", pipeline.Unavailable, "busy", true},
		{"a fault of theirs", 500, "tiktok_500.json", pipeline.Unavailable, "no_answer", false},
		{"something else", 200, "page.html", pipeline.Unavailable, "no_answer", false},
		{"X, a token that is none", 401, "x_401.json", pipeline.Usage, "bad_key", false},
		{"X, enough requests", 429, "x_429.json", pipeline.Unavailable, "busy", true},
		{"moved, perhaps to a thief", 302, "page.html", pipeline.Unavailable, "no_answer", false},
	} {
		s, url := answer(t, c.status, c.file)
		s.header.Set("x-rate-limit-reset", fmt.Sprint(until.Unix()))
		s.header.Set("Location", "http://127.0.0.1:1/")
		tok, x := openBoth(t, url)
		for _, p := range []Platform{tok, x} {
			_, err := p.Counters(t.Context(), []string{"1"})
			e := pipeline.AsError(err, "")
			if e.Kind != c.kind || e.Code != c.code || strings.Contains(fmt.Sprintf("%v %+v", err, e), secret) {
				t.Errorf("%s, %s: %s %s: %v", c.why, p.Name(), e.Kind, e.Code, err)
			}
			if b, ok := isBusy(err); ok != c.busy || ok && !b.Until.Equal(until) {
				t.Errorf("%s, %s: busy %v: %v", c.why, p.Name(), ok, err)
			}
		}
	}
}

func TestAKeyIsSentNowhereInTheClear(t *testing.T) {
	for _, a := range []Access{{"http://example.com", secret}, {"ftp://example.com", secret}, {"https://user:pass@example.com", secret}, {"https://example.com/?a=b", secret}, {"%zz", secret}, {"", ""}, {"", "two words"}} {
		if _, err := OpenTikTok(a); pipeline.KindOf(err) != pipeline.Usage || strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "pass") {
			t.Errorf("%+v: %v", a, err)
		}
	}
	if _, err := OpenX(Access{Key: secret}); err != nil {
		t.Error(err)
	}
}

func TestTheWindowsEndIsAskedForOnBothSides(t *testing.T) {
	posted := time.Date(2026, 7, 18, 9, 0, 0, 0, time.UTC)
	var got []string
	for at := posted; !at.IsZero(); at = nextAfter(posted, at) {
		got = append(got, at.Sub(posted).String())
	}
	want := "0s 15m0s 30m0s 1h0m0s 2h0m0s 4h0m0s 8h0m0s 11h59m0s 12h0m0s 24h0m0s"
	if strings.Join(got, " ") != want {
		t.Errorf("%q, want %s", got, want)
	}
	if got := nextAfter(posted, posted.Add(5*time.Hour)); !got.Equal(posted.Add(8 * time.Hour)) {
		t.Errorf("late: %v", got)
	}
}

// polled is a catalogue with posts of so long ago, by their ID.
func polled(t *testing.T, posts map[string]time.Duration) *catalog.DB {
	t.Helper()
	db, err := catalog.Open(t.Context(), filepath.Join(t.TempDir(), "c.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	for id, ago := range posts {
		put(t, db, func(tx *catalog.Tx) error {
			return tx.PutPost(pipeline.Post{ID: "cl_" + id, Creator: "ada", Platform: pipeline.TikTok, ExternalID: id, PostedAt: time.Now().Add(-ago)})
		})
	}
	return db
}

func put(t *testing.T, db *catalog.DB, f func(tx *catalog.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// watched waits until f holds while pollers run.
func watched(t *testing.T, db *catalog.DB, on Platform, members int, f func() bool) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for n := range members {
		p := &Poller{Catalog: db, Platforms: []Platform{on}, Member: fmt.Sprint("m", n), Look: 20 * time.Millisecond, Log: slog.New(slog.DiscardHandler)}
		all.Go(func() { p.Run(ctx) })
	}
	for end := time.Now().Add(30 * time.Second); !f() && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond)
	}
	time.Sleep(100 * time.Millisecond) // for what should not come
	stop()
	all.Wait()
}

func TestPostsArePolledOnceByManyMembers(t *testing.T) {
	t.Parallel()
	s, url := answer(t, 200, "tiktok.json")
	tok, _ := openBoth(t, url)
	posts := map[string]time.Duration{"1234123412345678567": time.Minute, "1010102020203030303": 13 * time.Hour, "future": -time.Hour}
	for i := range 30 {
		posts[fmt.Sprint("gone", i)] = time.Hour
	}
	db := polled(t, posts)
	watched(t, db, tok, 4, func() bool { return len(s.all()) >= 2 })
	if all := s.all(); len(all) != 2 || strings.Contains(strings.Join(all, ""), "future") {
		t.Errorf("32 posts, twenty a request, were asked for in %d requests", len(all))
	}
	put(t, db, func(tx *catalog.Tx) error {
		got, err := tx.SnapshotsOf("cl_1234123412345678567")
		none, more := tx.SnapshotsOf("cl_1010102020203030303")
		if len(got) != 1 || got[0].Source != "tiktok_api" || *got[0].Views != 18400 || *got[0].Shares != 31 || time.Since(got[0].At).Abs() > time.Minute {
			t.Errorf("%+v", got)
		}
		if len(none) != 0 {
			t.Errorf("a post that is not shown has counters: %+v", none)
		}
		return errors.Join(err, more)
	})
}

func TestAPlatformThatIsBusyIsLeftAloneAndAskedAgain(t *testing.T) {
	t.Parallel()
	s, url := answer(t, 429, "tiktok_429.json")
	s.header.Set("x-rate-limit-reset", fmt.Sprint(time.Now().Add(2*time.Second).Unix()))
	tok, _ := openBoth(t, url)
	db := polled(t, map[string]time.Duration{"1234123412345678567": time.Minute})
	good, err := os.ReadFile(filepath.Join("testdata", "tiktok.json"))
	if err != nil {
		t.Fatal(err)
	}
	watched(t, db, tok, 1, func() bool {
		if all := s.all(); len(all) == 1 {
			s.mu.Lock()
			s.status, s.body = 200, string(good)
			s.mu.Unlock()
		}
		return len(s.all()) > 1
	})
	put(t, db, func(tx *catalog.Tx) error {
		got, err := tx.SnapshotsOf("cl_1234123412345678567")
		if n := len(s.all()); n != 2 || len(got) != 1 {
			t.Errorf("asked %d times, and %d snapshots are kept", n, len(got))
		}
		return err
	})
}
