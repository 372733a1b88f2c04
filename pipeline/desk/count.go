package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/shares"
	"dropcut/storage/catalog"
)

// Tally counts posts as of now.
func Tally(tx *catalog.Tx, posts []pipeline.Post) (shares.Tally, error) {
	now, err := tx.Now()
	if err != nil {
		return shares.Tally{}, err
	}
	var snapshots []pipeline.Snapshot
	var events []pipeline.ShareEvent
	for _, p := range posts {
		s, err := tx.SnapshotsOf(p.ID)
		if err != nil {
			return shares.Tally{}, err
		}
		snapshots = append(snapshots, s...)
	}
	edges := shares.EdgesOf(posts, snapshots, now)
	for _, p := range posts {
		e, err := counts(tx, p.ID, edges[p.ID])
		if err != nil {
			return shares.Tally{}, err
		}
		events = append(events, e...)
	}
	return shares.Count(posts, snapshots, events, now), nil
}

// counts is a post's events, counted in stretches: however many there are, few
// are loaded.
func counts(tx *catalog.Tx, post string, e shares.Edges) (out []pipeline.ShareEvent, err error) {
	if e.From.IsZero() {
		return nil, nil // it is no post
	}
	behind := e.To
	if e.Outer.After(behind) {
		behind = e.Outer
	}
	var all []catalog.ShareCount
	for _, s := range []catalog.Stretches{
		{To: e.From, Edges: e.At},
		{From: e.From, To: e.To, Step: shares.Step, Edges: e.At, Late: e.Late},
		{From: behind, Edges: e.At},
	} {
		some, err := tx.ShareCurve(post, s)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	after, err := tx.SharesFrom(post, e.To) // of what is between, it matters only whether there is any
	for _, c := range after {
		if c.First.Before(behind) {
			all = append(all, c)
		}
	}
	for i, c := range all {
		out = append(out, pipeline.ShareEvent{ID: fmt.Sprint(post, " ", i), Source: c.Source, Post: post, At: c.First, Received: c.Last, N: c.Events})
	}
	return out, err
}

const (
	learnFrom  = 90 * 24 * time.Hour // how long past posts teach which variant is next
	mostTrials = 500
)

// Chooser picks the variant to post next by what earlier posts earned. One is
// for all creators of a process. What it knows it learns beside the desks: no
// claim waits for it, and before it has learnt anything it spreads posts.
type Chooser struct {
	mu sync.Mutex
	of map[string][]shares.Trial // by creator
}

// Learn learns anew of every creator whose clips were posted.
func (h *Chooser) Learn(ctx context.Context, db interface {
	Read(ctx context.Context, f func(*catalog.Tx) error) error
}) error {
	since := time.Now().Add(-learnFrom)
	var creators []string
	err := db.Read(ctx, func(tx *catalog.Tx) (err error) {
		creators, err = tx.Posting(since)
		return err
	})
	for _, c := range creators {
		var trials []shares.Trial
		failed := db.Read(ctx, func(tx *catalog.Tx) error {
			posts, err := tx.Posts(catalog.PostFilter{Creator: c, Since: since, Limit: mostTrials})
			if err != nil {
				return err
			}
			t, err := Tally(tx, posts)
			trials = shares.Trials(t.Posts)
			return err
		})
		if err = errors.Join(err, failed); failed != nil {
			continue
		}
		h.mu.Lock()
		if h.of == nil {
			h.of = map[string][]shares.Trial{}
		}
		h.of[c] = trials
		h.mu.Unlock()
	}
	return err
}

// Choose implements Desk.Choose.
func (h *Chooser) Choose(c pipeline.Channel, of []pipeline.Ready) (int, json.RawMessage, error) {
	h.mu.Lock()
	trials := h.of[c.Creator]
	h.mu.Unlock()
	candidates := make([]shares.Candidate, len(of))
	for i, r := range of {
		candidates[i] = shares.Candidate{Variant: r.Variant, Kind: r.Kind,
			Features: shares.Features{HookKind: r.Hook.Kind, Style: r.Look.Style, Length: shares.LengthOf(time.Duration(r.LengthMS) * time.Millisecond)}}
	}
	choice, err := shares.Next(trials, candidates, rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64())))
	if err != nil {
		return 0, nil, err
	}
	logged, err := json.Marshal(struct {
		shares.Choice
		Candidates []shares.Candidate `json:"candidates"`
	}{choice, candidates})
	return slices.IndexFunc(of, func(r pipeline.Ready) bool { return r.Variant == choice.Candidate.Variant }), logged, err
}

const (
	settles   = 10 * time.Minute // what platforms said at the window's end is here by then
	mostClose = 100
)

// close tells of posts whose first 12 hours are over.
func (d *Desk) close(ctx context.Context, db Catalog) error {
	var due []string
	err := db.AtDesk(ctx, func(tx *catalog.Tx) (err error) {
		due, err = tx.Closing(shares.Span+settles, mostClose)
		return err
	})
	for _, id := range due {
		err = errors.Join(err, db.AtDesk(ctx, func(tx *catalog.Tx) error { return d.closeOne(tx, id) }))
	}
	return err
}

func (d *Desk) closeOne(tx *catalog.Tx, id string) error {
	posts, err := tx.Posts(catalog.PostFilter{ID: id, Limit: 1})
	if err != nil || len(posts) == 0 {
		return err
	}
	mine, err := tx.Close(id)
	if err != nil || !mine {
		return err // another told it
	}
	t, err := Tally(tx, posts)
	if err != nil {
		return err
	}
	p, r := posts[0], t.Posts[0].Rate
	m := pipeline.ClosedWindow{Post: p.ID, Channel: p.Channel, Platform: p.Platform, Variant: p.Variant, Clip: p.Clip, Kind: p.Kind, Moment: p.Moment, Recording: p.Recording,
		PostedAt: p.PostedAt, ClosedAt: p.PostedAt.Add(shares.Span), State: string(r.State), Shares: r.Shares, Views: r.Views, Rate: r.Rate, Low: r.Low, High: r.High}
	return d.tell(tx, p.Creator, pipeline.TellWindowClosed, m)
}
