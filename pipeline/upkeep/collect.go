package upkeep

import (
	"context"
	"time"

	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// CollectOptions is how old something is before it may go.
type CollectOptions struct {
	Grace  time.Duration // of bytes that nothing names, since they were written; 0: a day; NoGrace: none
	Keep   time.Duration // of what Retention leaves open; 0: 30 days
	DryRun bool          // say what would go, and remove nothing
	Retention
}

// Retention is how long each kind is kept beyond its use. 0 is Keep, but where
// another is named.
type Retention struct {
	Segments time.Duration // since the last edit of the last moment that shows them
	Excerpts time.Duration // since the last edit of their moment
	Words    time.Duration // that were heard and that no moment uses, since they were
	Work     time.Duration // rows that are done, since they were added
	Events   time.Duration // changes of state that were told
	Messages time.Duration // of webhooks, delivered or given up since then, or held since they were told
	Failed   time.Duration // rows that failed for good, of recordings on which nothing is to be done, since they did; 0: 90 days
	Replaced time.Duration // made files of revisions that others replaced, since they were made; 0: Grace
}

// NoGrace is for tests, and for a catalogue on which nobody works. Sidecars
// have an hour even so.
const NoGrace = time.Duration(-1)

func (o CollectOptions) orDefault() CollectOptions {
	if o.Keep == 0 {
		o.Keep = 30 * aDay
	}
	switch {
	case o.Grace == 0:
		o.Grace = aDay
	case o.Grace < 0:
		o.Grace = 0
	}
	for _, d := range []struct {
		of    *time.Duration
		usual time.Duration
	}{{&o.Segments, o.Keep}, {&o.Excerpts, o.Keep}, {&o.Words, o.Keep}, {&o.Work, o.Keep}, {&o.Events, o.Keep}, {&o.Messages, o.Keep},
		{&o.Failed, 90 * aDay}, {&o.Replaced, o.Grace}} {
		if *d.of == 0 {
			*d.of = d.usual
		}
	}
	o.Replaced = max(o.Replaced, o.Grace)
	return o
}

// Pile is what was removed of one kind.
type Pile struct {
	Objects int   `json:"objects"`
	Bytes   int64 `json:"bytes"`
}

func (p *Pile) add(o storage.Object) {
	p.Objects++
	p.Bytes += o.Size
}

// Removed is what a collection removed, or would have. It is stable as JSON:
// additions only. Two that run at once may both count an object.
type Removed struct {
	Version  int  `json:"version"`
	DryRun   bool `json:"dry_run"`
	Output   Pile `json:"output"`
	Segments Pile `json:"segments"`
	Excerpts Pile `json:"excerpts"`
	Sidecars Pile `json:"sidecars"`
	Words    Pile `json:"words"`
	Halves   int  `json:"halves"` // half-written files, and uploads that were left
	Rows     struct {
		Segments int64 `json:"segments"`
		Excerpts int64 `json:"excerpts"`
		Work     int64 `json:"work"`
		Events   int64 `json:"events"`
		Messages int64 `json:"messages"`
		Failed   int64 `json:"failed"`
	} `json:"rows"`
}

// collection is one collection.
type collection struct {
	Premises
	CollectOptions
	began   time.Time
	needed  map[name]bool // recipes that variants of moments still in hand name
	names   names
	removed Removed
}

// Collect removes what nothing names: files below recordings' folders that are
// ours by name and digest, and segments, excerpts, sidecars and words in the
// data bucket; rows of segments and excerpts whose moments were not touched for
// long, with their bytes; rows of work that is long done; and what was begun a
// day ago and never finished.
//
// Nothing younger than Grace goes, and nothing that work in hand may be about
// to name. Names are read first, and read again in the transaction in which an
// object is removed.
func Collect(ctx context.Context, p Premises, o CollectOptions) (Removed, error) {
	c := &collection{Premises: p, CollectOptions: o.orDefault(), began: time.Now(), needed: map[name]bool{}, names: newNames()}
	c.removed = Removed{Version: 1, DryRun: o.DryRun}
	for _, step := range []func(context.Context) error{c.recordings, c.briefs, c.segmentRows, c.workRows, c.data, c.output, c.left} {
		if err := step(ctx); err != nil {
			return c.removed, err
		}
	}
	return c.removed, nil
}

// workRows forgets work that is long done, and what was told of it.
func (c *collection) workRows(ctx context.Context) error {
	before := pipeline.FirstAt(pipeline.WorkID, c.began.Add(-c.Work))
	return c.Catalog.Write(ctx, func(tx *catalog.Tx) (err error) {
		rows, events, messages, failed := tx.ForgetDone, tx.ForgetEvents, tx.ForgetMessages, tx.ForgetFailed
		if c.DryRun {
			rows, events, messages, failed = tx.Forgettable, tx.OldEvents, tx.OldMessages, tx.OldFailed
		}
		if c.removed.Rows.Failed, err = failed(c.Failed); err != nil {
			return err
		}
		if c.removed.Rows.Work, err = rows(before); err != nil {
			return err
		}
		if c.removed.Rows.Events, err = events(c.Events); err != nil {
			return err
		}
		c.removed.Rows.Messages, err = messages(c.Messages)
		return err
	})
}

// left takes away what was begun a day ago and never finished.
func (c *collection) left(ctx context.Context) error {
	all, err := c.places(ctx, aDay)
	if err != nil {
		return err
	}
	for _, p := range all {
		n := 0
		if c.DryRun {
			var keys []string
			keys, err = p.Halves(ctx, p.folders, p.then)
			n = len(keys)
		} else {
			n, err = p.Sweep(ctx, p.folders, p.then)
		}
		if c.removed.Halves += n; err != nil {
			return err
		}
	}
	return nil
}
