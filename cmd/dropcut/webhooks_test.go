//go:build linux

package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/web/webhooks"
)

// received is one call of a webhook.
type received struct {
	header http.Header
	body   []byte
}

// TestAWebhookIsToldOfAnApprovedClip: a receiver in a network that was allowed
// hears of it, signed with the secret that was shown; where none was allowed,
// such an address is not kept.
func TestAWebhookIsToldOfAnApprovedClip(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("makes real clips")
	}
	s := openStall(t)
	calls := make(chan received, 10)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		calls <- received{r.Header, b}
	}))
	defer receiver.Close()
	v := s.serve(t)
	if got := v.send(t, v.token(t), "POST", "/v1/webhooks?creator=ada", map[string]any{"url": receiver.URL}, nil); got != http.StatusUnprocessableEntity {
		t.Errorf("an address inside is kept: %d", got)
	}
	v.leave(t)
	v = s.serveWith(t, map[string]string{"DROPCUT_WEBHOOK_NETWORKS": "127.0.0.0/8"})
	var hook struct{ ID, Secret string }
	if got := v.send(t, v.token(t), "POST", "/v1/webhooks?creator=ada", map[string]any{"url": receiver.URL, "kinds": []string{"variant.ready"}}, &hook); got != http.StatusCreated {
		t.Fatal(got)
	}
	s.drop(t, "ada")
	v.until(t, "clips", func() bool { return s.finished(t, 1) })
	var variant string
	for _, c := range s.known(t)[0].Moments[0].Clips {
		for _, x := range c.Variants {
			if x.State == pipeline.VariantMade {
				variant = x.ID
			}
		}
	}
	var one struct{ File struct{ Digest string } }
	v.ask(t, "GET", "/v1/variants/"+variant, &one)
	digest := one.File.Digest
	if got := v.send(t, v.token(t), "POST", "/v1/verdicts", map[string]any{"variant": variant, "digest": digest, "says": "approve"}, nil); got != http.StatusCreated {
		t.Fatal(got)
	}
	var told received
	select {
	case told = <-calls:
	case <-time.After(time.Minute):
		t.Fatalf("nobody was told: %s", v.talk.String())
	}
	id, err := webhooks.Verify([]string{hook.Secret}, told.header, told.body, time.Now())
	var doc struct {
		Type string
		Data pipeline.ReadyVariant
	}
	if err != nil || json.Unmarshal(told.body, &doc) != nil || doc.Type != pipeline.TellVariantReady || doc.Data.Variant != variant || doc.Data.Digest != digest {
		t.Fatalf("%v: %s", err, told.body)
	}
	v.until(t, "a message that was taken", func() bool {
		var list struct{ Data []struct{ ID, State string } }
		v.ask(t, "GET", "/v1/webhooks/"+hook.ID+"/messages", &list)
		return len(list.Data) == 1 && list.Data[0].ID == id && list.Data[0].State == "delivered"
	})
	v.send(t, v.token(t), "POST", "/v1/messages/"+id+"/redeliver", struct{}{}, nil)
	select {
	case again := <-calls:
		if twice, err := webhooks.Verify([]string{hook.Secret}, again.header, again.body, time.Now()); err != nil || twice != id {
			t.Errorf("it is sent again as %s: %v", twice, err)
		}
	case <-time.After(time.Minute):
		t.Errorf("it was not sent again")
	}
	v.leave(t)
}
