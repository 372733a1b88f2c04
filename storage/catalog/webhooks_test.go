package catalog

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
)

// hooked adds a webhook of ada's.
func hooked(t testing.TB, db *DB, kinds ...string) (w Webhook, secret string) {
	t.Helper()
	write(t, db, func(tx *Tx) (err error) {
		w, secret, err = tx.AddWebhook(Webhook{Creator: "ada", URL: "https://example.org/in", Kinds: kinds})
		return err
	})
	return w, secret
}

// tell tells of so many variants.
func tell(t testing.TB, db *DB, creator string, n int) {
	t.Helper()
	write(t, db, func(tx *Tx) error {
		for i := range n {
			if err := tx.Tell(creator, pipeline.TellVariantReady, pipeline.ReadyVariant{Variant: fmt.Sprint(i)}); err != nil {
				return err
			}
		}
		return nil
	})
}

func take(t testing.TB, db *DB, lease time.Duration) *Delivery {
	t.Helper()
	d, err := db.TakeMessage(context.WithoutCancel(t.Context()), lease)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// messages is all messages of a webhook of ada's, newest first.
func messages(t testing.TB, db *DB, webhook string, state MessageState) (out []Message) {
	t.Helper()
	write(t, db, func(tx *Tx) (err error) {
		out, err = tx.Messages("ada", webhook, state, Message{}, 1000)
		return err
	})
	return out
}

func edit(t testing.TB, db *DB, w Webhook, f func(*Webhook)) Webhook {
	t.Helper()
	write(t, db, func(tx *Tx) error {
		now, err := tx.Webhook(w.Creator, w.ID)
		if err == nil {
			f(&now)
			w, err = tx.EditWebhook(now)
		}
		return err
	})
	return w
}

func TestAWebhookIsToldWhatItAskedFor(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		all, _ := hooked(t, db)
		some, _ := hooked(t, db, pipeline.TellClipPosted, pipeline.TellRecordingFailed)
		write(t, db, func(tx *Tx) error {
			return errors.Join(tx.Tell("ada", pipeline.TellVariantReady, pipeline.ReadyVariant{Variant: "v_1", DurationMS: 61_000}),
				tx.Tell("ada", pipeline.TellClipPosted, pipeline.PostedClip{Claim: "k_1"}), tx.Tell("bob", pipeline.TellClipPosted, pipeline.PostedClip{Claim: "k_2"}))
		})
		if got := messages(t, db, all.ID, ""); len(got) != 2 || got[0].Kind != pipeline.TellClipPosted {
			t.Errorf("who asked for everything was told %+v", got)
		}
		got := messages(t, db, some.ID, "")
		if len(got) != 1 || got[0].Kind != pipeline.TellClipPosted || got[0].State != MessageWaiting || got[0].Due.IsZero() || !strings.HasPrefix(got[0].ID, "msg_") {
			t.Fatalf("who asked for posts was told %+v", got)
		}
		var body struct {
			Type      string
			Timestamp time.Time
			Data      pipeline.PostedClip
		}
		if err := json.Unmarshal(got[0].Body, &body); err != nil || body.Type != pipeline.TellClipPosted || !body.Timestamp.Equal(got[0].Told) || body.Data.Claim != "k_1" {
			t.Errorf("%s: %v", got[0].Body, err)
		}
	})
}

func TestAMessageIsToldWithWhatItTellsOfOrNotAtAll(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		w, _ := hooked(t, db)
		undone := errors.New("undone")
		if err := db.Write(t.Context(), func(tx *Tx) error {
			return errors.Join(tx.Tell("ada", pipeline.TellClipPosted, pipeline.PostedClip{}), undone)
		}); !errors.Is(err, undone) {
			t.Fatal(err)
		}
		for _, c := range []struct {
			kind, code string
			data       any
		}{{"clip.eaten", "no_such_kind", nil}, {pipeline.TellClipPosted, "message_too_long", strings.Repeat("x", maxBody)}} {
			err := db.Write(t.Context(), func(tx *Tx) error { return tx.Tell("ada", c.kind, c.data) })
			if e := pipeline.AsError(err, ""); e.Code != c.code {
				t.Errorf("%s: %v", c.code, err)
			}
		}
		if got := messages(t, db, w.ID, ""); len(got) != 0 {
			t.Errorf("told %+v", got)
		}
	})
}

