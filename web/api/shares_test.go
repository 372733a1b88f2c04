package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/desk"
	"dropcut/pipeline/shares"
)

// TestWhatIsToldOfAPostIsItsRate: told twice and out of order it is counted
// once, and of what was told before its post was reported nothing is lost.
func TestWhatIsToldOfAPostIsItsRate(t *testing.T) {
	h := open(t)
	m := h.make(t, "ada", hook("One?"))
	h.channel(t, "ada", "main", nil)
	h.approve(t, m.variants[0])
	scheduler := h.token(t, "ada", pipeline.ScopeScheduler)
	_, c := h.take(t, scheduler, "k1", map[string]any{"channel": "main"})
	posted := time.Now().Add(-14 * time.Hour).UTC().Truncate(time.Second)
	at := func(d time.Duration) time.Time { return posted.Add(d) }
	early := h.call(t, scheduler, "POST", "/v1/snapshots", map[string]any{"items": []any{
		map[string]any{"source": "csv", "platform": "tiktok", "external_id": "77", "observed_at": at(6 * time.Hour), "views": 3000, "shares": 30}}})
	var kept Kept
	if early.into(t, &kept); kept.Counted != 1 || kept.Unresolved != 1 {
		t.Fatalf("%s", early.body)
	}
	if a := h.call(t, scheduler, "POST", "/v1/claims/"+c.Claims[0].ID+"/posted", map[string]any{"external_id": "77", "posted_at": posted}); a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	items := []any{
		map[string]any{"source": "csv", "post": c.Claims[0].ID, "observed_at": at(12 * time.Hour), "views": 10000, "shares": 150},
		map[string]any{"source": "csv", "post": c.Claims[0].ID, "observed_at": at(13 * time.Hour), "views": 11000, "shares": 160},
		map[string]any{"source": "csv", "post": c.Claims[0].ID, "observed_at": time.Now().Add(time.Hour), "views": 1},
		map[string]any{"source": "csv", "observed_at": at(time.Hour), "views": 1},
	}
	for range 2 {
		a := h.call(t, scheduler, "POST", "/v1/snapshots", map[string]any{"items": items})
		if a.into(t, &kept); a.status != http.StatusOK || len(kept.Refused) != 2 || kept.Counted+kept.Known != 2 || kept.Unresolved != 0 {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
	var r struct {
		Posts int
		Sums  []shares.Sum
	}
	h.call(t, scheduler, "GET", "/v1/results?by=hook_kind", nil).into(t, &r)
	if r.Posts != 1 || len(r.Sums) != 1 || r.Sums[0].Shares != 150 || r.Sums[0].Views != 10000 || r.Sums[0].Key != "question" || r.Sums[0].Low == nil || *r.Sums[0].Low >= 0.015 {
		t.Errorf("%+v", r)
	}
	var one shares.PostReport
	if a := h.call(t, scheduler, "GET", "/v1/results/posts/"+c.Claims[0].ID, nil); a.status != http.StatusOK {
		t.Errorf("%d %s", a.status, a.body)
	} else if a.into(t, &one); one.Rate.Rate == nil || *one.Rate.Rate != 0.015 || len(one.Curve) < 3 {
		t.Errorf("%s", a.body)
	}
	var whole shares.Report
	if h.call(t, scheduler, "GET", "/v1/results/recordings/"+m.rec.ID, nil).into(t, &whole); len(whole.Moments) != 1 || whole.Moments[0].Core == nil || whole.Moments[0].Core.Shares != 150 {
		t.Errorf("%+v", whole)
	}
	eve := h.token(t, "eve", pipeline.ScopeScheduler)
	if a := h.call(t, eve, "GET", "/v1/results/posts/"+c.Claims[0].ID, nil); a.status != http.StatusNotFound {
		t.Errorf("another creator sees it: %d", a.status)
	}
	if h.call(t, eve, "GET", "/v1/results", nil).into(t, &r); r.Posts != 0 {
		t.Errorf("another creator sees %+v", r)
	}
	h.posts = 1
	for _, path := range []string{"/v1/results", "/v1/results/recordings/" + m.rec.ID} {
		if a := h.call(t, scheduler, "GET", path, nil); !strings.Contains(a.body, `"older_left_out":false`) {
			t.Errorf("all is counted: %s", a.body)
		}
	}
	_, again := h.take(t, scheduler, "again", map[string]any{"channel": "main", "variant": c.Claims[0].Variant, "again": true})
	h.call(t, scheduler, "POST", "/v1/claims/"+again.Claims[0].ID+"/posted", map[string]any{"external_id": "76", "posted_at": posted.Add(-time.Hour)})
	for _, path := range []string{"/v1/results", "/v1/results/recordings/" + m.rec.ID} {
		if a := h.call(t, scheduler, "GET", path, nil); !strings.Contains(a.body, `"older_left_out":true`) || strings.Contains(a.body, again.Claims[0].ID) {
			t.Errorf("an older post is left out without a word: %s", a.body)
		}
	}
}

// TestEventsAreCountedOnceByID: and what another source says is kept apart.
func TestEventsAreCountedOnceByID(t *testing.T) {
	h := open(t)
	item := func(id, source string) map[string]any {
		return map[string]any{"id": id, "source": source, "post": "cl_1", "occurred_at": time.Now().Add(-time.Minute)}
	}
	var kept Kept
	a := h.call(t, root, "POST", "/v1/share-events?creator=ada", map[string]any{"items": []any{item("a", "shop"), item("b", "shop"), item("a", "shop"), item("a", "bot")}})
	if a.into(t, &kept); kept.Counted != 3 || kept.Known != 1 || kept.Unresolved != 4 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := h.call(t, root, "POST", "/v1/share-events", map[string]any{"items": []any{item("a", "shop")}}); a.status != http.StatusUnprocessableEntity || a.problem(t).Code != "no_creator" {
		t.Errorf("nobody's events: %d %s", a.status, a.body)
	}
}

// TestAVariantIsChosenAndTheChancesAreKept: of two hooks of one clip.
func TestAVariantIsChosenAndTheChancesAreKept(t *testing.T) {
	h := open(t)
	two := hook("Two!")
	two.Kind = "imperative"
	m := h.make(t, "ada", hook("One?"), two)
	h.channel(t, "ada", "main", nil)
	for _, v := range m.variants {
		h.approve(t, v)
	}
	h.Desk.Choose = new(desk.Chooser).Choose
	a, c := h.take(t, root, "k1", map[string]any{"channel": "main"})
	if len(c.Claims) != 1 || !strings.Contains(a.body, `"propensities":[0.5,0.5]`) || !strings.Contains(a.body, `"how":"rotate"`) || !strings.Contains(a.body, `"sure":`) {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if !slices.ContainsFunc(m.variants, func(v pipeline.Variant) bool { return v.ID == c.Claims[0].Variant }) {
		t.Errorf("%s is none of them", c.Claims[0].Variant)
	}
}
