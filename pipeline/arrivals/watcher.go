package arrivals

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/beside"
	"dropcut/pipeline/ingest"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// Catalog is what a watcher needs of the records.
type Catalog interface {
	Write(ctx context.Context, f func(*catalog.Tx) error) error
}

// Watcher takes in what arrives in one source bucket.
type Watcher struct {
	Catalog Catalog
	Source  storage.Bucket
	Name    string         // of the source bucket, as the wiring names it
	Data    storage.Bucket // where sidecars are kept
	Every   time.Duration  // between two listings; 0: 5 s
	Settle  time.Duration  // how long an object must be listed alike before it is whole; 0: 10 s
	Late    time.Duration  // how long sidecars may come after their recording; 0: 48 h
	AtOnce  int            // recordings of one creator that are in work at a time: the next waits where it lies; 0: 20
	Taken   func()         // called after something was taken in; may be nil
	Log     *slog.Logger

	bell     chan struct{}
	known    map[string]string // key → version and what lies beside, of what is taken
	followed string            // the rows that were in hand when it was last asked what moved; "": none, and nothing went since
	said     *said             // what was refused, as it was told last; nil: not looked yet
	idles    map[string]idle   // what is no recording, and may still become one
	prints   map[string]print  // fingerprints of recordings that were compared, by key
	soon     bool              // something that was seen is not whole yet: another look decides
	full     map[string]bool   // creators of whom no more is taken in now, as this look found
}

// usuallyAtOnce is enough to keep many machines busy; whoever drops an archive
// of a thousand shows lets others' shows pass.
const usuallyAtOnce = 20

// said is what was told last: the codes of what was refused, by key, and what may
// be refused soon. A refusal of either is forgotten once it is neither.
type said struct {
	refused map[string]string
	pending map[string]bool
}

// New prepares a watcher: zero durations get their defaults.
func New(w Watcher) *Watcher {
	for _, d := range []struct {
		of    *time.Duration
		usual time.Duration
	}{{&w.Every, 5 * time.Second}, {&w.Settle, 10 * time.Second}, {&w.Late, 48 * time.Hour}} {
		if *d.of == 0 {
			*d.of = d.usual
		}
	}
	w.AtOnce = cmp.Or(w.AtOnce, usuallyAtOnce)
	w.bell, w.known, w.followed, w.said = make(chan struct{}, 1), map[string]string{}, unasked, nil
	w.idles, w.prints = nil, map[string]print{}
	return &w
}

// Ring makes the watcher look now. It never waits and may be called by anyone.
func (w *Watcher) Ring() {
	select {
	case w.bell <- struct{}{}:
	default:
	}
}

