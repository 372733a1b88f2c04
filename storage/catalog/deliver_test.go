package catalog

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"dropcut/pipeline"
)

var refusedThere = pipeline.Fail(pipeline.Unavailable, "refused", "", "it answered 500")

// hookedOften adds so many webhooks of ada's, so that none holds up the others.
func hookedOften(t testing.TB, db *DB, n int) {
	t.Helper()
	for range n {
		hooked(t, db)
	}
}

func TestManySendersGetEachMessageOnce(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		hookedOften(t, db, 10)
		tell(t, db, "ada", 20)
		ctx := context.WithoutCancel(t.Context())
		var mu sync.Mutex
		seen := map[string]int{}
		side(t, 16, func(int) error {
			for empty := 0; empty < 20; {
				d, err := db.TakeMessage(ctx, time.Hour)
				if err != nil {
					return err
				}
				if d == nil {
					empty++
					time.Sleep(5 * time.Millisecond)
					continue
				}
				mu.Lock()
				seen[d.ID]++
				mu.Unlock()
				if err := db.Write(ctx, func(tx *Tx) error { return tx.Delivered(d.Message, 200) }); err != nil {
					return err
				}
			}
			return nil
		})
		for id, n := range seen {
			if n != 1 {
				t.Errorf("%s was handed out %d times", id, n)
			}
		}
		if len(seen) != 200 {
			t.Errorf("%d of 200 messages handed out", len(seen))
		}
	})
}

func TestAMessageWhoseSenderIsGoneIsSentAgainUnderItsID(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		hooked(t, db)
		tell(t, db, "ada", 1)
		gone := take(t, db, time.Second)
		if d := take(t, db, time.Minute); d != nil {
			t.Fatalf("it is in hand, and handed out: %+v", d)
		}
		time.Sleep(1100 * time.Millisecond)
		again := take(t, db, time.Minute)
		if again == nil || again.ID != gone.ID || again.Attempts != 2 || string(again.Body) != string(gone.Body) {
			t.Fatalf("%+v", again)
		}
		for name, late := range map[string]func(*Tx) error{
			"delivered": func(tx *Tx) error { return tx.Delivered(gone.Message, 200) },
			"later":     func(tx *Tx) error { return tx.DeliverLater(gone.Message, 0, 500, refusedThere) },
			"given up":  func(tx *Tx) error { _, err := tx.GiveUp(gone.Message, 500, refusedThere); return err },
			"gone":      func(tx *Tx) error { return tx.Gone(gone.Message, 410, refusedThere) },
			"put back":  func(tx *Tx) error { return tx.PutBack(gone.Message) },
		} {
			if err := db.Write(t.Context(), late); !errors.Is(err, pipeline.Conflict) {
				t.Errorf("%s, by who lost it: %v", name, err)
			}
		}
		write(t, db, func(tx *Tx) error { return tx.Delivered(again.Message, 204) })
		m := messages(t, db, again.Webhook, "")[0]
		if m.State != MessageDelivered || m.Status != 204 || m.Ended.IsZero() || m.Failure != nil {
			t.Errorf("%+v", m)
		}
	})
}

func TestAMessageWaitsForItsNextAttempt(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		w, _ := hooked(t, db)
		tell(t, db, "ada", 1)
		d := take(t, db, time.Minute)
		write(t, db, func(tx *Tx) error { return tx.DeliverLater(d.Message, 150*time.Millisecond, 500, refusedThere) })
		if m := messages(t, db, w.ID, MessageWaiting); len(m) != 1 || m[0].Status != 500 || m[0].Failure.Code != "refused" || m[0].Due.Before(m[0].Told) {
			t.Errorf("%+v", m)
		}
		if d := take(t, db, time.Minute); d != nil {
			t.Fatal("sent before its time")
		}
		time.Sleep(200 * time.Millisecond)
		d = take(t, db, time.Minute)
		if d == nil || d.Attempts != 2 {
			t.Fatalf("%+v", d)
		}
		write(t, db, func(tx *Tx) error { return tx.PutBack(d.Message) })
		if d = take(t, db, time.Minute); d == nil || d.Attempts != 2 {
			t.Errorf("put back: %+v", d)
		}
	})
}

