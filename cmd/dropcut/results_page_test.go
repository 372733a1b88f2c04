//go:build linux

package main

import (
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// hostile is a label that would be markup, and a script.
const hostile = `<img src=x onerror="document.title='owned'"> & </h2>`

// layApproved has a catalogue know a recording of ada's with one approved core,
// before a service opens it; it names the moment.
func (s stall) layApproved(t *testing.T) string {
	t.Helper()
	if err := os.MkdirAll(s.path("svc"), 0o755); err != nil {
		t.Fatal(err)
	}
	db, err := catalog.Open(t.Context(), s.path("svc/"+catalogFile))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rec := pipeline.Recording{ID: pipeline.Mint(pipeline.RecordingID), Creator: "ada", Fingerprint: "f", Key: "ada/show.mp4", Folder: "ada/shows/s", State: pipeline.RecordingDone}
	rec.Media.Rate = timeline.NewRate(30, 1)
	m := pipeline.Moment{ID: pipeline.Mint(pipeline.MomentID), Recording: rec.ID, State: pipeline.MomentMade, Label: hostile, Window: timeline.Window{In: 0, Out: 3000}}
	c := pipeline.Clip{ID: pipeline.Mint(pipeline.ClipID), Moment: m.ID, Kind: pipeline.Core, N: 1, Parts: []timeline.Window{{In: 0, Out: 2100}}}
	v := pipeline.Variant{ID: pipeline.Mint(pipeline.VariantID), Clip: c.ID, State: pipeline.VariantApproved, Revision: 1, HookN: 1,
		Hook: pipeline.Hook{Text: "Is this <b>it</b>?", From: "plan", Kind: "question"}, Look: pipeline.Look{Aspect: "9:16", Layout: "fill", Style: "phrase", Language: "en"}}
	v.Made = &pipeline.MadeFile{Key: "ada/shows/s/m/core.mp4", Digest: storage.DigestBytes([]byte("core")), Width: 1080, Height: 1920, Frames: 2100, Bytes: 9_000_000}
	r := pipeline.Ready{Variant: v.ID, Creator: "ada", Recording: rec.ID, Moment: m.ID, Clip: c.ID, Kind: c.Kind, Digest: v.Made.Digest, File: v.Made.Key, Look: v.Look, Hook: v.Hook,
		Label: m.Label, LengthMS: 70_000, Bytes: v.Made.Bytes, Width: 1080, Height: 1920, Approved: time.Now()}
	err = db.Write(t.Context(), func(tx *catalog.Tx) error {
		return errors.Join(tx.PutRecording(rec), tx.PutMarks(rec.ID, nil), tx.PutMoment(m), tx.PutClip(c, false), tx.PutVariant(v), tx.PutReady(r))
	})
	if err != nil {
		t.Fatal(err)
	}
	return m.ID
}

// posts has what is approved posted on a channel, and counted; it answers when,
// by the channel's clock.
func (v *served) posts(t *testing.T) string {
	t.Helper()
	calls := func(path string, body, doc any, want int) {
		if got := v.send(t, v.token(t), "POST", path, body, doc); got != want {
			t.Fatalf("%s: %d", path, got)
		}
	}
	calls("/v1/channels?creator=ada", map[string]any{"name": "main-1", "platform": "other", "zone": "Asia/Tokyo"}, nil, http.StatusCreated)
	var got struct{ Claims []struct{ ID string } }
	calls("/v1/claims", map[string]any{"channel": "main-1"}, &got, http.StatusOK)
	if len(got.Claims) != 1 {
		t.Fatalf("%+v", got)
	}
	id, posted := got.Claims[0].ID, time.Now().Add(-20*time.Hour).UTC().Truncate(time.Second)
	calls("/v1/claims/"+id+"/posted", map[string]any{"url": "https://video.example/77", "posted_at": posted}, nil, http.StatusOK)
	var items []any
	for _, at := range []struct {
		hours         int
		views, shares int
	}{{1, 900, 31}, {3, 4000, 70}, {6, 7500, 101}, {12, 10000, 150}, {13, 11000, 160}} {
		items = append(items, map[string]any{"source": "csv", "post": id, "observed_at": posted.Add(time.Duration(at.hours) * time.Hour), "views": at.views, "shares": at.shares})
	}
	calls("/v1/snapshots?creator=ada", map[string]any{"items": items}, nil, http.StatusOK)
	return posted.In(time.FixedZone("", 9*3600)).Format("2006-01-02 at 15:04")
}

// TestThePageOfResultsShowsWhatPostsEarned: from the leaderboard to a moment's
// report, with keys alone and on a phone, by day and by night; what others wrote
// is text and nothing else.
func TestThePageOfResultsShowsWhatPostsEarned(t *testing.T) {
	t.Parallel()
	var moment string
	v, browser, token := pageOf(t, func(s stall) { moment = s.layApproved(t) })
	posted := v.posts(t)
	for scheme, of := range map[string]string{"dark": "0", "light": "1"} {
		p := openPhone(t, browser, v.address, chromedp.Flag("blink-settings", "preferredColorScheme="+of))
		p.do(t, chromedp.EmulateViewport(390, 844), chromedp.Navigate(p.site+"/results"))
		p.until(t, `!document.getElementById("who").hidden && document.activeElement.id === "token"`)
		p.reaches(t, scheme+", without a token")
		p.do(t, chromedp.SendKeys("#token", token+"\r"))
		p.until(t, `document.querySelectorAll("#sums .card").length === 1 && document.querySelectorAll("#recordings li").length === 1`)
		p.looks(t, "results-board-"+scheme)
		p.reaches(t, scheme+", the leaderboard")
		p.says(t, scheme, "#sums", "1. core: "+hostile, "1.5 %", "150 re-shares of 10,000 views", "95 %: 1.28 % to 1.76 %", "final", "1 post counted", "posted at "+posted[len(posted)-5:len(posted)-3]+" h local")
		if got := strings.Join(p.tabs(t), ", "); strings.Contains(got, "unseen") || !strings.Contains(got, "ada/show.mp4") {
			t.Errorf("%s: Tab goes to %s", scheme, got)
		}
		p.do(t, chromedp.Focus("#sums a"), chromedp.KeyEvent("\r"))
		p.until(t, `!document.getElementById("report").hidden && document.activeElement.id === "`+moment+`"`)
		p.looks(t, "results-report-"+scheme)
		p.reaches(t, scheme+", a report")
		p.says(t, scheme, "#report", hostile, "Core: the micro-share rate", "150 re-shares of 10,000 views", "Posted on main-1 (other) "+posted+" local", "Is this <b>it</b>?",
			"told by csv", "After 12 h: 150 re-shares (solid) and 10,000 views (dashed)")
		p.until(t, `document.querySelectorAll("svg polyline").length === 2 && [...document.querySelectorAll("svg polyline")].every(l => l.getBoundingClientRect().height > 40)`)
		p.do(t, chromedp.ScrollIntoView("svg"))
		p.looks(t, "results-curve-"+scheme)
		p.until(t, `document.title === "dropcut: results" && !document.querySelector("#report img, #report b") && document.documentElement.scrollWidth <= innerWidth`)
		p.until(t, `document.querySelector("#report .post a").href === "https://video.example/77"`)
		p.do(t, chromedp.Focus("#back"), chromedp.KeyEvent("\r"))
		p.until(t, `!document.getElementById("board").hidden && document.getElementById("report").hidden`)
	}
	answer, err := http.Get(v.address + "/results")
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if csp := answer.Header.Get("Content-Security-Policy"); answer.StatusCode != http.StatusOK || !strings.Contains(csp, "default-src 'none'; script-src 'self'; style-src 'self'") {
		t.Errorf("%s %q", answer.Status, csp)
	}
	v.leave(t)
}

// says checks that a part of the page says all that.
func (p *phone) says(t *testing.T, when, part string, want ...string) {
	t.Helper()
	text, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`document.querySelector("`+part+`").innerText`))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("%s: no %q in %s", when, w, text)
		}
	}
}