// Run looks again and again until ctx ends. A listing that fails is told to the
// log, and tried again.
func (w *Watcher) Run(ctx context.Context) {
	failing := false
	for {
		err := w.Look(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil && !failing {
			w.Log.Warn("source not listed", "source", w.Name, "error", err)
		} else if err == nil && failing {
			w.Log.Info("source listed again", "source", w.Name)
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-w.bell:
		case <-time.After(w.pause()):
		}
	}
}

// pause is how long to wait for a bell: where something is about to be whole,
// no longer than that takes.
func (w *Watcher) pause() time.Duration {
	if !w.soon {
		return w.Every
	}
	return min(w.Every, max(w.Settle, leastPause)+leastPause/10)
}

// leastPause is how long a source is left alone, at least, while something in
// it becomes whole.
const leastPause = 500 * time.Millisecond

// Look lists the source once and takes in what is whole. One recording that
// cannot be taken in does not keep others from it.
func (w *Watcher) Look(ctx context.Context) error {
	l, err := list(ctx, w.Source)
	if err != nil {
		return err
	}
	w.lend(&l)
	w.soon = false
	before := w.full
	w.full = map[string]bool{}
	defer w.tellFull(before)
	if err := w.follow(ctx, l); err != nil {
		return err
	}
	if err := w.recall(ctx); err != nil {
		return err
	}
	all := w.refuse(ctx, l)
	for _, o := range l.recordings() {
		if err := w.look(ctx, l, o); err != nil {
			all = errors.Join(all, err)
		}
	}
	return all
}

func (w *Watcher) look(ctx context.Context, l listing, o storage.Object) error {
	paths, err := beside.Find(ctx, l, o.Key, "")
	if errors.Is(err, pipeline.Conflict) || errors.Is(err, pipeline.NotFound) { // another was written over, or removed, since it was listed
		w.soon = true
		return nil
	}
	if err != nil {
		return err
	}
	a := catalog.Arrival{Source: w.Name, Key: o.Key, Version: o.Version, Size: o.Size, Beside: l.state(paths)}
	if w.known[a.Key] == a.Version+" "+a.Beside {
		return nil
	}
	if _, known := w.known[a.Key]; !known && w.full[pipeline.CreatorOf(a.Key)] {
		w.soon = true
		return nil
	}
	err = w.Catalog.Write(ctx, func(tx *catalog.Tx) (err error) {
		a, err = tx.Seen(a)
		return err
	})
	if err != nil {
		return err
	}
	if a.IsTaken() || !w.isWhole(a, l.isDone(o.Key)) {
		if a.IsTaken() || a.Accepted == a.Version && a.Age > w.Late {
			w.known[a.Key] = a.Version + " " + a.Beside
			return nil
		}
		w.soon = true
		return nil
	}
	if full, err := w.isFull(ctx, a); full || err != nil {
		w.soon = true
		return err
	}
	return w.take(ctx, l, a, paths)
}

// isFull reports whether so much of a's creator is in work that a, which is new,
// is to wait.
func (w *Watcher) isFull(ctx context.Context, a catalog.Arrival) (bool, error) {
	if a.Accepted == a.Version {
		return false, nil
	}
	creator, n := pipeline.CreatorOf(a.Key), 0
	err := w.Catalog.Write(ctx, func(tx *catalog.Tx) (err error) {
		n, err = tx.InWork(creator)
		return err
	})
	if err == nil && n >= w.AtOnce {
		w.full[creator] = true
	}
	return w.full[creator], err
}

// tellFull says once of whom no more is taken in.
func (w *Watcher) tellFull(before map[string]bool) {
	for creator := range w.full {
		if !before[creator] {
			w.Log.Info("more recordings wait", "source", w.Name, "creator", creator, "in_work", w.AtOnce)
		}
	}
}

// recall forgets what this watcher knows of objects that the records no longer
// know as taken.
func (w *Watcher) recall(ctx context.Context) error {
	var open map[string]bool
	err := w.Catalog.Write(ctx, func(tx *catalog.Tx) (err error) {
		open, err = tx.Open(w.Name)
		return err
	})
	for key := range open {
		delete(w.known, key)
	}
	return err
}

// refuse says what lies there and is not looked at, once: to the log, and to
// whoever asks what was landed.
func (w *Watcher) refuse(ctx context.Context, l listing) error {
	pending := w.unfit(l)
	now := &said{map[string]string{}, pending}
	for key, why := range l.refused {
		now.refused[key] = why.Code
	}
	if w.said != nil && maps.Equal(now.refused, w.said.refused) && maps.Equal(now.pending, w.said.pending) {
		return nil
	}
	if err := w.Catalog.Write(ctx, func(tx *catalog.Tx) error {
		return tx.Refuse(w.Name, catalog.Refused{All: l.refused, Pending: pending})
	}); err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(now.refused)) {
		if why := l.refused[key]; w.said == nil || w.said.refused[key] != why.Code {
			w.Log.Warn("not taken", "source", w.Name, "key", key, "code", why.Code, "detail", why.Detail, "hint", why.Hint)
		}
	}
	w.said = now
	return nil
}

// isWhole decides whether an object is taken now. Pure.
func (w *Watcher) isWhole(a catalog.Arrival, done bool) bool {
	if a.Accepted == a.Version { // only what lies beside it is new
		return a.Age <= w.Late && a.Settled >= w.Settle
	}
	return done || a.Listed >= 2 && a.Still >= w.Settle
}

// take keeps what lies beside a recording and adds its first piece of work.
func (w *Watcher) take(ctx context.Context, l listing, a catalog.Arrival, paths beside.Paths) error {
	row, err := w.row(ctx, l, a, paths)
	if err != nil {
		return err
	}
	var first bool
	err = w.Catalog.Write(ctx, func(tx *catalog.Tx) (err error) {
		first, err = tx.Accept(a, row)
		return err
	})
	if err != nil || !first {
		return err
	}
	w.known[a.Key] = a.Version + " " + a.Beside
	w.Log.Info("recording accepted", "source", a.Source, "key", a.Key, "bytes", a.Size, "again", a.Accepted == a.Version)
	if w.Taken != nil {
		w.Taken()
	}
	return nil
}

// row is a recording's ingest row. A plan or defaults that cannot be used are
// its failure: the row is made to say so.
func (w *Watcher) row(ctx context.Context, l listing, a catalog.Arrival, paths beside.Paths) (catalog.Work, error) {
	req := ingest.Request{Creator: pipeline.CreatorOf(a.Key), Source: a.Source, Key: a.Key, Name: path.Base(a.Key), ByID: true, Brief: pipeline.Brief{Shorts: -1}}
	found, err := beside.Look(ctx, l, paths)
	switch {
	case errors.Is(err, pipeline.Invalid):
		req.Refused = pipeline.AsError(err, pipeline.Ingest)
	case err != nil:
		return catalog.Work{}, err
	default:
		if err := found.Into(ctx, w.Data, &req.Brief); err != nil {
			return catalog.Work{}, err
		}
	}
	doc, err := json.Marshal(req)
	if err != nil {
		return catalog.Work{}, err
	}
	priority := pipeline.First.Priority(0)
	if a.Accepted == a.Version {
		priority = pipeline.Edit.Priority(0)
	}
	input := storage.DigestBytes([]byte(strings.Join([]string{a.Source, a.Key, a.Version, a.Beside, strconv.FormatInt(a.Rounds, 10)}, "\x00")))
	return catalog.Work{Kind: pipeline.Ingest, Subject: a.Source + " " + a.Key, Input: input, Priority: priority, Doc: doc}, nil
}
