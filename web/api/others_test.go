package api

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// ownAlone is the operations that name nothing of anybody's: they do what is
// asked for, for whoever asks.
var ownAlone = map[string]int{"notify": http.StatusAccepted, "results": http.StatusOK}

// all is a token that may everything of one creator.
func (h *house) all(t *testing.T, creator string) string {
	t.Helper()
	return h.token(t, creator, pipeline.ScopeCreator, pipeline.ScopeEditor, pipeline.ScopeScheduler, pipeline.ScopeAdmin)
}

// TestNobodySeesWhatIsAnotherCreators: every operation of the document, with
// another creator's token and with what there is by its ID, is answered as if
// there were none; lists show nothing of it, whatever they are asked for.
func TestNobodySeesWhatIsAnotherCreators(t *testing.T) {
	t.Parallel()
	h := open(t)
	eve := h.all(t, "eve")
	theirs := h.theirs(t)
	for _, o := range describe(t, h).operations() {
		id := fmt.Sprint(o.says["operationId"])
		switch {
		case o.method == "POST" || id == "follow-events" || ownAlone[id] != 0: // below, and in events_test.go
		case id == "upload":
			if a := h.call(t, eve, "PUT", "/v1/uploads/x.mp4?creator=ada", "x", "Content-Type", "application/octet-stream"); a.status != http.StatusNotFound {
				t.Errorf("upload: %d %s", a.status, a.body)
			}
		case strings.Contains(o.path, "{"):
			url := theirs.name(t, o)
			body := map[string]any{"name": "mine", "platform": "tiktok", "zone": "UTC"}
			if strings.Contains(o.path, "/webhooks/") {
				body = map[string]any{"url": "https://example.org/mine"}
			}
			if a := h.call(t, eve, o.method, url, sent(o, body), "If-Match", "*"); a.status != http.StatusNotFound || theirs.shows(a) != "" {
				t.Errorf("%s %s: %d %s", o.method, url, a.status, a.body)
			}
			if a := h.call(t, eve, "GET", strings.Split(url, "?")[0]+"?creator=ada", nil); a.status == http.StatusOK {
				t.Errorf("GET %s for ada: %d %s", url, a.status, a.body)
			}
		default:
			theirs.lists(t, h, o, eve)
		}
	}
}

// sent is the body of an operation that takes one.
func sent(o operation, body any) any {
	if o.says["requestBody"] == nil {
		return nil
	}
	return body
}

// things are the IDs of what a creator has, by resource.
type things map[string]string

// theirs is one of everything, of ada's.
func (h *house) theirs(t *testing.T) things {
	t.Helper()
	ada := h.all(t, "ada")
	m := h.make(t, "ada", hook("One?"), hook("Two?"))
	out := things{"recordings": m.rec.ID, "moments": m.moment.ID, "clips": m.clip.ID, "variants": m.variants[0].ID, "channels": h.channel(t, "ada", "main", nil)}
	h.approve(t, m.variants[0])
	_, c := h.take(t, ada, "k", map[string]any{"channel": "main"})
	out["claims"] = c.Claims[0].ID
	h.call(t, ada, "POST", "/v1/claims/"+out["claims"]+"/posted", map[string]any{"external_id": "1"})
	out["tasks"] = strings.Split(h.landing(t, "retry").path, "/")[3]
	out["webhooks"] = h.webhook(t, ada).ID
	h.tell(t, "ada", 1)
	var list struct{ Data []struct{ ID string } }
	h.call(t, ada, "GET", "/v1/webhooks/"+out["webhooks"]+"/messages", nil).into(t, &list)
	out["messages"] = list.Data[0].ID
	h.call(t, ada, "POST", "/v1/recalls", map[string]any{"variant": m.variants[1].ID, "reason": "by_hand"})
	out["recalls"] = m.variants[1].ID
	h.call(t, ada, "POST", "/v1/marks", map[string]any{"label": "drop"})
	for what, path := range map[string]string{"tokens": "/v1/tokens", "marks": "/v1/marks", "verdicts": "/v1/verdicts"} {
		h.call(t, ada, "GET", path, nil).into(t, &list)
		out[what] = list.Data[0].ID
	}
	return out
}

// name is an operation's path with the ID of what it is of.
func (of things) name(t *testing.T, o operation) string {
	t.Helper()
	parts := strings.Split(o.path, "/")
	what := parts[max(slices.Index(parts, "{id}")-1, 0)]
	switch {
	case strings.HasSuffix(o.path, "{of}"):
		what = "recalls"
	case strings.HasPrefix(o.path, "/v1/results/posts/"):
		what = "claims"
	}
	if of[what] == "" {
		t.Fatalf("%s is new: there is nothing of theirs for it", o.path)
	}
	url := strings.NewReplacer("{id}", of[what], "{of}", of[what]).Replace(o.path)
	if strings.HasSuffix(url, "/text") {
		url += "?channel=" + of["channels"]
	}
	return url
}

