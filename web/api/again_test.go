package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// posting is a POST that can be made: where to, with what, and what else it
// might say.
type posting struct {
	path  string
	body  any
	other any  // another body; nil: the path names another thing
	once  bool // it shows a secret, once: made again it says so, and shows none
}

// postings makes ready what each POST of the document needs, by its operationId.
var postings = map[string]func(t *testing.T, h *house, m made) posting{
	"create-channel": func(*testing.T, *house, made) posting {
		body := map[string]any{"name": "other", "platform": "tiktok", "zone": "UTC"}
		return posting{path: "/v1/channels?creator=ada", body: body, other: map[string]any{"name": "third", "platform": "tiktok", "zone": "UTC"}}
	},
	"create-claims": func(t *testing.T, h *house, m made) posting {
		h.approve(t, m.variants[0])
		return posting{path: "/v1/claims", body: map[string]any{"channel": "main"}, other: map[string]any{"channel": "main", "max": 2}}
	},
	"report-scheduled": func(t *testing.T, h *house, m made) posting {
		at := func(in time.Duration) any { return map[string]any{"at": time.Now().Add(in).UTC()} }
		return posting{path: h.handed(t, m, "scheduled"), body: at(time.Hour), other: at(2 * time.Hour)}
	},
	"report-posted": func(t *testing.T, h *house, m made) posting {
		return posting{path: h.handed(t, m, "posted"), body: map[string]any{"external_id": "1"}, other: map[string]any{"external_id": "2"}}
	},
	"report-failed": func(t *testing.T, h *house, m made) posting {
		return posting{path: h.handed(t, m, "failed"), body: map[string]any{"code": "too_long", "retryable": true}, other: map[string]any{"code": "too_long", "retryable": false}}
	},
	"report-removed": func(t *testing.T, h *house, m made) posting {
		path := h.handed(t, m, "removed")
		h.call(t, root, "POST", strings.Replace(path, "removed", "posted", 1), map[string]any{})
		return posting{path: path, body: map[string]any{}, other: map[string]any{"removed_at": time.Now().UTC()}}
	},
	"report-released": func(t *testing.T, h *house, m made) posting {
		return posting{path: h.handed(t, m, "released")}
	},
	"create-mark": func(*testing.T, *house, made) posting {
		return posting{path: "/v1/marks?creator=ada", body: map[string]any{"label": "drop"}, other: map[string]any{"label": "reveal"}}
	},
	"create-verdict": func(_ *testing.T, _ *house, m made) posting {
		says := func(s string) any {
			return map[string]any{"variant": m.variants[0].ID, "digest": m.variants[0].Made.Digest, "says": s}
		}
		return posting{path: "/v1/verdicts", body: says("approve"), other: says("reject")}
	},
	"create-recall": func(_ *testing.T, _ *house, m made) posting {
		over := func(i int) any { return map[string]any{"variant": m.variants[i].ID, "reason": "by_hand"} }
		return posting{path: "/v1/recalls", body: over(0), other: over(1)}
	},
	"create-recording": func(t *testing.T, h *house, _ made) posting {
		for _, key := range []string{"ada/a.mp4", "ada/b.mp4"} {
			h.drop(t, key)
		}
		return posting{path: "/v1/recordings", body: map[string]any{"key": "ada/a.mp4"}, other: map[string]any{"key": "ada/b.mp4"}}
	},
	"cancel-recording": func(t *testing.T, h *house, m made) posting {
		h.working(t, m)
		return posting{path: "/v1/recordings/" + m.rec.ID + "/cancel"}
	},
	"cancel-task":      func(t *testing.T, h *house, _ made) posting { return h.landing(t, "cancel") },
	"retry-recordings": func(t *testing.T, h *house, m made) posting { return h.stopped(t, m, "recordings", m.rec.ID) },
	"retry-moments":    func(t *testing.T, h *house, m made) posting { return h.stopped(t, m, "moments", m.moment.ID) },
	"retry-variants":   func(t *testing.T, h *house, m made) posting { return h.stopped(t, m, "variants", m.variants[2].ID) },
	"retry-tasks": func(t *testing.T, h *house, _ made) posting {
		p := h.landing(t, "retry")
		h.call(t, root, "POST", strings.Replace(p.path, "retry", "cancel", 1), nil)
		return p
	},
	"make-variant": func(t *testing.T, h *house, m made) posting {
		return posting{path: "/v1/variants/" + h.variant(t, m, "1:1", hook("One?"), pipeline.VariantOffered, 5).ID + "/make"}
	},
	"notify": func(*testing.T, *house, made) posting {
		return posting{path: "/v1/notifications", body: map[string]any{"Records": []any{}}, other: map[string]any{}}
	},
	"create-share-events": func(*testing.T, *house, made) posting {
		told := func(id string) any {
			return map[string]any{"items": []any{map[string]any{"id": id, "source": "s", "post": "p", "occurred_at": time.Now().UTC()}}}
		}
		return posting{path: "/v1/share-events?creator=ada", body: told("1"), other: told("2")}
	},
	"create-snapshots": func(*testing.T, *house, made) posting {
		told := func(views int) any {
			return map[string]any{"items": []any{map[string]any{"views": views, "source": "s", "post": "p", "observed_at": time.Now().UTC()}}}
		}
		return posting{path: "/v1/snapshots?creator=ada", body: told(1), other: told(2)}
	},
	"create-token": func(*testing.T, *house, made) posting {
		body := func(name string) any {
			return map[string]any{"name": name, "creator": "ada", "scopes": []string{"editor"}}
		}
		return posting{path: "/v1/tokens", body: body("one"), other: body("two"), once: true}
	},
	"create-webhook": func(*testing.T, *house, made) posting {
		return posting{path: "/v1/webhooks?creator=ada", body: map[string]any{"url": "https://example.org/a"}, other: map[string]any{"url": "https://example.org/b"}, once: true}
	},
	"rotate-webhook": func(t *testing.T, h *house, _ made) posting {
		w := h.webhook(t, h.token(t, "ada", pipeline.ScopeCreator))
		return posting{path: "/v1/webhooks/" + w.ID + "/rotate", body: map[string]any{"overlap_ms": 60_000}, other: map[string]any{"overlap_ms": 1}, once: true}
	},
	"redeliver-message": func(t *testing.T, h *house, _ made) posting {
		w := h.webhook(t, h.token(t, "ada", pipeline.ScopeCreator))
		h.tell(t, "ada", 1)
		var list struct{ Data []struct{ ID string } }
		h.call(t, root, "GET", "/v1/webhooks/"+w.ID+"/messages", nil).into(t, &list)
		return posting{path: "/v1/messages/" + list.Data[0].ID + "/redeliver"}
	},
}

