package metrics

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

func TestWhatWebhooksAreToldIsCounted(t *testing.T) {
	t.Parallel()
	db, err := catalog.Open(t.Context(), filepath.Join(t.TempDir(), "c.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Write(t.Context(), func(tx *catalog.Tx) error {
		if _, _, err := tx.AddWebhook(catalog.Webhook{Creator: "ada", URL: "https://example.org/"}); err != nil {
			return err
		}
		return tx.Tell("ada", pipeline.TellClipPosted, pipeline.PostedClip{})
	}); err != nil {
		t.Fatal(err)
	}
	is := func(n int64) func() int64 { return func() int64 { return n } }
	m := New(db, nil)
	m.Webhooks(db, Told{Delivered: is(5), Failed: is(3), GivenUp: is(1)})
	time.Sleep(5 * time.Millisecond)
	text := shown(t, m)
	for _, want := range []string{"dropcut_webhook_messages_delivered_total 5", "dropcut_webhook_messages_attempts_failed_total 3", "dropcut_webhook_messages_given_up_total 1",
		`dropcut_webhook_messages{state="waiting"} 1`, `dropcut_webhook_messages{state="held"} 0`, "dropcut_webhook_oldest_seconds 0.0"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in:\n%s", want, text)
		}
	}
	if strings.Contains(text, "dropcut_webhook_oldest_seconds 0\n") {
		t.Error("what waits has no age")
	}
}
