package api

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// TestWhatIsWrongIsSaidWithItsPlace: problem+json with a code, and a pointer or
// the parameter's name, for whatever is sent.
func TestWhatIsWrongIsSaidWithItsPlace(t *testing.T) {
	h := open(t)
	h.channel(t, "ada", "main", map[string]any{"account": "@neon"})
	long := `{"channel":"` + strings.Repeat("x", mostBody) + `"}`
	channel := map[string]any{"name": "x", "platform": "tiktok", "zone": "Europe/Berlin"}
	with := func(k string, v any) map[string]any {
		out := map[string]any{}
		for name, value := range channel {
			out[name] = value
		}
		out[k] = v
		return out
	}
	for _, c := range []struct {
		method, path string
		body         any
		headers      []string
		status       int
		code, place  string
	}{
		{"POST", "/v1/claims", `{"channel":`, []string{"Idempotency-Key", "a"}, 400, "malformed", ""},
		{"POST", "/v1/claims", map[string]any{"channel": "main"}, nil, 422, "invalid", "Idempotency-Key"},
		{"POST", "/v1/claims", map[string]any{"channel": "main", "chanel": 1}, []string{"Idempotency-Key", "a"}, 422, "invalid", "/chanel"},
		{"POST", "/v1/claims", map[string]any{"channel": "main", "max": "ten"}, []string{"Idempotency-Key", "a"}, 422, "invalid", "/max"},
		{"POST", "/v1/claims", map[string]any{"channel": "none"}, []string{"Idempotency-Key", "a"}, 404, "no_such_channel", ""},
		{"POST", "/v1/claims", long, []string{"Idempotency-Key", "a"}, 413, "too_large", ""},
		{"POST", "/v1/claims", "channel=main", []string{"Idempotency-Key", "a", "Content-Type", "application/x-www-form-urlencoded"}, 415, "unsupported_media_type", ""},
		{"GET", "/v1/clips?momnet=m_1", nil, nil, 422, "invalid", "momnet"},
		{"GET", "/v1/clips?limit=1000", nil, nil, 422, "invalid", "limit"},
		{"GET", "/v1/clips?cursor=nonsense", nil, nil, 422, "bad_cursor", ""},
		{"GET", "/v1/nothing", nil, nil, 404, "no_such_path", ""},
		{"PATCH", "/v1/claims", nil, nil, 405, "method_not_allowed", ""},
		{"POST", "/v1/channels?creator=ada", with("zone", "Mars/Olympus"), nil, 422, "unknown_zone", "/zone"},
		{"POST", "/v1/channels?creator=ada", with("name", "main"), nil, 409, "channel_exists", "/name"},
		{"POST", "/v1/channels?creator=ada", with("account", "neon"), nil, 409, "account_exists", "/account"},
		{"POST", "/v1/channels?creator=ada", with("slots", []any{map[string]any{"at": "25:00"}}), nil, 422, "", "/slots/0/at"},
		{"PUT", "/v1/channels/main", channel, nil, 428, "no_precondition", ""},
		{"PUT", "/v1/channels/main", channel, []string{"If-Match", `"9"`}, 412, "stale", ""},
		{"GET", "/v1/recordings/r_none", nil, nil, 404, "no_such_recording", ""},
		{"POST", "/v1/recordings", map[string]any{"key": "../etc/passwd"}, nil, 422, "bad_key", ""},
		{"POST", "/v1/recordings", map[string]any{"key": "ada/jfk.wav"}, nil, 422, "no_picture", "/key"},
		{"POST", "/v1/recordings", map[string]any{"key": "ada/show.srt"}, nil, 422, "not_a_recording", "/key"},
		{"POST", "/v1/verdicts", map[string]any{"variant": "v_1", "digest": "md5:1", "says": "maybe"}, nil, 422, "invalid", "/says"},
	} {
		a := h.call(t, root, c.method, c.path, c.body, c.headers...)
		p := a.problem(t)
		if a.status != c.status || p.Status != c.status || c.code != "" && p.Code != c.code || p.Detail == "" || p.Title == "" || p.RequestID == "" {
			t.Errorf("%s %s: %d %s", c.method, c.path, a.status, a.body)
		}
		if c.place != "" && !slices.ContainsFunc(p.Errors, func(w Wrong) bool { return w.Pointer == c.place || w.Parameter == c.place }) {
			t.Errorf("%s %s does not point at %s: %s", c.method, c.path, c.place, a.body)
		}
		if strings.Contains(a.body, strings.Repeat("x", 1000)) {
			t.Errorf("%s %s says all that was sent again", c.method, c.path)
		}
	}
	if a := h.call(t, root, "PATCH", "/v1/claims", nil); a.header.Get("Allow") != "GET, POST" {
		t.Errorf("allowed: %q", a.header.Get("Allow"))
	}
}