func TestAWebhookThatAskedForTimeHasIt(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		w, _ := hooked(t, db)
		tell(t, db, "ada", 3)
		d := take(t, db, time.Minute)
		write(t, db, func(tx *Tx) error {
			return errors.Join(tx.DeliverLater(d.Message, 0, 429, refusedThere), tx.Quiet(w.ID, 300*time.Millisecond), tx.Quiet(w.ID, time.Millisecond))
		})
		tell(t, db, "ada", 1)
		if d := take(t, db, time.Minute); d != nil {
			t.Fatalf("sent while it is quiet: %+v", d)
		}
		time.Sleep(350 * time.Millisecond)
		for n := range 4 {
			if take(t, db, time.Minute) == nil {
				t.Errorf("only %d of 4 are sent once the time is over", n)
			}
		}
	})
}

func TestASlowWebhookLeavesTheOthersTheirTurn(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		slow, _ := hooked(t, db)
		tell(t, db, "ada", 3*sideBySide)
		other, _ := hooked(t, db, pipeline.TellVariantReady)
		for n := range sideBySide {
			if d := take(t, db, time.Minute); d == nil || d.Webhook != slow.ID {
				t.Fatalf("%d: %+v", n, d)
			}
		}
		if d := take(t, db, time.Minute); d != nil {
			t.Errorf("more at once than it can have: %+v", d)
		}
		tell(t, db, "ada", 1)
		if d := take(t, db, time.Minute); d == nil || d.Webhook != other.ID {
			t.Errorf("the other: %+v", d)
		}
	})
}

func TestAWebhookThatIsGoneIsDisabled(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		w, _ := hooked(t, db)
		tell(t, db, "ada", 2)
		d := take(t, db, time.Minute)
		write(t, db, func(tx *Tx) error { return tx.Gone(d.Message, 410, refusedThere) })
		w = edit(t, db, w, func(*Webhook) {})
		if w.Disabled != WebhookGone || w.DisabledAt.IsZero() || len(messages(t, db, w.ID, MessageHeld)) != 2 || take(t, db, time.Minute) != nil {
			t.Errorf("%+v", w)
		}
	})
}

func TestAWebhookForWhichMessageAfterMessageIsGivenUpIsDisabled(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		w, _ := hooked(t, db)
		one := func(ok bool) (disabled bool) {
			tell(t, db, "ada", 1)
			d := take(t, db, time.Minute)
			if d == nil {
				t.Fatal("nothing is sent")
			}
			write(t, db, func(tx *Tx) (err error) {
				if ok {
					return tx.Delivered(d.Message, 200)
				}
				disabled, err = tx.GiveUp(d.Message, 500, refusedThere)
				return err
			})
			return disabled
		}
		for range givenUp - 1 {
			if one(false) {
				t.Fatal("disabled too early")
			}
		}
		one(true)
		for n := range givenUp {
			if one(false) != (n == givenUp-1) {
				t.Errorf("given up %d in a row", n+1)
			}
		}
		if w = edit(t, db, w, func(*Webhook) {}); w.Disabled != WebhookFailing {
			t.Errorf("%+v", w)
		}
		edit(t, db, w, func(w *Webhook) { w.Disabled = "" })
		if one(false) {
			t.Error("enabled again, one failure disables it")
		}
	})
}

// TestWhatAKilledSenderHeldOfADisabledWebhookIsNotSent: nor is it limbo.
func TestWhatAKilledSenderHeldOfADisabledWebhookIsNotSent(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		w, _ := hooked(t, db)
		tell(t, db, "ada", 2)
		take(t, db, time.Millisecond)
		live := take(t, db, time.Minute)
		edit(t, db, w, func(w *Webhook) { w.Disabled = DisabledByHand })
		time.Sleep(5 * time.Millisecond)
		if d := take(t, db, time.Minute); d != nil {
			t.Fatalf("sent to a disabled one: %+v", d)
		}
		write(t, db, func(tx *Tx) error { return tx.DeliverLater(live.Message, 0, 500, refusedThere) })
		if held := messages(t, db, w.ID, MessageHeld); len(held) != 2 {
			t.Errorf("held are %+v", held)
		}
	})
}

