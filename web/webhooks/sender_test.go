package webhooks

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
	"dropcut/storage/storagetest/postgres"
)

// world is a catalogue, a receiver and what came to it.
type world struct {
	*testing.T
	db      *catalog.DB
	where   string
	at      string // the receiver's address
	webhook catalog.Webhook
	secret  string

	mu     sync.Mutex
	came   map[string]int // by ID
	order  []http.Header
	answer func(w http.ResponseWriter, id string, n int) // n: how often it came, 1 for the first
}

// both runs a test on a fresh catalogue of each engine.
func both(t *testing.T, f func(w *world)) {
	for name, where := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return filepath.Join(t.TempDir(), "c.db") },
		"postgres": func(t *testing.T) string { return postgres.Database(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &world{T: t, where: where(t), came: map[string]int{}}
			w.open()
			receiver := httptest.NewServer(http.HandlerFunc(w.receive))
			t.Cleanup(receiver.Close)
			w.at = receiver.URL + "/in"
			w.write(func(tx *catalog.Tx) (err error) {
				w.webhook, w.secret, err = tx.AddWebhook(catalog.Webhook{Creator: "ada", URL: w.at})
				return err
			})
			f(w)
		})
	}
}

func (w *world) open() {
	w.Helper()
	db, err := catalog.Open(context.WithoutCancel(w.Context()), w.where)
	if err != nil {
		w.Fatal(err)
	}
	w.db = db
	w.Cleanup(func() { _ = db.Close() })
}

// receive takes what is signed; anything else fails the test.
func (w *world) receive(reply http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	id, err := Verify([]string{w.secret}, r.Header, body, time.Now())
	if err != nil || !json.Valid(body) || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" {
		w.Errorf("%s %s came, %v: %v", r.Method, body, r.Header, err)
	}
	w.came[id]++
	w.order = append(w.order, r.Header)
	if w.answer != nil {
		w.answer(reply, id, w.came[id])
	}
}

func (w *world) write(f func(*catalog.Tx) error) {
	w.Helper()
	if err := w.db.Write(context.WithoutCancel(w.Context()), f); err != nil {
		w.Fatal(err)
	}
}

