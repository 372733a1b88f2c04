package api

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// published has a moment be published with captions of its clip, whose names
// hold a word.
func (h *house) published(t *testing.T, m *made, word string) {
	t.Helper()
	m.moment.Published = &pipeline.Published{Round: "o_" + word, Key: m.rec.Folder + "/m/manifest.json", Captions: map[string][]pipeline.ManifestCaption{
		m.clip.ID: {{Language: "en", SRT: "core-1-en-" + word + ".srt", VTT: "core-1-en-" + word + ".vtt"}, {Language: "de", SRT: "core-1-de-" + word + ".srt"}}}}
	if err := h.db.Write(t.Context(), func(tx *catalog.Tx) error { return tx.PutMoment(m.moment) }); err != nil {
		t.Fatal(err)
	}
}

var linked = regexp.MustCompile(`https://files\.example/[^"]*/([^"/]*)\?for=([^"]*)`)

// links is what an answer links to, and how long each link lives.
func (a answer) links() (out []string) {
	for _, m := range linked.FindAllStringSubmatch(a.body, -1) {
		out = append(out, m[1]+" "+m[2])
	}
	slices.Sort(out)
	return out
}

// lasting is those files with the time that links to them live.
func lasting(lives string, files ...string) (out []string) {
	for _, f := range files {
		out = append(out, f+" "+lives)
	}
	slices.Sort(out)
	return out
}

// TestLinksLiveAsLongAsTheyAreNeeded: of what an editor looks at 15 minutes; of
// what a scheduler posts seven days, its poster and its captions too.
func TestLinksLiveAsLongAsTheyAreNeeded(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.make(t, "ada", hook("One?"))
	h.published(t, &m, "first")
	v := m.variants[0]
	file := v.Made.Key[strings.LastIndex(v.Made.Key, "/")+1:]
	poster := strings.TrimSuffix(file, ".mp4") + ".jpg"
	all := []string{file, poster, "core-1-en-first.srt", "core-1-en-first.vtt", "core-1-de-first.srt"}
	h.approve(t, v)
	h.channel(t, "ada", "main", nil)
	for path, want := range map[string][]string{"/v1/variants/" + v.ID: all, "/v1/variants": {file, poster}, "/v1/variants/" + v.ID + "/link": {file}, "/v1/ready-clips": {file}} {
		if got := h.call(t, root, "GET", path, nil).links(); !slices.Equal(got, lasting("15m0s", want...)) {
			t.Errorf("%s links to %v", path, got)
		}
	}
	a, c := h.take(t, root, "k1", map[string]any{"channel": "main"})
	if len(c.Claims) != 1 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	again, _ := h.take(t, root, "k1", map[string]any{"channel": "main"})
	claim := h.call(t, root, "GET", "/v1/claims/"+c.Claims[0].ID, nil)
	listed := h.call(t, root, "GET", "/v1/claims", nil)
	for what, a := range map[string]answer{"claimed": a, "again": again, "read": claim, "listed": listed} {
		if got := a.links(); !slices.Equal(got, lasting("168h0m0s", all...)) {
			t.Errorf("%s links to %v", what, got)
		}
		var left time.Duration
		if at := regexp.MustCompile(`"url_expires_at":"([^"]*)"`).FindStringSubmatch(a.body); at != nil {
			until, _ := time.Parse(time.RFC3339, at[1])
			left = time.Until(until)
		}
		if left > claimLives || left < claimLives-time.Hour {
			t.Errorf("%s is said to live %v", what, left)
		}
	}
}

// TestCaptionsOfWhatWasHandedOutStay: they are the file's own, and are kept while
// it is, though the clip has others by now.
func TestCaptionsOfWhatWasHandedOutStay(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.make(t, "ada", hook("One?"), hook("Two?"))
	h.published(t, &m, "first")
	for _, v := range m.variants {
		h.approve(t, v)
	}
	for _, name := range []string{"main", "second", "third"} {
		h.channel(t, "ada", name, nil)
	}
	take := func(channel string) answer {
		a, c := h.take(t, root, channel, map[string]any{"channel": channel, "variant": m.variants[0].ID})
		if len(c.Claims) != 1 {
			t.Fatalf("%d %s", a.status, a.body)
		}
		return a
	}
	take("main")
	h.published(t, &m, "second")
	if a := take("second"); !strings.Contains(a.body, "core-1-en-second.srt") {
		t.Errorf("corrected captions of the same file are not handed out: %s", a.body)
	}
	newer := m.variants[0]
	made := *newer.Made
	made.Digest, made.Key, newer.Made, newer.Revision = "sha256:"+strings.Repeat("7", 64), m.rec.Folder+"/m/newer.mp4", &made, 2
	err := h.db.Write(t.Context(), func(tx *catalog.Tx) error { return tx.PutVariant(newer) })
	h.published(t, &m, "third")
	if a := take("third"); err != nil || !strings.Contains(a.body, "core-1-en-first.srt") || strings.Contains(a.body, "-third") {
		t.Errorf("captions of a newer file are handed out with an older one: %v %s", err, a.body)
	}
	err = h.db.Read(t.Context(), func(tx *catalog.Tx) error {
		kept, err := tx.Promised(m.rec.ID)
		for _, word := range []string{"first", "second"} {
			if !kept[m.rec.Folder+"/m/core-1-en-"+word+".srt"] || !kept[m.rec.Folder+"/m/core-1-en-"+word+".vtt"] {
				t.Errorf("captions that were handed out are not kept: %v", kept)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