// shows is which of the things an answer names; "" for none.
func (of things) shows(a answer) string {
	for what, id := range of {
		if a.status < 300 && strings.Contains(a.body, id) {
			return what
		}
	}
	return ""
}

// lists reads a list as another, also narrowed to what is theirs, and as its
// owner, who is to see some.
func (of things) lists(t *testing.T, h *house, o operation, token string) {
	t.Helper()
	ask := func(query string) answer { return h.call(t, token, "GET", o.path+query, nil) }
	queries := []string{""}
	for param, what := range map[string]string{"recording": "recordings", "moment": "moments", "clip": "clips", "variant": "variants", "channel": "channels"} {
		if hasParameter(o, "query", param) {
			queries = append(queries, "?"+param+"="+of[what])
		}
	}
	for _, q := range queries {
		if a := ask(q); a.status != http.StatusOK && a.status != http.StatusNotFound || of.shows(a) != "" {
			t.Errorf("%s%s shows %s: %d %s", o.path, q, of.shows(a), a.status, a.body)
		}
	}
	if a := h.call(t, root, "GET", o.path, nil); of.shows(a) == "" {
		t.Errorf("%s shows nothing to anybody: %s", o.path, a.body)
	}
}

// TestNobodyChangesWhatIsAnotherCreators: every POST of the document, as its
// owner would make it.
func TestNobodyChangesWhatIsAnotherCreators(t *testing.T) {
	t.Parallel()
	refused := map[string]int{"create-token": http.StatusForbidden} // tokens for one's own creator alone
	for _, id := range slices.Sorted(maps.Keys(postings)) {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			h.channel(t, "ada", "main", nil)
			m := h.make(t, "ada", hook("One?"), hook("Two?"), hook("Three?"))
			p, eve := postings[id](t, h, m), h.all(t, "eve")
			want := http.StatusNotFound
			if n := refused[id] + ownAlone[id]; n != 0 {
				want = n
			}
			if a := h.call(t, eve, "POST", p.path, p.body, "Idempotency-Key", "x"); a.status != want {
				t.Errorf("by another: %d %s", a.status, a.body)
			}
			path := strings.ReplaceAll(p.path, "?creator=ada", "")
			if a := h.call(t, h.all(t, "ada"), "POST", path, p.body, "Idempotency-Key", "x"); a.status >= 300 {
				t.Errorf("by its owner: %d %s", a.status, a.body)
			}
		})
	}
}

// TestNobodyCountsForAnotherCreatorsPost: a share that names it by its ID is one
// of nobody's.
func TestNobodyCountsForAnotherCreatorsPost(t *testing.T) {
	t.Parallel()
	h := open(t)
	claim, eve := h.theirs(t)["claims"], h.all(t, "eve")
	tell := func(token string) answer {
		return h.call(t, token, "POST", "/v1/share-events", map[string]any{"items": []any{map[string]any{"id": "1", "source": "s", "post": claim, "occurred_at": time.Now().UTC()}}})
	}
	if a := tell(eve); !strings.Contains(a.body, `"unresolved":1`) {
		t.Errorf("%s", a.body)
	}
	if a := tell(h.all(t, "ada")); !strings.Contains(a.body, `"counted":1`) || !strings.Contains(a.body, `"unresolved":0`) {
		t.Errorf("%s", a.body)
	}
}

// TestWhatIsBeingTakenInIsListedPageByPage: to whom it belongs, by key.
func TestWhatIsBeingTakenInIsListedPageByPage(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, h *house) {
		var want []string
		err := h.db.Write(t.Context(), func(tx *catalog.Tx) error {
			refused := map[string]*pipeline.Error{}
			want = nil
			for n := range 7 {
				key := fmt.Sprintf("ada/%d\n.mp4", n)
				want = append(want, key)
				if n%3 == 0 {
					refused[key] = pipeline.Fail(pipeline.Invalid, "leads_out", "", "it leads out")
					continue
				}
				a, err := tx.Seen(catalog.Arrival{Source: "in", Key: key, Version: "1", Size: 1})
				if err == nil {
					_, err = tx.Accept(a, catalog.Work{Kind: pipeline.Ingest, Subject: key, Input: "1"})
				}
				if err != nil {
					return err
				}
			}
			refused["adam/x.mp4"] = refused[want[0]]
			return tx.Refuse("in", catalog.Refused{All: refused})
		})
		if err != nil {
			t.Fatal(err)
		}
		var seen []string
		token := h.all(t, "ada")
		for cursor, pages := "", 0; pages < 9; pages++ {
			var list struct {
				Data []Landing
				Next *string `json:"next_cursor"`
			}
			h.call(t, token, "GET", "/v1/landings?limit=3&cursor="+cursor, nil).into(t, &list)
			for _, l := range list.Data {
				seen = append(seen, l.Key)
			}
			if list.Next == nil {
				break
			}
			cursor = *list.Next
		}
		if !slices.Equal(seen, want) {
			t.Errorf("%q", seen)
		}
	})
}
