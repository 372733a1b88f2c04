package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

func hook(text string) pipeline.Hook {
	return pipeline.Hook{Text: text, From: "label", Kind: "question"}
}

// TestAClipGoesFromVerdictToPost is the way of one clip, as an editor and a
// scheduler walk it.
func TestAClipGoesFromVerdictToPost(t *testing.T) {
	h := open(t)
	editor, scheduler := h.token(t, "ada", pipeline.ScopeEditor), h.token(t, "ada", pipeline.ScopeScheduler)
	m := h.make(t, "ada", hook("One?"), hook("Two?"))
	channel := h.channel(t, "ada", "main", nil)
	if a, _ := h.take(t, scheduler, "k0", map[string]any{"channel": "main"}); a.status != http.StatusNoContent || a.body != "" || !strings.Contains(a.header.Get("Link"), channel) {
		t.Fatalf("what nobody approved is handed out: %d %s", a.status, a.body)
	}
	var why struct {
		Reasons []struct{ Code string }
	}
	if h.call(t, scheduler, "GET", "/v1/channels/main/reasons", nil).into(t, &why); len(why.Reasons) != 1 || why.Reasons[0].Code != "nothing_approved" {
		t.Errorf("%+v", why)
	}
	v := m.variants[0]
	if a := h.call(t, editor, "POST", "/v1/verdicts", map[string]any{"variant": v.ID, "digest": "sha256:" + strings.Repeat("0", 64), "says": "approve"}); a.status != http.StatusPreconditionFailed {
		t.Errorf("another file is approved: %d %s", a.status, a.body)
	}
	for _, one := range m.variants {
		if a := h.call(t, editor, "POST", "/v1/verdicts", map[string]any{"variant": one.ID, "digest": one.Made.Digest, "says": "approve"}); a.status != http.StatusCreated {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	for what, is := range map[string]string{"kind": "short", "aspect": "1:1"} { // it is a core, 9:16
		if none, _ := h.take(t, scheduler, "none of "+is, map[string]any{"channel": "main", what: is}); none.status != http.StatusNoContent {
			t.Errorf("%s %s: %d %s", what, is, none.status, none.body)
		}
	}
	a, c := h.take(t, scheduler, "k1", map[string]any{"channel": "main", "max": 5, "kind": "core", "aspect": "9:16"})
	if a.status != http.StatusOK || len(c.Claims) != 1 || c.Claims[0].Clip != m.clip.ID {
		t.Fatalf("two hooks of one clip are one post: %d %s", a.status, a.body)
	}
	one := c.Claims[0]
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(one.File.URL, ".mp4?") || one.File.Digest != v.Made.Digest || one.Text.Description == "" || len(one.Fit) == 0 || !strings.HasPrefix(one.PostAtLocal, one.PostAt.In(berlin).Format("2006-01-02T15:04:05")) || !strings.HasSuffix(one.PostAtLocal, one.PostAt.In(berlin).Format("-07:00")) {
		t.Errorf("%+v", one)
	}
	if again, _ := h.take(t, scheduler, "k1", map[string]any{"channel": "main", "max": 5, "kind": "core", "aspect": "9:16"}); again.body != a.body || again.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("a lost answer: %s", again.body)
	}
	if other, _ := h.take(t, scheduler, "k1", map[string]any{"channel": "main", "max": 6}); other.status != http.StatusUnprocessableEntity || other.problem(t).Code != "key_reused" {
		t.Errorf("the same key for another call: %d %s", other.status, other.body)
	}
	if none, _ := h.take(t, scheduler, "k2", map[string]any{"channel": "main"}); none.status != http.StatusNoContent {
		t.Errorf("a clip is handed out twice: %s", none.body)
	}
	at := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	path := "/v1/claims/" + one.ID
	if a := h.call(t, scheduler, "POST", path+"/scheduled", map[string]any{"at": at, "draft_id": "d1"}); a.status != http.StatusOK || !strings.Contains(a.body, `"state":"scheduled"`) || !strings.Contains(a.body, `"draft_id":"d1"`) {
		t.Errorf("%d %s", a.status, a.body)
	}
	posted := map[string]any{"url": "https://tiktok.example/1", "external_id": "1"}
	for range 2 {
		if a := h.call(t, scheduler, "POST", path+"/posted", posted); a.status != http.StatusOK || !strings.Contains(a.body, `"external_id":"1"`) {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
	if a := h.call(t, scheduler, "POST", path+"/released", nil); a.status != http.StatusConflict || a.problem(t).Code != "bad_change" {
		t.Errorf("a post is given back: %d %s", a.status, a.body)
	}
	if a := h.call(t, scheduler, "POST", path+"/removed", map[string]any{}); a.status != http.StatusOK {
		t.Errorf("%d %s", a.status, a.body)
	}
	var posts struct{ Data []struct{ ID, State string } }
	if h.call(t, scheduler, "GET", "/v1/posts", nil).into(t, &posts); len(posts.Data) != 1 || posts.Data[0].State != "removed" {
		t.Errorf("%+v", posts)
	}
	if want := []string{"variant.ready", "variant.ready", "clip.posted"}; !slices.Equal(h.told, want) {
		t.Errorf("told %v", h.told)
	}
	if again, _ := h.take(t, scheduler, "k3", map[string]any{"channel": "main", "variant": m.variants[1].ID, "again": true}); again.status != http.StatusOK {
		t.Errorf("what is asked for again: %d %s", again.status, again.body)
	}
}

// TestWhatIsRecalledIsNotPosted: no new claims, and live posts are listed.
func TestWhatIsRecalledIsNotPosted(t *testing.T) {
	h := open(t)
	offer := pipeline.Hook{Text: "50 left", From: "plan", Kind: "offer", Offer: true}
	m := h.make(t, "ada", offer, hook("Two?"))
	h.channel(t, "ada", "main", map[string]any{"platform": "instagram"})
	h.channel(t, "ada", "second", map[string]any{"platform": "instagram"})
	for _, v := range m.variants {
		h.approve(t, v)
	}
	_, c := h.take(t, root, "k1", map[string]any{"channel": "main", "variant": m.variants[0].ID})
	if len(c.Claims) != 1 {
		t.Fatal("nothing was claimed")
	}
	h.call(t, root, "POST", "/v1/claims/"+c.Claims[0].ID+"/posted", map[string]any{"url": "https://instagram.example/p/1"})
	other := h.make(t, "ada", hook("Three?"))
	h.approve(t, other.variants[0])
	if _, c := h.take(t, root, "k0", map[string]any{"channel": "main", "variant": other.variants[0].ID}); len(c.Claims) != 1 {
		t.Fatal("nothing was claimed")
	}
	h.call(t, root, "POST", "/v1/recalls", map[string]any{"variant": other.variants[0].ID, "reason": "by_hand"})
	a := h.call(t, root, "POST", "/v1/recalls", map[string]any{"recording": m.rec.ID, "reason": "sold_out"})
	var r Recalled
	if a.into(t, &r); a.status != http.StatusCreated || !slices.Equal(r.Variants, []string{m.variants[0].ID}) || len(r.Claims) != 1 || r.Claims[0].URL == "" {
		t.Fatalf("%d %s", a.status, a.body)
	}
	var out struct{ Data []struct{ ID string } }
	if h.call(t, root, "GET", r.At, nil).into(t, &out); r.Count != 1 || len(out.Data) != 1 || out.Data[0].ID != c.Claims[0].ID {
		t.Errorf("%d, and %s lists %v", r.Count, r.At, out.Data)
	}
	if !slices.Contains(h.told, "variant.revoked") {
		t.Errorf("nobody is told: %v", h.told)
	}
	_, c = h.take(t, root, "k2", map[string]any{"channel": "second", "max": 9})
	if len(c.Claims) != 1 || c.Claims[0].Variant != m.variants[1].ID {
		t.Errorf("%+v", c)
	}
	if a := h.call(t, root, "POST", "/v1/verdicts", map[string]any{"variant": m.variants[0].ID, "digest": m.variants[0].Made.Digest, "says": "reject"}); a.status != http.StatusCreated {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := h.call(t, root, "POST", "/v1/verdicts", map[string]any{"variant": m.variants[0].ID, "digest": m.variants[0].Made.Digest, "says": "approve"}); a.status != http.StatusConflict || a.problem(t).Code != "recalled" {
		t.Errorf("what was recalled is approved: %d %s", a.status, a.body)
	}
	var list struct{ Data []Recall }
	if h.call(t, root, "GET", "/v1/recalls", nil).into(t, &list); len(list.Data) != 2 || list.Data[0].Recording != m.rec.ID || list.Data[0].Variant != "" || list.Data[1].Variant != other.variants[0].ID {
		t.Errorf("%+v", list.Data)
	}
	if a := h.call(t, root, "DELETE", "/v1/recalls/"+m.rec.ID, nil); a.status != http.StatusNoContent {
		t.Errorf("%d %s", a.status, a.body)
	}
	h.approve(t, m.variants[0])
}

// TestAnAnswerGivenAgainSaysThatItsClaimWasRecalled: a scheduler that was killed
// between its claim, or its report, and its post calls again with its key. What
// it hears is the claim as it is by then, and its ETag.
func TestAnAnswerGivenAgainSaysThatItsClaimWasRecalled(t *testing.T) {
	t.Parallel()
	h := open(t)
	scheduler := h.token(t, "ada", pipeline.ScopeScheduler)
	m := h.make(t, "ada", hook("One?"))
	h.channel(t, "ada", "main", nil)
	h.approve(t, m.variants[0])
	first, c := h.take(t, scheduler, "claim", map[string]any{"channel": "main"})
	if first.status != http.StatusOK || len(c.Claims) != 1 {
		t.Fatalf("%d %s", first.status, first.body)
	}
	path, at := "/v1/claims/"+c.Claims[0].ID, map[string]any{"at": time.Now().Add(time.Hour).UTC()}
	scheduled := h.call(t, scheduler, "POST", path+"/scheduled", at, "Idempotency-Key", "scheduled")
	if a := h.call(t, root, "POST", "/v1/recalls", map[string]any{"variant": m.variants[0].ID, "reason": "sold_out"}); scheduled.status != http.StatusOK || a.status != http.StatusCreated {
		t.Fatalf("%d %s, %d %s", scheduled.status, scheduled.body, a.status, a.body)
	}
	now := h.call(t, scheduler, "GET", path, nil)
	var as struct {
		State    string
		Revoked  bool
		Revision int
	}
	now.into(t, &as)
	if !as.Revoked || as.State != "scheduled" {
		t.Fatalf("%+v", as)
	}
	again, _ := h.take(t, scheduler, "claim", map[string]any{"channel": "main"})
	told := strings.Contains(again.body, `"state":"scheduled"`) && strings.Contains(again.body, `"revoked":true`) && strings.Contains(again.body, fmt.Sprintf(`"revision":%d`, as.Revision))
	if again.status != http.StatusOK || !told || again.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("the claim again: %d %s", again.status, again.body)
	}
	again = h.call(t, scheduler, "POST", path+"/scheduled", at, "Idempotency-Key", "scheduled")
	if again.status != http.StatusOK || !strings.Contains(again.body, `"revoked":true`) || again.header.Get("ETag") != now.header.Get("ETag") {
		t.Errorf("the report again: %d %q (is %q) %s", again.status, again.header.Get("ETag"), now.header.Get("ETag"), again.body)
	}
}

// TestAnOfferedVariantIsMadeOnClaim: come again later, and an editor says yes.
func TestAnOfferedVariantIsMadeOnClaim(t *testing.T) {
	h := open(t)
	m := h.make(t, "ada", hook("One?"))
	h.channel(t, "ada", "square", map[string]any{"aspects": []string{"1:1"}, "platform": "linkedin", "siblings": true})
	offered := h.variant(t, m, "1:1", hook("One?"), pipeline.VariantOffered, 1)
	h.approve(t, m.variants[0])
	a, _ := h.take(t, root, "k1", map[string]any{"channel": "square"})
	if a.status != http.StatusTooEarly || a.header.Get("Retry-After") == "" || a.problem(t).Code != "being_made" || h.wakes == 0 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	made := h.variant(t, m, "1:1", hook("Another?"), pipeline.VariantMade, 2)
	made.Hook, made.ID = offered.Hook, offered.ID
	if err := h.db.Write(t.Context(), func(tx *catalog.Tx) error { return tx.PutVariant(made) }); err != nil {
		t.Fatal(err)
	}
	a, c := h.take(t, root, "k1", map[string]any{"channel": "square"})
	if a.status != http.StatusOK || len(c.Claims) != 1 || c.Claims[0].Variant != offered.ID {
		t.Fatalf("%d %s", a.status, a.body)
	}
	var verdicts struct{ Data []pipeline.Verdict }
	if h.call(t, root, "GET", "/v1/verdicts", nil).into(t, &verdicts); !strings.HasPrefix(verdicts.Data[0].By, "ch_") {
		t.Errorf("who approved it? %+v", verdicts.Data[0])
	}
}

// TestWhatCameUnderARecallIsNotShownAsReady: its line was told to be an offer
// after all of its recording was recalled.
func TestWhatCameUnderARecallIsNotShownAsReady(t *testing.T) {
	h := open(t)
	m := h.make(t, "ada", hook("One?"), hook("Two?"))
	h.approve(t, m.variants[1])
	time.Sleep(2 * time.Millisecond) // approved later by the clock
	h.approve(t, m.variants[0])
	h.call(t, root, "POST", "/v1/recalls", map[string]any{"recording": m.rec.ID, "reason": "sold_out"})
	ready := func() (out []ReadyClip) {
		h.call(t, root, "GET", "/v1/ready-clips", nil).into(t, &out)
		return out
	}
	if all := ready(); len(all) != 2 {
		t.Fatalf("%d are ready before any is an offer", len(all))
	} else if all[0].Variant != m.variants[0].ID {
		t.Error("the newest approved is not first")
	}
	v := m.variants[0]
	v.State, v.Hook.Offer = pipeline.VariantApproved, true
	if err := h.db.Write(t.Context(), func(tx *catalog.Tx) error { return tx.PutVariant(v) }); err != nil {
		t.Fatal(err)
	}
	if all := ready(); len(all) != 1 || all[0].Variant != m.variants[1].ID {
		t.Errorf("ready: %+v", all)
	}
}