// handed is where to report of a claim.
func (h *house) handed(t *testing.T, m made, what string) string {
	t.Helper()
	h.approve(t, m.variants[0])
	a, c := h.take(t, root, "handed", map[string]any{"channel": "main"})
	if len(c.Claims) != 1 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	return "/v1/claims/" + c.Claims[0].ID + "/" + what
}

// drop puts an object into the source.
func (h *house) drop(t *testing.T, key string) {
	t.Helper()
	if _, err := h.Source.Put(t.Context(), key, strings.NewReader("x"), ""); err != nil {
		t.Fatal(err)
	}
}

// working has work to do for a recording.
func (h *house) working(t *testing.T, m made) {
	t.Helper()
	if err := h.db.Write(t.Context(), func(tx *catalog.Tx) error {
		_, err := tx.Enqueue(catalog.Work{Kind: pipeline.Detect, Subject: m.rec.ID, Recording: m.rec.ID, Input: "1"})
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// landing has something be taken in.
func (h *house) landing(t *testing.T, what string) posting {
	t.Helper()
	var all []catalog.Landing
	if err := h.db.Write(t.Context(), func(tx *catalog.Tx) error {
		a, err := tx.Seen(catalog.Arrival{Source: "in", Key: "ada/a.mp4", Version: "1", Size: 1})
		if err == nil {
			_, err = tx.Accept(a, catalog.Work{Kind: pipeline.Ingest, Subject: "in ada/a.mp4", Input: "1"})
		}
		if err == nil {
			all, err = tx.Landings()
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return posting{path: "/v1/tasks/" + all[0].Task + "/" + what}
}

// stopped has a recording, its moment and a variant of it be failed.
func (h *house) stopped(t *testing.T, m made, kind, id string) posting {
	t.Helper()
	why := pipeline.Fail(pipeline.Internal, "broken", "", "it broke")
	m.rec.State, m.rec.Failure = pipeline.RecordingFailed, why
	m.moment.State, m.moment.Failure = pipeline.MomentFailed, why
	v := m.variants[2]
	v.State, v.Failure = pipeline.VariantFailed, why
	if err := h.db.Write(t.Context(), func(tx *catalog.Tx) error {
		for _, put := range []func() error{func() error { return tx.PutRecording(m.rec) }, func() error { return tx.PutMoment(m.moment) }, func() error { return tx.PutVariant(v) }} {
			if err := put(); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return posting{path: "/v1/" + kind + "/" + id + "/retry"}
}

var expires = regexp.MustCompile(`"(url_)?expires(_at)?":"[^"]*"`)

// state is what everybody sees: every list, what there is to do, what was told
// and how often the source was looked at.
func (h *house) state(t *testing.T, d *described, m made) string {
	t.Helper()
	var out []string
	for _, o := range d.operations() {
		if o.method != "GET" || strings.Contains(o.path, "{") || slices.Contains([]string{"/v1/events", "/v1/results"}, o.path) {
			continue
		}
		a := h.call(t, root, "GET", o.path, nil)
		if a.status != http.StatusOK {
			t.Fatalf("GET %s: %d %s", o.path, a.status, a.body)
		}
		out = append(out, o.path+" "+expires.ReplaceAllString(a.body, ""))
	}
	var hooks struct{ Data []struct{ ID string } }
	h.call(t, root, "GET", "/v1/webhooks", nil).into(t, &hooks)
	for _, w := range hooks.Data {
		out = append(out, h.call(t, root, "GET", "/v1/webhooks/"+w.ID+"/messages", nil).body)
	}
	err := h.db.Read(t.Context(), func(tx *catalog.Tx) error {
		rows, err := tx.ToDo(m.rec.ID)
		if err != nil {
			return err
		}
		counts, err := tx.WorkCounts(m.rec.ID)
		if err != nil {
			return err
		}
		strays, err := tx.Strays("ada", 10)
		text, _ := json.Marshal([]any{rows, counts, strays})
		out = append(out, string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(append(out, fmt.Sprint("told ", h.told), fmt.Sprint("looked ", h.looks)), "\n")
}

// TestACancelSaysWhatItEnded: the same of a recording that has nothing left to
// do is taken, changes nothing and says so.
func TestACancelSaysWhatItEnded(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.make(t, "ada", hook("One?"))
	h.working(t, m)
	for _, want := range []string{`"ended":1`, `"ended":0`} {
		if a := h.call(t, root, "POST", "/v1/recordings/"+m.rec.ID+"/cancel", nil); a.status != http.StatusAccepted || !strings.Contains(a.body, want) {
			t.Errorf("%d %s; want %s", a.status, a.body, want)
		}
	}
}

// TestEveryPostThatIsMadeAgainWithItsKeyIsAnsweredAsBefore: it does nothing
// twice; the key is refused for another call; another key is another call.
// Whoever adds a POST says here how it is made.
func TestEveryPostThatIsMadeAgainWithItsKeyIsAnsweredAsBefore(t *testing.T) {
	t.Parallel()
	posts := map[string]bool{}
	for _, o := range describe(t, open(t)).operations() {
		if o.method != "POST" || isInbound(o) { // a stranger's message has an ID of its own
			continue
		}
		id := o.says["operationId"].(string)
		posts[id] = true
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			ready, known := postings[id]
			if !known {
				t.Fatalf("POST %s is new: postings does not say how it is made", o.path)
			}
			h := open(t)
			h.channel(t, "ada", "main", nil)
			m := h.make(t, "ada", hook("One?"), hook("Two?"), hook("Three?"))
			p := ready(t, h, m)
			if shape := o.path; !regexp.MustCompile(`^` + strings.ReplaceAll(regexp.QuoteMeta(shape), `\{id\}`, `[^/?]+`) + `(\?|$)`).MatchString(p.path) {
				t.Fatalf("%s is not %s", p.path, shape)
			}
			h.isAnsweredAsBefore(t, p, m)
		})
	}
	for id := range postings {
		if !posts[id] {
			t.Errorf("%s is no POST of the document", id)
		}
	}
}

func (h *house) isAnsweredAsBefore(t *testing.T, p posting, m made) {
	t.Helper()
	d := describe(t, h)
	before := h.state(t, d, m)
	first := h.call(t, root, "POST", p.path, p.body, "Idempotency-Key", "one")
	if first.status < 200 || first.status > 299 || first.header.Get("Idempotency-Replayed") != "" {
		t.Fatalf("%s: %d %s", p.path, first.status, first.body)
	}
	left := h.state(t, d, m)
	if left == before {
		t.Errorf("%s did nothing that is seen", p.path)
	}
	again := h.call(t, root, "POST", p.path, p.body, "Idempotency-Key", "one")
	switch {
	case p.once:
		if again.status != http.StatusConflict || again.problem(t).Code != "shown_once" {
			t.Errorf("%s again: %d %s", p.path, again.status, again.body)
		}
	case again.status != first.status || again.body != first.body || again.header.Get("Idempotency-Replayed") != "true":
		t.Errorf("%s: %d %s, then %d %s (replayed %q)", p.path, first.status, first.body, again.status, again.body, again.header.Get("Idempotency-Replayed"))
	}
	path, body := p.path, p.other
	if body == nil {
		parts := strings.Split(path, "/")
		parts[3] = strings.SplitN(parts[3], "_", 2)[0] + "_other"
		path = strings.Join(parts, "/")
	}
	if a := h.call(t, root, "POST", path, body, "Idempotency-Key", "one"); a.status != http.StatusUnprocessableEntity || a.problem(t).Code != "key_reused" {
		t.Errorf("another call with its key: POST %s: %d %s", path, a.status, a.body)
	}
	if now := h.state(t, d, m); now != left {
		t.Errorf("%s was done twice:\n%s\nthen\n%s", p.path, left, now)
	}
}
