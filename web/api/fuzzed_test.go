package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"dropcut/faultstest"
	"dropcut/pipeline"
)

// TestEveryAnswerIsAsDocumented: calls that are made out of the document, good,
// nearly good and hostile, against the real thing on each engine. Each operation
// is called well at least once, but for those that seldom can be.
func TestEveryAnswerIsAsDocumented(t *testing.T) {
	good, calls := map[string]int{}, 0
	var d *described
	both(t, func(t *testing.T, h *house) {
		h.Secrets = map[string][]string{"ada": {inboundSecret}}
		d = describe(t, h)
		s := &asks{Rand: faultstest.Rand(t), described: d, known: h.stocked(t)}
		calls += h.asked(t, s, 30*faultstest.Times(), good)
	})
	for _, o := range d.operations() {
		if id := o.says["operationId"].(string); good[id] == 0 && seldom[id] == "" {
			t.Errorf("%s was never called well", id)
		}
	}
	t.Logf("%d calls of %d operations, well: %v", calls, len(d.operations()), good)
}

// seldom is what may never be called well by calls that are made up, and why.
var seldom = map[string]string{
	"create-verdict":   "the digest is to be that very variant's",
	"create-recall":    "one of three things is to be named, and no other",
	"edit-channel":     "the name is to be its own, or nobody's",
	"report-scheduled": "few claims are not over",
	"report-released":  "few claims are not over",
	"report-failed":    "few claims are not over",
	"report-removed":   "few claims are posts",
	"retry-recordings": "few have failed, and each is retried once",
	"retry-variants":   "few have failed, and each is retried once",
	"remove-webhook":   "there are few, and they come last",
}

// asked makes so many rounds of calls, counts those that went well by operation,
// and says how many there were.
func (h *house) asked(t *testing.T, s *asks, rounds int, good map[string]int) (calls int) {
	t.Helper()
	told := map[string]bool{} // once of each operation and fault
	var goes, ends []operation
	for _, o := range s.operations() {
		if o.method == "DELETE" {
			ends = append(ends, o)
		} else {
			goes = append(goes, o)
		}
	}
	for _, all := range [][]operation{goes, ends} { // what ends things comes last
		for range rounds {
			for _, o := range all {
				ask := s.make(o)
				if isInbound(o) && s.IntN(5) > 0 {
					ask.sign(t, fmt.Sprint("msg_", calls))
				}
				a := h.answerTo(t, ask, root)
				calls++
				if wrong := s.judge(o, a); wrong != "" && !told[o.at+wrong] {
					told[o.at+wrong] = true
					t.Errorf("%s %.300s\n%v\n%.500s\n%d %.500s\n%s", ask.method, ask.url, ask.headers, ask.body, a.status, a.body, wrong)
				}
				if ask.spoilt != "" && a.status < 400 {
					t.Errorf("%s is taken: %s %s %.500s: %d", ask.spoilt, ask.method, ask.url, ask.body, a.status)
				}
				if a.status < 300 {
					good[o.says["operationId"].(string)]++
					s.learn(a.body)
				}
			}
		}
	}
	return calls
}

// inboundSecret is with which strangers sign what they tell of ada's posts.
const inboundSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// sign signs a message as a stranger does.
func (a *ask) sign(t *testing.T, id string) {
	t.Helper()
	hook, err := standardwebhooks.NewWebhook(inboundSecret)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	signature, err := hook.Sign(id, now, []byte(a.body))
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(a.headers, map[string]string{"webhook-id": id, "webhook-timestamp": strconv.FormatInt(now.Unix(), 10), "webhook-signature": signature})
}

// answerTo calls as asked.
func (h *house) answerTo(t *testing.T, ask ask, token string) answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, ask.method, h.URL+ask.url, strings.NewReader(ask.body))
	if err != nil {
		t.Fatalf("%s: %v", ask.url, err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for k, v := range ask.headers {
		req.Header.Set(k, v)
	}
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", ask.method, ask.url, err)
	}
	defer r.Body.Close()
	if strings.HasPrefix(r.Header.Get("Content-Type"), "text/event-stream") {
		return answer{r.StatusCode, r.Header, ""} // it does not end
	}
	said, err := io.ReadAll(r.Body)
	if err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return answer{r.StatusCode, r.Header, string(said)}
}

