package upkeep

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"time"

	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// shelf is one kind of what lies in the data bucket.
type shelf struct {
	prefix string
	ours   *regexp.Regexp // what follows the prefix of an object of ours
	pile   *Pile
	age    time.Duration                                             // what nothing names stays so long
	named  func(rest string) bool                                    // as the names were read first
	still  func(tx *catalog.Tx, rest string) (named bool, err error) // as they are now
}

// A creator may be called as a shelf is, and the output bucket be the same:
// only what is named as we name it is on the shelf.
var (
	hexName     = regexp.MustCompile(`^[0-9a-f]{64}$`)
	excerptName = regexp.MustCompile(`^` + pipeline.ExcerptID + `_[0-9a-z]+$`)
)

// data sweeps the data bucket.
func (c *collection) data(ctx context.Context) error {
	for _, s := range []shelf{
		{segmentPrefix, hexName, &c.removed.Segments, c.Grace, in(c.names.segments), func(tx *catalog.Tx, hex string) (bool, error) {
			rows, err := tx.SegmentsWith(storage.DigestPrefix + hex)
			return len(rows) > 0, err
		}},
		{"excerpts/", excerptName, &c.removed.Excerpts, c.Grace, func(id string) bool { return c.names.excerpts[id] }, func(tx *catalog.Tx, id string) (bool, error) {
			_, err := tx.Excerpt(id)
			if errors.Is(err, pipeline.NotFound) {
				return false, nil
			}
			return err == nil, err
		}},
		{"sidecars/", hexName, &c.removed.Sidecars, max(c.Grace, inHand), in(c.names.sidecars), (*catalog.Tx).IsInBrief},
		{"words/", hexName, &c.removed.Words, max(c.Grace, c.Words), in(c.names.words), (*catalog.Tx).IsInMoment},
	} {
		if err := c.sweep(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func in(set map[name]bool) func(hex string) bool {
	return func(hex string) bool { return set[nameOf(hex)] }
}

// sweep removes from a shelf what nothing names.
func (c *collection) sweep(ctx context.Context, s shelf) error {
	var failed error
	err := c.Data.List(ctx, s.prefix, func(o storage.Object) bool {
		rest := strings.TrimPrefix(o.Key, s.prefix)
		if !s.ours.MatchString(rest) || s.named(rest) || time.Since(o.Modified) < s.age {
			return true
		}
		gone, err := c.remove(ctx, c.Data, o, func(tx *catalog.Tx) (bool, error) {
			if named, err := s.still(tx, rest); named && !c.DryRun || err != nil {
				return false, err
			}
			if time.Since(o.Modified) >= inHand {
				return true, nil
			}
			return tx.IsIdle()
		})
		if gone {
			s.pile.add(o)
		}
		failed = err
		return err == nil
	})
	return errors.Join(err, failed)
}

// inHand is how long a row that is being done may hold what it wrote before
// that is named. What comes with a recording is written before there is a row:
// it stays so long whatever the grace.
const inHand = time.Hour

// remove removes an object that is still the one that was listed, in the
// transaction in which may says that it may go.
func (c *collection) remove(ctx context.Context, b storage.Bucket, o storage.Object, may func(*catalog.Tx) (bool, error)) (gone bool, err error) {
	err = c.Catalog.Write(ctx, func(tx *catalog.Tx) error {
		gone = false
		if ok, err := may(tx); err != nil || !ok {
			return err
		}
		now, there, err := stat(ctx, b, o.Key)
		if err != nil || !there || now.Version != o.Version || !now.Modified.Equal(o.Modified) && now.Modified.Sub(o.Modified).Abs() >= time.Second {
			return err
		}
		if gone = true; c.DryRun {
			return nil
		}
		return b.Delete(ctx, o.Key)
	})
	return gone && err == nil, err
}