// TestAHintSaysWhatToSend: with an example, where a form or a name is asked for.
func TestAHintSaysWhatToSend(t *testing.T) {
	t.Parallel()
	h := open(t)
	key := []string{"Idempotency-Key", "a"}
	for _, c := range []struct {
		method, path string
		body         any
		headers      []string
		says         string
	}{
		{"POST", "/v1/claims", map[string]any{"channel": "main"}, nil, "Idempotency-Key: any text of yours"},
		{"POST", "/v1/claims", "channel=main", append(key, "Content-Type", "text/plain"), "Content-Type: application/json"},
		{"POST", "/v1/claims", map[string]any{"channel": "none"}, key, "GET /v1/channels"},
		{"GET", "/v1/variants/v_none", nil, nil, "GET /v1/variants"},
		{"POST", "/v1/recalls", map[string]any{"variant": "v_none", "reason": "sold_out"}, key, "GET /v1/variants"},
		{"POST", "/v1/marks", map[string]any{"label": "x"}, key, "?creator=NAME"},
		{"POST", "/v1/marks", map[string]any{"label": "x"}, key, "--creator NAME"},
		{"POST", "/v1/marks?creator=ada", map[string]any{"at": "20:15"}, key, "2026-03-01T20:15:00+01:00"},
		{"POST", "/v1/claims/cl_1/scheduled", map[string]any{"at": "tomorrow"}, key, "2026-03-01T20:15:00+01:00"},
		{"POST", "/v1/marks?creator=ada", map[string]any{"at_ms": 1}, key, "2026-03-01T20:15:00+01:00"},
		{"POST", "/v1/recalls", map[string]any{"variant": "v_none", "reason": "sold out"}, key, "such as sold_out"},
		{"POST", "/v1/verdicts", map[string]any{"variant": "v_1", "digest": "md5:1", "says": "approve"}, key, "sha256: and 64 digits"},
	} {
		a := h.call(t, root, c.method, c.path, c.body, c.headers...)
		if p := a.problem(t); a.status < 400 || !strings.Contains(p.Hint+"\n"+p.Detail, c.says) || strings.Contains(p.Detail, "pattern ^") {
			t.Errorf("%s %s %v: no %q in %s", c.method, c.path, c.body, c.says, a.body)
		}
	}
}

// TestEveryPageIsReachedByItsCursor: newest first, each once, however they change.
func TestEveryPageIsReachedByItsCursor(t *testing.T) {
	h := open(t)
	want := map[string]bool{}
	for i := range 7 {
		want[h.channel(t, "ada", fmt.Sprint("c", i), nil)] = true
	}
	var seen []string
	for cursor, pages := "", 0; ; pages++ {
		var list struct {
			Data []struct{ ID string }
			Next *string `json:"next_cursor"`
		}
		h.call(t, root, "GET", "/v1/channels?limit=3&cursor="+cursor, nil).into(t, &list)
		for _, c := range list.Data {
			seen = append(seen, c.ID)
		}
		if list.Next == nil {
			break
		}
		if cursor = *list.Next; pages == 0 {
			h.channel(t, "ada", "meanwhile", nil)
		}
	}
	if len(seen) != len(want) || !slices.IsSortedFunc(seen, func(a, b string) int { return strings.Compare(b, a) }) {
		t.Errorf("%v", seen)
	}
}