func TestARecordingsFailureIsToldOnce(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		w, _ := hooked(t, db)
		r := pipeline.Recording{ID: "r_1", Creator: "ada", Fingerprint: "f", Name: "show.mp4", State: pipeline.RecordingSealed}
		put := func(state pipeline.RecordingState) {
			r.State, r.Failure = state, nil
			if state == pipeline.RecordingFailed {
				r.Failure = pipeline.Fail(pipeline.Invalid, "no_picture", "send one with pictures", "%s", strings.Repeat("ü", 30_000))
				r.Failure.Step = pipeline.Detect
			}
			write(t, db, func(tx *Tx) error { return tx.PutRecording(r) })
		}
		for _, c := range []struct {
			state pipeline.RecordingState
			told  int
		}{{pipeline.RecordingSealed, 0}, {pipeline.RecordingFailed, 1}, {pipeline.RecordingFailed, 1}, {pipeline.RecordingSealed, 1}, {pipeline.RecordingFailed, 2}} {
			put(c.state)
			if got := messages(t, db, w.ID, ""); len(got) != c.told {
				t.Fatalf("%s: %d messages, want %d", c.state, len(got), c.told)
			}
		}
		m := messages(t, db, w.ID, "")[0]
		var body struct{ Data pipeline.FailedRecording }
		if err := json.Unmarshal(m.Body, &body); err != nil || m.Kind != pipeline.TellRecordingFailed || body.Data.Recording != "r_1" || body.Data.Failure.Code != "no_picture" ||
			body.Data.Failure.Step != pipeline.Detect || body.Data.Failure.Retryable || !strings.HasSuffix(body.Data.Failure.Detail, "ü…") {
			t.Errorf("%s: %v", m.Body, err)
		}
	})
}

func TestASecretIsShownOnceAndTheOldOneSignsForAWhile(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		w, first := hooked(t, db)
		if raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(first, "whsec_")); err != nil || len(raw) != 32 || !strings.HasPrefix(first, "whsec_") {
			t.Fatalf("%q is no secret of Standard Webhooks", first)
		}
		rotate := func(overlap time.Duration) (secret string) {
			write(t, db, func(tx *Tx) (err error) {
				w, secret, err = tx.RotateWebhook("ada", w.ID, overlap)
				return err
			})
			return secret
		}
		secrets := func() []string {
			tell(t, db, "ada", 1)
			d := take(t, db, time.Minute)
			write(t, db, func(tx *Tx) error { return tx.Delivered(d.Message, 200) })
			return d.Secrets
		}
		second := rotate(60 * 24 * time.Hour)
		if got := secrets(); !slices.Equal(got, []string{second, first}) || time.Until(w.OldUntil) < 59*24*time.Hour || w.Revision != 2 {
			t.Errorf("while it is changed: %d secrets, %+v", len(got), w)
		}
		if third := rotate(0); !slices.Equal(secrets(), []string{third}) || !w.OldUntil.IsZero() {
			t.Errorf("with no overlap: %+v", w)
		}
		fourth := rotate(time.Millisecond)
		time.Sleep(5 * time.Millisecond)
		if got := secrets(); !slices.Equal(got, []string{fourth}) {
			t.Errorf("after its time the old secret signs still: %d", len(got))
		}
	})
}

func TestNobodyTouchesTheWebhooksOfAnother(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		w, _ := hooked(t, db)
		tell(t, db, "ada", 1)
		m := messages(t, db, w.ID, "")[0]
		for name, f := range map[string]func(*Tx) error{
			"one": func(tx *Tx) error { _, err := tx.Webhook("bob", w.ID); return err },
			"edit": func(tx *Tx) error {
				_, err := tx.EditWebhook(Webhook{ID: w.ID, Creator: "bob", Revision: 1})
				return err
			},
			"rotate":    func(tx *Tx) error { _, _, err := tx.RotateWebhook("bob", w.ID, 0); return err },
			"remove":    func(tx *Tx) error { return tx.RemoveWebhook("bob", w.ID) },
			"messages":  func(tx *Tx) error { _, err := tx.Messages("bob", w.ID, "", Message{}, 10); return err },
			"message":   func(tx *Tx) error { _, err := tx.Message("bob", m.ID); return err },
			"redeliver": func(tx *Tx) error { _, err := tx.Redeliver("bob", m.ID); return err },
		} {
			if err := db.Write(t.Context(), f); !errors.Is(err, pipeline.NotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		write(t, db, func(tx *Tx) error {
			all, err := tx.Webhooks("bob", "", 10)
			if len(all) != 0 {
				t.Errorf("bob has %+v", all)
			}
			return err
		})
		write(t, db, func(tx *Tx) error {
			all, err := tx.Webhooks("", "", 10)
			if len(all) != 1 {
				t.Errorf("everybody has %+v", all)
			}
			return err
		})
	})
}