func (w *world) tell(n int) {
	w.Helper()
	w.write(func(tx *catalog.Tx) error {
		for i := range n {
			if err := tx.Tell("ada", pipeline.TellVariantReady, pipeline.ReadyVariant{Variant: strconv.Itoa(i)}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *world) sender() *Sender {
	return &Sender{Outbox: w.db, Guard: home(w), Every: 10 * time.Millisecond, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
}

// run has senders send until done says so, and stops them.
func (w *world) run(done func() bool, all ...*Sender) {
	w.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(w.Context()))
	var running sync.WaitGroup
	for _, s := range all {
		running.Go(func() { s.Run(ctx) })
	}
	w.until(done)
	stop()
	running.Wait()
}

func (w *world) until(done func() bool) {
	w.Helper()
	for end := time.Now().Add(60 * time.Second); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			w.Error("it never came to that")
			return
		}
	}
}

// messages counts the webhook's messages by state, and gives the newest.
func (w *world) messages() (n map[catalog.MessageState]int, newest catalog.Message) {
	w.Helper()
	w.write(func(tx *catalog.Tx) error {
		all, err := tx.Messages("ada", w.webhook.ID, "", catalog.Message{}, 1000)
		n = map[catalog.MessageState]int{}
		for _, m := range all {
			n[m.State]++
		}
		if len(all) > 0 {
			newest = all[0]
		}
		return err
	})
	return n, newest
}

func (w *world) delivered(n int) func() bool {
	return func() bool { all, _ := w.messages(); return all[catalog.MessageDelivered] == n }
}

func TestTwoSendersSendEachMessageOnce(t *testing.T) {
	both(t, func(w *world) {
		w.tell(100)
		one, two := w.sender(), w.sender()
		w.run(w.delivered(100), one, two)
		for id, n := range w.came {
			if n != 1 {
				w.Errorf("%s came %d times", id, n)
			}
		}
		if len(w.came) != 100 || one.Counts.Delivered.Load()+two.Counts.Delivered.Load() != 100 || one.Counts.Failed.Load() != 0 {
			w.Errorf("%d of 100 came", len(w.came))
		}
	})
}

// TestAMessageThatWasNotTakenIsSentAgain: with the same ID, signed anew, by both
// secrets while it is changed.
func TestAMessageThatWasNotTakenIsSentAgain(t *testing.T) {
	both(t, func(w *world) {
		w.answer = func(reply http.ResponseWriter, _ string, n int) {
			if n == 1 {
				reply.WriteHeader(http.StatusInternalServerError)
			}
		}
		w.tell(1)
		w.run(func() bool { _, m := w.messages(); return m.Status == 500 && m.State == catalog.MessageWaiting }, w.sender())
		_, m := w.messages()
		if wait := m.Due.Sub(m.Told); m.Failure.Code != "refused" || wait < 5*time.Second || wait > 30*time.Second {
			w.Errorf("%+v", m)
		}
		w.write(func(tx *catalog.Tx) (err error) {
			if _, w.secret, err = tx.RotateWebhook("ada", w.webhook.ID, time.Hour); err == nil {
				_, err = tx.Redeliver("ada", m.ID)
			}
			return err
		})
		w.run(w.delivered(1), w.sender())
		if w.came[m.ID] != 2 || len(w.order[1].Get("webhook-signature")) < len(w.order[0].Get("webhook-signature"))*2 {
			w.Errorf("%v", w.order)
		}
	})
}

func TestAWebhookThatAnswers410IsToldNothingMore(t *testing.T) {
	both(t, func(w *world) {
		w.answer = func(reply http.ResponseWriter, _ string, _ int) { reply.WriteHeader(http.StatusGone) }
		w.tell(50)
		s := w.sender()
		s.Slots = 1
		w.run(func() bool { n, _ := w.messages(); return n[catalog.MessageHeld] == 50 }, s)
		w.write(func(tx *catalog.Tx) error {
			now, err := tx.Webhook("ada", w.webhook.ID)
			if now.Disabled != catalog.WebhookGone {
				w.Errorf("%+v", now)
			}
			return err
		})
		if len(w.order) != 1 {
			w.Errorf("told %d times", len(w.order))
		}
	})
}

func TestAWebhookThatAsksForTimeHasIt(t *testing.T) {
	both(t, func(w *world) {
		w.answer = func(reply http.ResponseWriter, _ string, n int) {
			if len(w.order) == 1 {
				reply.Header().Set("Retry-After", "2")
				reply.WriteHeader(http.StatusTooManyRequests)
			}
		}
		w.tell(5)
		s := w.sender()
		s.Slots = 1
		began := time.Now()
		w.run(func() bool { n, _ := w.messages(); return n[catalog.MessageDelivered] == 4 }, s)
		if took := time.Since(began); took < 2*time.Second {
			w.Errorf("the others were sent after %s", took)
		}
	})
}

// TestAStopGivesBackWhatHangs: without spending an attempt.
func TestAStopGivesBackWhatHangs(t *testing.T) {
	both(t, func(w *world) {
		began := make(chan struct{}, 1)
		free := make(chan struct{})
		w.answer = func(http.ResponseWriter, string, int) { began <- struct{}{}; <-free }
		w.tell(1)
		ctx, stop := context.WithCancel(context.WithoutCancel(w.Context()))
		ended := make(chan struct{})
		go func() { w.sender().Run(ctx); close(ended) }()
		<-began
		stop()
		at := time.Now()
		<-ended
		if took := time.Since(at); took > stopWithin+4*time.Second {
			w.Errorf("it took %s to stop", took)
		}
		close(free)
		if _, m := w.messages(); m.State != catalog.MessageWaiting || m.Attempts != 0 {
			w.Errorf("%+v", m)
		}
	})
}

// TestAHangingWebhookIsGivenUpOnInTime: the attempt, not the message.
func TestAHangingWebhookIsGivenUpOnInTime(t *testing.T) {
	both(t, func(w *world) {
		free := make(chan struct{})
		w.answer = func(http.ResponseWriter, string, int) { <-free }
		w.tell(1)
		s := w.sender()
		s.patience = 200 * time.Millisecond
		w.run(func() bool { _, m := w.messages(); return m.Failure != nil }, s)
		close(free)
		if _, m := w.messages(); m.Failure.Code != "no_answer" || m.Status != 0 || m.State != catalog.MessageWaiting || s.Counts.Failed.Load() != 1 {
			w.Errorf("%+v", m)
		}
	})
}