func TestAMessageIsSentAgainByHand(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		hooked(t, db)
		tell(t, db, "ada", 1)
		d := take(t, db, time.Minute)
		again := func() (m Message) {
			write(t, db, func(tx *Tx) (err error) { m, err = tx.Redeliver("ada", d.ID); return err })
			return m
		}
		if m := again(); m.State != MessageSending {
			t.Errorf("it is being sent: %+v", m)
		}
		for _, end := range []func(tx *Tx) error{
			func(tx *Tx) error { return tx.Delivered(d.Message, 200) },
			func(tx *Tx) error { _, err := tx.GiveUp(d.Message, 500, refusedThere); return err },
			func(tx *Tx) error { return tx.DeliverLater(d.Message, time.Hour, 500, refusedThere) },
		} {
			write(t, db, end)
			if m := again(); m.State != MessageWaiting || !m.Ended.IsZero() {
				t.Errorf("%+v", m)
			}
			first := d.ID
			if d = take(t, db, time.Minute); d == nil || d.ID != first || d.Attempts != 1 {
				t.Fatalf("%+v", d)
			}
		}
	})
}

func TestMessagesAreReadPageByPage(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		w, _ := hooked(t, db)
		tell(t, db, "ada", 7)
		all := messages(t, db, w.ID, "")
		var got []Message
		for last := (Message{}); ; last = got[len(got)-1] {
			var page []Message
			write(t, db, func(tx *Tx) (err error) { page, err = tx.Messages("ada", w.ID, "", last, 3); return err })
			if len(page) == 0 {
				break
			}
			got = append(got, page...)
		}
		if len(got) != 7 || len(all) != 7 {
			t.Fatalf("%d by page, %d at once", len(got), len(all))
		}
		for n := range got {
			if got[n].ID != all[n].ID {
				t.Errorf("place %d: %s by page, %s at once", n, got[n].ID, all[n].ID)
			}
		}
	})
}

func TestOldMessagesGoAndWhatWaitsStays(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		w, _ := hooked(t, db)
		tell(t, db, "ada", 3)
		done, failed := take(t, db, time.Minute), take(t, db, time.Minute)
		write(t, db, func(tx *Tx) error {
			_, err := tx.GiveUp(failed.Message, 500, refusedThere)
			return errors.Join(err, tx.Delivered(done.Message, 200))
		})
		time.Sleep(5 * time.Millisecond)
		forget := func(keep time.Duration) (old, gone int64) {
			write(t, db, func(tx *Tx) (err error) {
				if old, err = tx.OldMessages(keep); err == nil {
					gone, err = tx.ForgetMessages(keep)
				}
				return err
			})
			return old, gone
		}
		if old, gone := forget(time.Hour); old != 0 || gone != 0 {
			t.Errorf("%d of %d went before their time", gone, old)
		}
		o, err := db.Outbox(t.Context())
		if err != nil || o.Waiting != 1 || o.Held != 0 || o.Age <= 0 {
			t.Errorf("%+v, %v", o, err)
		}
		if old, gone := forget(time.Millisecond); old != 2 || gone != 2 {
			t.Errorf("%d of %d went", gone, old)
		}
		edit(t, db, w, func(w *Webhook) { w.Disabled = DisabledByHand })
		if o, err = db.Outbox(t.Context()); err != nil || o.Waiting != 0 || o.Held != 1 {
			t.Errorf("%+v, %v", o, err)
		}
		if old, gone := forget(time.Millisecond); old != 1 || gone != 1 {
			t.Errorf("%d of %d that were held went", gone, old)
		}
	})
}
