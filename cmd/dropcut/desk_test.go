package main

import (
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"dropcut/pipeline"
	"dropcut/storage"
)

// listedVariant is a variant as the API lists it.
type listedVariant struct {
	ID, Style string
	Kind      pipeline.ClipKind
	State     pipeline.VariantState
	Hook      struct{ From string }
	File      *struct{ Digest string }
}

// variants lists variants in a state.
func (v *served) variants(t *testing.T, state pipeline.VariantState) []listedVariant {
	t.Helper()
	var list struct{ Data []listedVariant }
	v.ask(t, "GET", "/v1/variants?limit=100&state="+string(state), &list)
	return list.Data
}

// manifestOf is a recording's only manifest.
func (s stall) manifestOf(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(s.path("svc/clips/" + s.known(t)[0].Moments[0].Manifest))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestWhatWasApprovedIsHandedOutThoughANewerOneIsMade walks the whole way, as a
// creator, an editor and a scheduler do: a token each, channels from a file, a
// verdict, a claim; then a word is corrected and a newer revision is made, which
// nobody judged. What was claimed is there and whole, also after gc, and fsck
// finds nothing. Another channel wants another look of it, which is made for
// its claim.
func TestWhatWasApprovedIsHandedOutThoughANewerOneIsMade(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("makes real clips")
	}
	s := openStall(t)
	v := s.serve(t)
	token := func(scope string) string {
		e := v.run(t, exitMade, "tokens", "create", "--server", v.address, "--data", "svc", "--name", scope, "--scope", scope, "--creator", "ada")
		return strings.TrimSpace(e.said)
	}
	editor, scheduler := token("editor"), token("scheduler")
	if err := os.WriteFile(s.path("channels.yaml"), []byte("- name: main\n  platform: other\n  zone: Europe/Berlin\n"+
		"- name: square\n  platform: other\n  zone: Europe/Berlin\n  aspects: [\"1:1\"]\n  siblings: true\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"added", "known"} {
		if e := v.run(t, exitMade, "channels", "apply", "--server", v.address, "--data", "svc", "--creator", "ada", "channels.yaml"); !strings.Contains(e.talk, want) {
			t.Fatalf("no %q: %s", want, e.talk)
		}
	}
	words := func(text string) {
		srt := "1\n00:00:52,000 --> 00:00:55,000\n" + text + "\n\n2\n00:01:00,000 --> 00:01:03,000\nand they are gone\n"
		if err := os.WriteFile(s.path("svc/recordings/ada/show.srt"), []byte(srt), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(s.path("svc/recordings/ada"), 0o755); err != nil {
		t.Fatal(err)
	}
	words("fifty pieces of the night drop")
	s.drop(t, "ada")
	v.until(t, "clips", func() bool { return s.finished(t, 1) })
	approved := map[string]string{} // → digest
	for _, x := range v.variants(t, pipeline.VariantMade) {
		if x.Kind != pipeline.Short || x.Hook.From != "label" { // words change no label
			continue
		}
		approved[x.ID] = x.File.Digest
		if status := v.send(t, editor, "POST", "/v1/verdicts", map[string]any{"variant": x.ID, "digest": x.File.Digest, "says": "approve"}, nil); status != http.StatusCreated {
			t.Fatalf("verdict: %d", status)
		}
	}
	v.until(t, "the manifest to say so", func() bool {
		return s.finished(t, 1) && strings.Contains(s.manifestOf(t), `"state": "approved"`)
	})
	words("sixty pieces of the night drop")
	newer := ""
	v.until(t, "a newer revision", func() bool {
		for _, x := range v.variants(t, pipeline.VariantMade) {
			if was := approved[x.ID]; was != "" && was != x.File.Digest {
				newer = x.ID
			}
		}
		return s.finished(t, 1) && newer != ""
	})
	v.run(t, exitMade, "gc", "--data", "svc", "--grace", "0s")
	var got struct {
		Claims []struct {
			ID, Variant, Digest string
			File                struct{ URL string }
		}
	}
	if status := v.send(t, scheduler, "POST", "/v1/claims", map[string]any{"channel": "main", "variant": newer}, &got); status != http.StatusOK || len(got.Claims) != 1 || got.Claims[0].Digest != approved[newer] {
		var why any
		v.ask(t, "GET", "/v1/channels/main/reasons", &why)
		t.Fatalf("%d %+v: %v", status, got, why)
	}
	file, err := http.Get(got.Claims[0].File.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Body.Close()
	if body, err := io.ReadAll(file.Body); err != nil || storage.DigestBytes(body) != approved[newer] {
		t.Errorf("%s: %d bytes, %v", file.Status, len(body), err)
	}
	if status := v.send(t, scheduler, "POST", "/v1/claims/"+got.Claims[0].ID+"/posted", map[string]any{"url": "https://www.tiktok.com/@ada/video/77"}, nil); status != http.StatusOK {
		t.Errorf("posted: %d", status)
	}
	if e := v.run(t, exitMade, "shares", "--server", v.address, "--data", "svc"); !strings.Contains(e.said, "no_data") && !strings.Contains(e.said, "open") {
		t.Errorf("%s", e.said)
	}
	v.makesOnClaim(t, scheduler)
	if e := v.run(t, exitMade, "fsck", "--data", "svc", "--deep"); e.talk == "" && e.said == "" {
		t.Error("fsck says nothing")
	}
	v.leave(t)
}

// makesOnClaim claims on a channel that wants a look nobody asked for yet: it is
// being made, and whoever claims again later gets that file.
func (v *served) makesOnClaim(t *testing.T, scheduler string) {
	t.Helper()
	claim := func() (status int, got struct {
		Claims []struct {
			Variant, Digest string
			File            struct{ URL string }
		}
	}) {
		status = v.send(t, scheduler, "POST", "/v1/claims", map[string]any{"channel": "square"}, &got)
		return status, got
	}
	made := v.variants(t, pipeline.VariantMade)
	status, got := claim()
	if status != http.StatusTooEarly {
		t.Fatalf("at first: %d %+v", status, got)
	}
	v.until(t, "what was claimed", func() bool {
		if status, got = claim(); status != http.StatusTooEarly && status != http.StatusOK {
			t.Fatalf("then: %d", status)
		}
		return status == http.StatusOK
	})
	if len(got.Claims) != 1 || slices.ContainsFunc(made, func(x listedVariant) bool { return x.ID == got.Claims[0].Variant }) {
		t.Fatalf("%+v was made before", got)
	}
	file, err := http.Get(got.Claims[0].File.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Body.Close()
	if body, err := io.ReadAll(file.Body); err != nil || storage.DigestBytes(body) != got.Claims[0].Digest {
		t.Errorf("%s: %d bytes, %v", file.Status, len(body), err)
	}
	v.until(t, "everything of it", func() bool { return v.finished(t, 1) })
}
