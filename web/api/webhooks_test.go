package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// hooked is a webhook as it is answered.
type hooked struct{ ID, URL, Secret, Disabled string }

// webhook adds one as token.
func (h *house) webhook(t *testing.T, token string) hooked {
	t.Helper()
	var w hooked
	a := h.call(t, token, "POST", "/v1/webhooks", map[string]any{"url": "https://example.org/in"})
	if a.into(t, &w); a.status != http.StatusCreated || a.header.Get("ETag") != `"1"` || !strings.HasPrefix(w.Secret, "whsec_") {
		t.Fatalf("%d %s", a.status, a.body)
	}
	return w
}

// tell tells a creator's webhooks of so many variants.
func (h *house) tell(t *testing.T, creator string, n int) {
	t.Helper()
	err := h.db.Write(t.Context(), func(tx *catalog.Tx) error {
		for i := range n {
			if err := tx.Tell(creator, pipeline.TellVariantReady, pipeline.ReadyVariant{Variant: fmt.Sprint("v_", i)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAWebhooksSecretIsShownOnce: not in lists, not in what is answered again.
func TestAWebhooksSecretIsShownOnce(t *testing.T) {
	h := open(t)
	ada := h.token(t, "ada", pipeline.ScopeCreator)
	body := map[string]any{"url": "https://example.org/in", "kinds": []string{"variant.ready"}}
	var w, rotated hooked
	h.call(t, ada, "POST", "/v1/webhooks", body, "Idempotency-Key", "one").into(t, &w)
	if a := h.call(t, ada, "POST", "/v1/webhooks", body, "Idempotency-Key", "one"); a.status != http.StatusConflict || a.problem(t).Code != "shown_once" {
		t.Errorf("again: %d %s", a.status, a.body)
	}
	a := h.call(t, ada, "POST", "/v1/webhooks/"+w.ID+"/rotate", map[string]any{"overlap_ms": 60_000}, "Idempotency-Key", "two")
	if a.into(t, &rotated); a.status != http.StatusOK || a.header.Get("ETag") != `"2"` || rotated.Secret == w.Secret || !strings.Contains(a.body, "old_secret_until") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := h.call(t, ada, "POST", "/v1/webhooks/"+w.ID+"/rotate", map[string]any{"overlap_ms": 60_000}, "Idempotency-Key", "two"); a.status != http.StatusConflict {
		t.Errorf("a secret is changed, or shown, twice by one call: %d %s", a.status, a.body)
	}
	for _, path := range []string{"/v1/webhooks", "/v1/webhooks/" + w.ID} {
		if a := h.call(t, ada, "GET", path, nil); a.status != http.StatusOK || strings.Contains(a.body, "whsec_") || !strings.Contains(a.body, w.ID) {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	err := h.db.Read(t.Context(), func(tx *catalog.Tx) error {
		all, err := tx.Tokens("ada", "", 1)
		if err != nil {
			return err
		}
		for _, key := range []string{"one", "two"} {
			if a, known, err := tx.Answered(all[0].ID, key, ""); err != nil || !known || strings.Contains(a.Body, "whsec_") {
				t.Errorf("kept of %s: %v %q %v", key, known, a.Body, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAWebhookIsEditedAsItWasRead: an edit over another's is refused.
func TestAWebhookIsEditedAsItWasRead(t *testing.T) {
	h := open(t)
	ada := h.token(t, "ada", pipeline.ScopeCreator)
	w := h.webhook(t, ada)
	path := "/v1/webhooks/" + w.ID
	off := map[string]any{"url": "https://example.org/new", "disabled": "by_hand"}
	if a := h.call(t, ada, "PUT", path, off); a.status != http.StatusPreconditionRequired {
		t.Errorf("%d %s", a.status, a.body)
	}
	a := h.call(t, ada, "PUT", path, off, "If-Match", `"1"`)
	var now hooked
	if a.into(t, &now); a.status != http.StatusOK || now.URL != "https://example.org/new" || now.Disabled != "by_hand" {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if a := h.call(t, ada, "PUT", path, off, "If-Match", `"1"`); a.status != http.StatusPreconditionFailed {
		t.Errorf("what was edited since: %d %s", a.status, a.body)
	}
	h.tell(t, "ada", 1)
	var list struct{ Data []struct{ ID, State string } }
	if h.call(t, ada, "GET", path+"/messages", nil).into(t, &list); len(list.Data) != 1 || list.Data[0].State != "held" {
		t.Fatalf("%+v", list)
	}
	if a := h.call(t, ada, "POST", "/v1/messages/"+list.Data[0].ID+"/redeliver", nil); a.status != http.StatusConflict || a.problem(t).Code != "webhook_disabled" {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := h.call(t, ada, "PUT", path, map[string]any{"url": w.URL}, "If-Match", a.header.Get("ETag")); a.status != http.StatusOK || strings.Contains(a.body, "disabled") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := h.call(t, ada, "GET", path+"/messages?state=waiting", nil); !strings.Contains(a.body, list.Data[0].ID) {
		t.Errorf("what was held does not wait: %s", a.body)
	}
	if a := h.call(t, ada, "DELETE", path, nil); a.status != http.StatusNoContent {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := h.call(t, ada, "GET", path, nil); a.status != http.StatusNotFound {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestAWebhookLeadsNowhereInside: what the sender would refuse is not kept.
func TestAWebhookLeadsNowhereInside(t *testing.T) {
	h := open(t)
	ada := h.token(t, "ada", pipeline.ScopeCreator)
	w := h.webhook(t, ada)
	for _, bad := range []string{"http://example.org/in", "https://127.0.0.1/in", "https://169.254.169.254/latest", "https://[::1]/in", "https://ada:secret@example.org/", "https://10.0.0.1/", "nonsense"} {
		for _, c := range [][2]string{{"POST", "/v1/webhooks"}, {"PUT", "/v1/webhooks/" + w.ID}} {
			a := h.call(t, ada, c[0], c[1], map[string]any{"url": bad}, "If-Match", "*")
			if p := a.problem(t); a.status != http.StatusUnprocessableEntity || len(p.Errors) != 1 || p.Errors[0].Pointer != "/url" {
				t.Errorf("%s %s: %d %s", c[0], bad, a.status, a.body)
			}
		}
	}
	if a := h.call(t, ada, "POST", "/v1/webhooks", map[string]any{"url": "https://example.org/", "kinds": []string{"variant.read"}}); a.status != http.StatusUnprocessableEntity || a.problem(t).Errors[0].Pointer != "/kinds/0" {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestEveryMessageIsListedOnce: page after page, newest first; any is sent again.
func TestEveryMessageIsListedOnce(t *testing.T) {
	h := open(t)
	ada := h.token(t, "ada", pipeline.ScopeCreator)
	w := h.webhook(t, ada)
	h.tell(t, "ada", 5)
	h.tell(t, "ada", 2)
	var seen []string
	var last string
	for cursor := ""; ; {
		var list struct {
			Data []struct {
				ID   string
				Body struct{ Data struct{ Variant string } }
			}
			Next *string `json:"next_cursor"`
		}
		a := h.call(t, ada, "GET", "/v1/webhooks/"+w.ID+"/messages?limit=3&cursor="+cursor, nil)
		if a.into(t, &list); a.status != http.StatusOK {
			t.Fatalf("%d %s", a.status, a.body)
		}
		for _, m := range list.Data {
			seen, last = append(seen, m.Body.Data.Variant), m.ID
		}
		if list.Next == nil {
			break
		}
		cursor = *list.Next
	}
	if got := strings.Join(seen, " "); got != "v_1 v_0 v_4 v_3 v_2 v_1 v_0" {
		t.Errorf("listed %s", got)
	}
	if a := h.call(t, ada, "GET", "/v1/webhooks/"+w.ID+"/messages?cursor=bXNnXzE", nil); a.status != http.StatusUnprocessableEntity || a.problem(t).Code != "bad_cursor" {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := h.call(t, ada, "POST", "/v1/messages/"+last+"/redeliver", nil); a.status != http.StatusAccepted || !strings.Contains(a.body, `"state":"waiting"`) {
		t.Errorf("%d %s", a.status, a.body)
	}
	eve := h.token(t, "eve", pipeline.ScopeCreator)
	for _, c := range [][2]string{{"GET", "/v1/webhooks/" + w.ID}, {"PUT", "/v1/webhooks/" + w.ID}, {"DELETE", "/v1/webhooks/" + w.ID}, {"POST", "/v1/webhooks/" + w.ID + "/rotate"},
		{"GET", "/v1/webhooks/" + w.ID + "/messages"}, {"POST", "/v1/messages/" + last + "/redeliver"}} {
		var body any
		switch {
		case c[0] == "PUT":
			body = map[string]any{"url": "https://example.org/eve"}
		case strings.HasSuffix(c[1], "rotate"):
			body = map[string]any{}
		}
		if a := h.call(t, eve, c[0], c[1], body, "If-Match", "*"); a.status != http.StatusNotFound {
			t.Errorf("%s %s: %d %s", c[0], c[1], a.status, a.body)
		}
	}
	if a := h.call(t, eve, "GET", "/v1/webhooks", nil); strings.Contains(a.body, w.ID) {
		t.Errorf("%s", a.body)
	}
	if a := h.call(t, h.token(t, "ada", pipeline.ScopeScheduler), "GET", "/v1/webhooks", nil); a.status != http.StatusForbidden {
		t.Errorf("%d %s", a.status, a.body)
	}
}
