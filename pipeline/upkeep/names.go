package upkeep

import (
	"context"
	"encoding/hex"
	"regexp"
	"time"

	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// name is a digest or a recipe ID: half as long as its text.
type name [32]byte

// nameOf reads one, with or without the prefix of digests; the zero name is
// none's.
func nameOf(text string) (n name) {
	_, _ = hex.Decode(n[:], []byte(storage.Hex(text)[:min(64, len(storage.Hex(text)))]))
	return n
}

// names is what the records name in the data bucket.
type names struct {
	segments, sidecars, words map[name]bool
	excerpts                  map[string]bool
}

func newNames() names {
	return names{segments: map[name]bool{}, sidecars: map[name]bool{}, words: map[name]bool{}, excerpts: map[string]bool{}}
}

// recordings reads what each recording's moments need, and forgets excerpts
// that are needed no more.
func (c *collection) recordings(ctx context.Context) error {
	var ids []string
	err := c.Catalog.Write(ctx, func(tx *catalog.Tx) (err error) {
		ids, err = tx.RecordingIDs()
		return err
	})
	for _, id := range ids {
		if err != nil {
			break
		}
		var n int64
		err = c.Catalog.Write(ctx, func(tx *catalog.Tx) (err error) {
			n, err = c.recording(tx, id)
			return err
		})
		c.removed.Rows.Excerpts += n
	}
	return err
}

// recording reads one. It returns how many excerpts were forgotten.
func (c *collection) recording(tx *catalog.Tx, id string) (forgotten int64, err error) {
	todo, err := tx.ToDo(id)
	if err != nil {
		return 0, err
	}
	untouched, err := tx.Untouched(id)
	if err != nil {
		return 0, err
	}
	moments, err := tx.MomentsOf(id)
	if err != nil {
		return 0, err
	}
	for _, m := range moments {
		for _, recipe := range m.Words {
			c.names.words[nameOf(recipe)] = true
		}
		if len(todo) > 0 || untouched[m.ID] <= c.Segments {
			if err := c.need(tx, m); err != nil {
				return forgotten, err
			}
		}
		n, err := c.excerpts(tx, m.ID, func(all []catalog.ExcerptID) int {
			if len(todo) > 0 {
				return len(all)
			}
			return c.excerptsLeft(all, untouched[m.ID])
		})
		if forgotten += n; err != nil {
			return forgotten, err
		}
	}
	return forgotten, nil
}

// excerpts notes those of a moment's excerpts that are left, and forgets the
// others. It returns how many it forgot.
func (c *collection) excerpts(tx *catalog.Tx, moment string, left func([]catalog.ExcerptID) int) (forgotten int64, err error) {
	all, err := tx.ExcerptIDs(moment)
	if err != nil {
		return 0, err
	}
	n := left(all)
	for _, x := range all[:n] {
		c.names.excerpts[x.ID] = true
	}
	for _, x := range all[n:] {
		if forgotten++; err == nil && !c.DryRun {
			err = tx.DropExcerpt(x.ID)
		}
	}
	return forgotten, err
}

// excerptsLeft is how many of a moment's excerpts, the newest first, are needed
// yet: none once the moment was not touched for long, else the one that is used,
// and those that it did not replace long enough ago. Nobody works on the moment.
// Pure.
func (c *collection) excerptsLeft(all []catalog.ExcerptID, untouched time.Duration) int {
	switch {
	case untouched > c.Excerpts:
		return 0
	case len(all) > 1 && all[0].Age >= c.Grace:
		return 1
	}
	return len(all)
}

// need notes the recipes that a moment's variants name.
func (c *collection) need(tx *catalog.Tx, m pipeline.Moment) error {
	all, err := variants(tx, m.ID)
	for _, v := range all {
		for _, s := range v.Segments {
			c.needed[nameOf(s.Recipe)] = true
		}
		if v.Sound != "" {
			c.needed[nameOf(v.Sound)] = true
		}
	}
	return err
}

// digests finds the digests in a brief.
var digests = regexp.MustCompile(storage.DigestPrefix + `[0-9a-f]{64}`)

// briefs reads which sidecars are named.
func (c *collection) briefs(ctx context.Context) error {
	return c.Catalog.Write(ctx, func(tx *catalog.Tx) error {
		return tx.Briefs(func(text string) {
			for _, d := range digests.FindAllString(text, -1) {
				c.names.sidecars[nameOf(d)] = true
			}
		})
	})
}

// segmentRows forgets rows of segments that were made long ago and that no
// moment in hand needs, and reads which bytes the others name. An assembly
// that counted on one has it made again.
func (c *collection) segmentRows(ctx context.Context) error {
	n, err := eachSegment(ctx, c.Catalog, func(tx *catalog.Tx, rows []catalog.KeptSegment) (forgotten int64, err error) {
		for _, s := range rows {
			if s.Age <= c.Segments || c.needed[nameOf(s.Recipe)] {
				c.names.segments[nameOf(s.Digest)] = true
				continue
			}
			if forgotten++; c.DryRun {
				continue
			}
			if err := tx.DropSegment(s.Segment); err != nil {
				return forgotten, err
			}
		}
		return forgotten, nil
	})
	c.removed.Rows.Segments = n
	return err
}