// stocked puts something of everything there, and names it by resource.
func (h *house) stocked(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{"nothing": {"no_such"}, "channels": {"main", h.channel(t, "ada", "main", nil)}, "tasks": {strings.Split(h.landing(t, "retry").path, "/")[3]}}
	for n := range 8 {
		m := h.make(t, "ada", hook("One?"), hook("Two?"))
		for _, v := range m.variants[:1] {
			h.approve(t, v)
			out["digests"] = append(out["digests"], v.Made.Digest)
			out["variants"] = append(out["variants"], v.ID)
		}
		offered := h.variant(t, m, "1:1", hook("One?"), pipeline.VariantOffered, 5)
		out["variants"] = append(out["variants"], offered.ID)
		out["recordings"], out["moments"], out["clips"] = append(out["recordings"], m.rec.ID), append(out["moments"], m.moment.ID), append(out["clips"], m.clip.ID)
		if n < 7 {
			_, c := h.take(t, root, fmt.Sprint("k", n), map[string]any{"channel": "main"})
			out["claims"] = append(out["claims"], c.Claims[0].ID)
		}
	}
	h.token(t, "ada", pipeline.ScopeScheduler)
	var tokens struct{ Data []struct{ ID string } }
	h.call(t, root, "GET", "/v1/tokens", nil).into(t, &tokens)
	out["tokens"] = []string{tokens.Data[0].ID}
	var w struct{ ID string }
	h.call(t, root, "POST", "/v1/webhooks?creator=ada", map[string]any{"url": "https://example.com/hook"}).into(t, &w)
	out["webhooks"] = []string{w.ID}
	h.tell(t, "ada", 1)
	h.call(t, root, "GET", "/v1/webhooks/"+w.ID+"/messages", nil).into(t, &tokens)
	out["messages"] = []string{tokens.Data[0].ID}
	for range 3 {
		m := h.make(t, "ada", hook("One?"), hook("Two?"), hook("Three?"))
		h.stopped(t, m, "recordings", m.rec.ID)
		out["recordings"], out["moments"], out["variants"] = append(out["recordings"], m.rec.ID), append(out["moments"], m.moment.ID), append(out["variants"], m.variants[2].ID)
	}
	h.drop(t, "ada/show.mp4")
	h.call(t, root, "POST", "/v1/claims/"+out["claims"][0]+"/posted", map[string]any{})
	out["posts"] = out["claims"][:1]
	for i := 1; i < 16; i += 2 { // those that are only offered
		v := out["variants"][i]
		h.call(t, root, "POST", "/v1/recalls", map[string]any{"variant": v, "reason": "by_hand"})
		out["of"] = append(out["of"], v)
	}
	return out
}

// TestWhatIsNoOperationIsAProblem: each path with each method that it has not.
func TestWhatIsNoOperationIsAProblem(t *testing.T) {
	h := open(t)
	d := describe(t, h)
	has := map[string][]string{}
	for _, o := range d.operations() {
		path := strings.NewReplacer("{id}", "x_1", "{of}", "v_1", "{creator}", "ada", "{name}", "x.mp4").Replace(o.path)
		has[path] = append(has[path], o.method)
	}
	for path, methods := range has {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"} {
			if slices.Contains(methods, method) || method == "HEAD" && slices.Contains(methods, "GET") {
				continue
			}
			a := h.call(t, root, method, path, nil)
			if a.status != http.StatusMethodNotAllowed || a.header.Get("Content-Type") != "application/problem+json" || !allows(a.header.Get("Allow"), methods) {
				t.Errorf("%s %s: %d %v %s, has %v", method, path, a.status, a.header, a.body, methods)
			}
			if method != "HEAD" && a.problem(t).Code != "method_not_allowed" {
				t.Errorf("%s %s: %s", method, path, a.body)
			}
		}
		for _, beyond := range []string{path + "/x/y/z", path + "%2f/x"} {
			if strings.HasPrefix(path, "/v1/uploads/") {
				continue // a name may have folders
			}
			if a := h.call(t, root, "GET", beyond, nil); a.status != http.StatusNotFound || a.problem(t).Code == "" {
				t.Errorf("GET %s: %d %s", beyond, a.status, a.body)
			}
		}
		if slices.Contains(methods, "GET") && path != "/v1/events" {
			get, head := h.call(t, root, "GET", path, nil), h.call(t, root, "HEAD", path, nil)
			if head.status != get.status || head.body != "" || head.header.Get("Content-Type") != get.header.Get("Content-Type") {
				t.Errorf("HEAD %s: %d %q %v; GET: %d %v", path, head.status, head.body, head.header, get.status, get.header)
			}
		}
	}
}

func allows(header string, methods []string) bool {
	var all []string
	for _, m := range strings.Split(header, ",") {
		all = append(all, strings.TrimSpace(m))
	}
	return slices.Equal(slices.Sorted(slices.Values(all)), slices.Sorted(slices.Values(methods)))
}

// TestNothingThatIsMadeUpIsHadWithoutAToken: whatever else is said.
func TestNothingThatIsMadeUpIsHadWithoutAToken(t *testing.T) {
	h := open(t)
	d := describe(t, h)
	s := &asks{Rand: faultstest.Rand(t), described: d, known: h.stocked(t)}
	for _, o := range d.operations() {
		if fmt.Sprint(o.says["security"]) != "[map[token:[]]]" {
			continue
		}
		for n := range 10 {
			a := h.answerTo(t, s.make(o), []string{"", "dc_wrong", "\u00e9", "' OR 1=1"}[n%4])
			if a.status != http.StatusUnauthorized || d.judge(o, a) != "" {
				t.Errorf("%s %s: %d %s", o.method, o.path, a.status, a.body)
			}
		}
	}
}