func TestAnEditOfWhatWasEditedMeanwhileIsRefused(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		w, _ := hooked(t, db)
		edited := edit(t, db, w, func(w *Webhook) {
			w.URL, w.Kinds = "https://example.org/other", []string{pipeline.TellClipPosted, pipeline.TellClipPosted}
		})
		if edited.Revision != 2 || edited.URL != "https://example.org/other" || len(edited.Kinds) != 1 {
			t.Errorf("%+v", edited)
		}
		if err := db.Write(t.Context(), func(tx *Tx) error { _, err := tx.EditWebhook(w); return err }); pipeline.AsError(err, "").Code != "stale" {
			t.Errorf("an edit of revision 1: %v", err)
		}
		for code, f := range map[string]func(*Webhook){"no_such_kind": func(w *Webhook) { w.Kinds = []string{"clip.eaten"} }, "bad_disabled": func(w *Webhook) { w.Disabled = WebhookGone }} {
			bad := edited
			f(&bad)
			if err := db.Write(t.Context(), func(tx *Tx) error { _, err := tx.EditWebhook(bad); return err }); pipeline.AsError(err, "").Code != code {
				t.Errorf("%s: %v", code, err)
			}
		}
	})
}

func TestACreatorHasSoManyWebhooksAndNoMore(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		for range MaxWebhooks {
			hooked(t, db)
		}
		err := db.Write(t.Context(), func(tx *Tx) error { _, _, err := tx.AddWebhook(Webhook{Creator: "ada"}); return err })
		if !errors.Is(err, pipeline.Conflict) {
			t.Errorf("one more: %v", err)
		}
	})
}

func TestWhatADisabledWebhookWouldBeToldIsHeldAndSentLater(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		w, _ := hooked(t, db)
		tell(t, db, "ada", 1)
		w = edit(t, db, w, func(w *Webhook) { w.Disabled = DisabledByHand })
		tell(t, db, "ada", 1)
		if d := take(t, db, time.Minute); d != nil || w.DisabledAt.IsZero() {
			t.Fatalf("sent to a disabled one: %+v", d)
		}
		if held := messages(t, db, w.ID, MessageHeld); len(held) != 2 {
			t.Fatalf("held are %+v", held)
		}
		held := messages(t, db, w.ID, "")[0].ID
		if err := db.Write(t.Context(), func(tx *Tx) error { _, err := tx.Redeliver("ada", held); return err }); !errors.Is(err, pipeline.Conflict) {
			t.Errorf("redelivered to a disabled one: %v", err)
		}
		edit(t, db, w, func(w *Webhook) { w.Disabled = "" })
		for range 2 {
			if d := take(t, db, time.Minute); d == nil || d.Attempts != 1 {
				t.Errorf("once it is enabled: %+v", d)
			}
		}
	})
}

func TestAWebhookGoesWithItsMessages(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		w, _ := hooked(t, db)
		tell(t, db, "ada", 2)
		d := take(t, db, time.Minute)
		write(t, db, func(tx *Tx) error { return tx.RemoveWebhook("ada", w.ID) })
		if err := db.Write(t.Context(), func(tx *Tx) error { return tx.Delivered(d.Message, 200) }); !errors.Is(err, pipeline.Conflict) {
			t.Errorf("what was in hand: %v", err)
		}
		if _, err := db.sql.Exec(`INSERT INTO messages (id, webhook_id, kind, body, state, not_before, told_ms) VALUES ('msg_late', '` + w.ID + `', 'clip.posted', '{}', 'waiting', 0, 0)`); err != nil {
			t.Fatal(err)
		}
		if d := take(t, db, time.Minute); d != nil {
			t.Errorf("sent all the same: %+v", d)
		}
		if o, err := db.Outbox(t.Context()); err != nil || o.Waiting != 0 {
			t.Errorf("told while it was removed, it waits for ever: %+v, %v", o, err)
		}
	})
}
