package webhooks

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// Outbox is where messages wait.
type Outbox interface {
	TakeMessage(ctx context.Context, lease time.Duration) (*catalog.Delivery, error)
	Write(ctx context.Context, f func(*catalog.Tx) error) error
}

// Counts is what became of attempts since the start.
type Counts struct {
	Delivered atomic.Int64
	Failed    atomic.Int64 // attempts
	GivenUp   atomic.Int64 // messages, after the last attempt
}

// Sender sends what waits in an outbox. Any number may run on one outbox, in any
// number of processes.
type Sender struct {
	Outbox Outbox
	Guard  Guard
	Slots  int           // attempts at once; 0: 8
	Every  time.Duration // between looks into an empty outbox; 0: 1 s
	Log    *slog.Logger
	Counts Counts

	lease    time.Duration // 0: a minute, in which every attempt ends and is noted
	patience time.Duration // with one attempt; 0: 15 s
	trust    *tls.Config   // nil: what the system trusts
}

const (
	usualSlots = 8
	usualLook  = time.Second
	usualLease = time.Minute
	stopWithin = 5 * time.Second // an attempt that is begun may go on so long when the service stops
	noteWithin = 20 * time.Second
)

// Run sends until ctx ends, and waits for what it has begun. What could not end
// is sent again by another, under its ID.
func (s *Sender) Run(ctx context.Context) {
	s.orDefault()
	p := newPosts(s.Guard, s.trust)
	defer p.close()
	hard, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(stopWithin, stop) })()
	var all sync.WaitGroup
	defer all.Wait()
	slots := make(chan struct{}, s.Slots)
	for failing := false; ; {
		select {
		case <-ctx.Done():
			return
		case slots <- struct{}{}:
		}
		d, err := s.Outbox.TakeMessage(ctx, s.lease)
		if err != nil && !failing && ctx.Err() == nil {
			s.Log.Warn("webhooks are not told; trying on", "error", err)
		}
		if failing = err != nil; d != nil {
			all.Go(func() {
				defer func() { <-slots }()
				s.deliver(hard, p, *d)
			})
			continue
		}
		<-slots
		select {
		case <-ctx.Done():
			return
		case <-time.After(s.Every):
		}
	}
}

func (s *Sender) orDefault() {
	if s.Slots <= 0 {
		s.Slots = usualSlots
	}
	if s.Every <= 0 {
		s.Every = usualLook
	}
	if s.lease <= 0 {
		s.lease = usualLease
	}
	if s.patience <= 0 {
		s.patience = patience
	}
}

// deliver makes one attempt, and notes what became of it. ctx ends where it must
// stop at once.
func (s *Sender) deliver(ctx context.Context, p *posts, d catalog.Delivery) {
	within, cancel := context.WithTimeout(ctx, s.patience)
	a, why := p.post(within, d, time.Now())
	cancel()
	note, end := context.WithTimeout(context.WithoutCancel(ctx), noteWithin)
	defer end()
	if why != nil && ctx.Err() != nil {
		s.noted(d, s.Outbox.Write(note, func(tx *catalog.Tx) error { return tx.PutBack(d.Message) }))
		return
	}
	f := decide(d.Attempts, a, rand.Float64())
	disabled := false
	err := s.Outbox.Write(note, func(tx *catalog.Tx) (err error) {
		disabled, err = keep(tx, d.Message, f, a.status, why)
		return err
	})
	if s.noted(d, err) {
		s.tell(d, f, a, why, disabled)
	}
}

// keep notes what became of a message, and reports whether its webhook is
// disabled for it.
func keep(tx *catalog.Tx, m catalog.Message, f fate, status int, why *pipeline.Error) (disabled bool, err error) {
	switch {
	case f.delivered:
		return false, tx.Delivered(m, status)
	case f.gone:
		return true, tx.Gone(m, status, why)
	case f.givenUp:
		disabled, err = tx.GiveUp(m, status, why)
	default:
		err = tx.DeliverLater(m, f.after, status, why)
	}
	if err == nil && f.quiet > 0 {
		err = tx.Quiet(m.Webhook, f.quiet)
	}
	return disabled, err
}

// noted reports whether an attempt could be noted. Where it could not, the
// message is sent again: by who has it now, or when its lease runs out.
func (s *Sender) noted(d catalog.Delivery, err error) bool {
	if err != nil && !errors.Is(err, pipeline.Conflict) {
		s.Log.Warn("what became of a message was not kept; it is sent again", "webhook", d.Webhook, "message", d.ID, "error", err)
	}
	return err == nil
}

// tell counts an attempt, and logs it.
func (s *Sender) tell(d catalog.Delivery, f fate, a answer, why *pipeline.Error, disabled bool) {
	log := s.Log.With("webhook", d.Webhook, "message", d.ID, "kind", d.Kind, "attempt", d.Attempts, "status", a.status)
	if f.delivered {
		s.Counts.Delivered.Add(1)
		log.Debug("told")
		return
	}
	s.Counts.Failed.Add(1)
	if f.givenUp {
		s.Counts.GivenUp.Add(1)
	}
	log.Info("not told", "code", why.Code, "error", why.Detail, "given_up", f.givenUp, "after_ms", f.after.Milliseconds())
	if disabled {
		s.Log.Warn("a webhook is disabled; what it would be told is held", "webhook", d.Webhook, "gone", f.gone)
	}
}
