package counters

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// schedule is when a post is asked for, counted from its posting: closely while
// it is new, and on both sides of 12 h, where the window of the rate ends.
var schedule = []time.Duration{0, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour,
	12*time.Hour - time.Minute, 12 * time.Hour, 24 * time.Hour}

// nextAfter is when a post is asked for next; zero: no more.
func nextAfter(posted, now time.Time) time.Time {
	for _, after := range schedule {
		if at := posted.Add(after); at.After(now) {
			return at
		}
	}
	return time.Time{}
}

// Catalog is what a poller asks of the records.
type Catalog interface {
	Write(ctx context.Context, f func(*catalog.Tx) error) error
	Take(ctx context.Context, d catalog.Duty, every, lease time.Duration) (bool, error)
	Leave(ctx context.Context, d catalog.Duty, done bool) error
}

const (
	// Look is how often a poller looks what is due: the instants of schedule are
	// kept to that.
	Look = 5 * time.Second

	duty       = "poll_"
	dutyLease  = 5 * time.Minute // longer than a round takes
	roundPolls = 8               // requests of a round, at most
	firstPause = time.Minute     // after a failure; twice as long after the next
	longPause  = 15 * time.Minute
)

// Poller asks platforms for the counters of posts, as they come due. Of all
// members of a service one at a time does.
type Poller struct {
	Catalog   Catalog
	Platforms []Platform
	Member    string
	Look      time.Duration // 0: the constant of that name
	Log       *slog.Logger
}

// rest is how long a platform is left alone.
type rest struct {
	until time.Time
	pause time.Duration
}

// Run polls until ctx ends.
func (p *Poller) Run(ctx context.Context) {
	look := p.Look
	if look == 0 {
		look = Look
	}
	rests := make([]rest, len(p.Platforms))
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(look):
		}
		for i, on := range p.Platforms {
			if now := time.Now(); now.After(rests[i].until) {
				rests[i] = p.after(ctx, on, rests[i], p.once(ctx, on, look))
			}
		}
	}
}

// after says how long to leave a platform alone, after what it answered.
func (p *Poller) after(ctx context.Context, on Platform, was rest, err error) rest {
	if err == nil || ctx.Err() != nil {
		return rest{}
	}
	pause := min(max(2*was.pause, firstPause), longPause)
	now := rest{time.Now().Add(pause), pause}
	if b, ok := isBusy(err); ok && !b.Until.IsZero() {
		now.until = b.Until
	}
	if limit := time.Now().Add(time.Hour); now.until.After(limit) {
		now.until = limit
	}
	p.Log.Warn("a platform was not asked for counters; trying on", "platform", on.Name(), "again", now.until.UTC().Format(time.RFC3339), "error", err)
	return now
}

// once polls what is due, if nobody else does.
func (p *Poller) once(ctx context.Context, on Platform, look time.Duration) error {
	d := catalog.Duty{Name: duty + string(on.Name()), Member: p.Member}
	taken, err := p.Catalog.Take(ctx, d, look/2, dutyLease)
	if err != nil || !taken {
		return err
	}
	err = p.round(ctx, on)
	if left := p.Catalog.Leave(context.WithoutCancel(ctx), d, err == nil); err == nil && !errors.Is(left, pipeline.Conflict) {
		err = left
	}
	return err
}

func (p *Poller) round(ctx context.Context, on Platform) error {
	for n := range roundPolls {
		if n > 0 {
			select {
			case <-time.After(on.Pause()):
			case <-ctx.Done():
				return nil
			}
		}
		var due []catalog.Poll
		if err := p.Catalog.Write(ctx, func(tx *catalog.Tx) (err error) {
			due, err = tx.DuePolls(on.Name(), on.Most())
			return err
		}); err != nil || len(due) == 0 {
			return err
		}
		if err := p.poll(ctx, on, due); err != nil {
			return err
		}
	}
	return nil
}

// poll asks for posts once, keeps what is told, and says when to ask again.
func (p *Poller) poll(ctx context.Context, on Platform, due []catalog.Poll) error {
	var ids []string
	for _, d := range due {
		ids = append(ids, d.ExternalID)
	}
	slices.Sort(ids)
	began := time.Now()
	told, err := on.Counters(ctx, slices.Compact(ids))
	if err != nil {
		return err
	}
	at := due[0].Now.Add(time.Since(began)) // by the database's clock, as posts are
	missing := 0
	if err := p.Catalog.Write(ctx, func(tx *catalog.Tx) error {
		missing = 0
		for _, d := range due {
			c, ok := told[d.ExternalID]
			if ok {
				_, _, err = tx.PutSnapshots(d.Creator, []pipeline.Snapshot{{Post: d.Post, Source: on.Source(), At: at, Views: c.Views, Shares: c.Shares, Likes: c.Likes, Comments: c.Comments}})
			} else {
				missing++
			}
			if err := errors.Join(err, tx.Polled(d.Post, nextAfter(d.PostedAt, at))); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	p.Log.Info("asked for counters", "platform", on.Name(), "posts", len(due), "not_shown", missing)
	return nil
}