// TestAnEditSaysWhatItEdits: the second of two that read the same is refused.
func TestAnEditSaysWhatItEdits(t *testing.T) {
	h := open(t)
	h.channel(t, "ada", "main", nil)
	tag := h.call(t, root, "GET", "/v1/channels/main", nil).header.Get("ETag")
	body := map[string]any{"name": "main", "platform": "tiktok", "zone": "Asia/Tokyo", "paused": true}
	if a := h.call(t, root, "PUT", "/v1/channels/main", body, "If-Match", tag); a.status != http.StatusOK || a.header.Get("ETag") == tag {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := h.call(t, root, "PUT", "/v1/channels/main", body, "If-Match", tag); a.status != http.StatusPreconditionFailed {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a, _ := h.take(t, root, "k", map[string]any{"channel": "main"}); a.status != http.StatusNoContent {
		t.Errorf("a paused channel: %d %s", a.status, a.body)
	}
}

// TestACallThatIsMadeAgainDoesNothingTwice: a POST with its key, whatever it is.
func TestACallThatIsMadeAgainDoesNothingTwice(t *testing.T) {
	h := open(t)
	m := h.make(t, "ada", hook("One?"))
	v := m.variants[0]
	for _, c := range []struct {
		path string
		body any
	}{
		{"/v1/channels?creator=ada", map[string]any{"name": "main", "platform": "tiktok", "zone": "UTC"}},
		{"/v1/verdicts", map[string]any{"variant": v.ID, "digest": v.Made.Digest, "says": "approve"}},
		{"/v1/share-events?creator=ada", map[string]any{"items": []any{map[string]any{"id": "1", "source": "s", "post": "p", "occurred_at": time.Now()}}}},
		{"/v1/recalls", map[string]any{"variant": v.ID, "reason": "by_hand"}},
	} {
		first := h.call(t, root, "POST", c.path, c.body, "Idempotency-Key", c.path)
		again := h.call(t, root, "POST", c.path, c.body, "Idempotency-Key", c.path)
		if first.status >= 300 || first.status != again.status || first.body != again.body || again.header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("%s: %d %s, then %d %s", c.path, first.status, first.body, again.status, again.body)
		}
	}
	if n := count(h.told, "variant.ready"); n != 1 {
		t.Errorf("told %d times", n)
	}
}

func count(all []string, one string) (n int) {
	for _, s := range all {
		if s == one {
			n++
		}
	}
	return n
}

// TestARequestHasAnID: the caller's where it is one, else ours.
func TestARequestHasAnID(t *testing.T) {
	h := open(t)
	if a := h.call(t, root, "GET", "/v1/clips", nil, "X-Request-Id", "mine-1"); a.header.Get("X-Request-Id") != "mine-1" {
		t.Error(a.header)
	}
	if a := h.call(t, root, "GET", "/v1/clips", nil, "X-Request-Id", "not <good>"); !strings.HasPrefix(a.header.Get("X-Request-Id"), "q_") {
		t.Error(a.header)
	}
}

// TestTheDocumentIsShownWithoutAnythingFromElsewhere: the page names no other host.
func TestTheDocumentIsShownWithoutAnythingFromElsewhere(t *testing.T) {
	h := open(t)
	for _, path := range []string{"/v1/docs", "/v1/docs.js", "/v1/docs.css"} {
		a := h.call(t, "", "GET", path, nil)
		if a.status != http.StatusOK || strings.Contains(a.body, "//cdn") || strings.Contains(a.body, "https://") || !strings.Contains(a.header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: %d %v", path, a.status, a.header)
		}
	}
	if a := h.call(t, "", "GET", "/v1/openapi.json", nil); !strings.Contains(a.body, `"openapi": "3.1.0"`) || !strings.Contains(a.body, `"version": "1"`) {
		t.Errorf("%d, or it says which build this is", a.status)
	}
}

// TestAStrangerTellsWhatItSigns: once by the message's ID, and nobody else may.
func TestAStrangerTellsWhatItSigns(t *testing.T) {
	h := open(t)
	const secret, other = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	h.Secrets = map[string][]string{"ada": {secret}}
	body := fmt.Sprintf(`{"type":"share.events","data":{"events":[{"id":"1","source":"shop","post":"p","occurred_at":%q}]}}`, time.Now().Add(-time.Minute).UTC().Format(time.RFC3339))
	send := func(creator, secret, body string, at time.Time) answer {
		hook, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			t.Fatal(err)
		}
		sign, err := hook.Sign("msg_1", at, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		return h.call(t, "", "POST", "/v1/inbound/"+creator, body, "webhook-id", "msg_1", "webhook-timestamp", strconv.FormatInt(at.Unix(), 10), "webhook-signature", sign)
	}
	for what, a := range map[string]answer{"another's secret": send("ada", other, body, time.Now()), "a creator without one": send("eve", secret, body, time.Now()),
		"an hour ago": send("ada", secret, body, time.Now().Add(-time.Hour)), "none": h.call(t, root, "POST", "/v1/inbound/ada", body)} {
		if p := a.problem(t); a.status != http.StatusUnauthorized || p.Code == "" {
			t.Errorf("%s: %d %s", what, a.status, a.body)
		}
	}
	for what, body := range map[string]string{"a field more": strings.Replace(body, `"data"`, `"more":1,"data"`, 1), "a field more of an item": strings.Replace(body, `"post"`, `"more":1,"post"`, 1),
		"two messages": body + body, "too many": `{"type":"share.events","data":{"events":[` + strings.Repeat("{},", mostItems) + `{}]}}`} {
		if p := send("ada", secret, body, time.Now()).problem(t); p.Status != http.StatusUnprocessableEntity || p.Code != "invalid" {
			t.Errorf("%s: %+v", what, p)
		}
	}
	for range 2 {
		var kept Kept
		if a := send("ada", secret, body, time.Now()); a.status != http.StatusOK {
			t.Errorf("%d %s", a.status, a.body)
		} else if a.into(t, &kept); kept.Counted != 1 {
			t.Errorf("%s", a.body)
		}
	}
	if a := h.call(t, h.token(t, "ada", pipeline.ScopeScheduler), "POST", "/v1/share-events", map[string]any{"items": []any{map[string]any{"id": "1", "source": "shop", "post": "p", "occurred_at": time.Now()}}}); !strings.Contains(a.body, `"known":1`) {
		t.Errorf("it was counted twice, or not at all: %s", a.body)
	}
}

// TestAnAnswerIsKeptForAWhile: then the same key is a new call.
func TestAnAnswerIsKeptForAWhile(t *testing.T) {
	h := open(t)
	body := map[string]any{"name": "main", "platform": "tiktok", "zone": "UTC"}
	call := func() answer {
		return h.call(t, root, "POST", "/v1/channels?creator=ada", body, "Idempotency-Key", "one")
	}
	if first, again := call(), call(); first.status != http.StatusCreated || again.body != first.body {
		t.Fatalf("%d %s", again.status, again.body)
	}
	var gone int64
	err := h.db.AtDesk(t.Context(), func(tx *catalog.Tx) (err error) {
		gone, err = tx.ForgetAnswers(-time.Minute)
		return err
	})
	if a := call(); err != nil || gone != 1 || a.status != http.StatusConflict {
		t.Errorf("%d forgotten (%v), then %d %s", gone, err, a.status, a.body)
	}
}
