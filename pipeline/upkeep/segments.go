package upkeep

import (
	"context"
	"maps"
	"slices"
	"strings"

	"dropcut/storage"
	"dropcut/storage/catalog"
)

// atATime is how many rows one transaction reads.
const atATime = 1000

// eachSegment hands f every row of what is kept, some in each transaction, and
// adds up what it returns.
func eachSegment(ctx context.Context, c Catalog, f func(tx *catalog.Tx, rows []catalog.KeptSegment) (int64, error)) (sum int64, err error) {
	var last catalog.KeptSegment
	for {
		var rows []catalog.KeptSegment
		var n int64
		err := c.Write(ctx, func(tx *catalog.Tx) (err error) {
			if rows, err = tx.SegmentsAfter(last.Recipe, last.AVCC, atATime); err != nil {
				return err
			}
			n, err = f(tx, rows)
			return err
		})
		if sum += n; err != nil || len(rows) == 0 {
			return sum, err
		}
		last = rows[len(rows)-1]
	}
}

const segmentPrefix = "segments/"

// segments looks whether every kept segment and sound has its bytes. They are
// compared with a listing; an absence from it is no proof, and is asked for.
func (c *check) segments(ctx context.Context) (seen, error) {
	var out seen
	want := map[string]int64{} // digest → bytes
	_, err := eachSegment(ctx, c.Catalog, func(_ *catalog.Tx, rows []catalog.KeptSegment) (int64, error) {
		for _, s := range rows {
			want[s.Digest] = s.Bytes
		}
		return 0, nil
	})
	if err != nil {
		return out, err
	}
	out.looked.Segments = len(want)
	whole := map[string]bool{}
	err = c.Data.List(ctx, segmentPrefix, func(o storage.Object) bool {
		digest := storage.DigestPrefix + strings.TrimPrefix(o.Key, segmentPrefix)
		if size, named := want[digest]; named && size == o.Size {
			whole[digest] = true
		}
		return true
	})
	if err != nil {
		return out, err
	}
	for _, digest := range slices.Sorted(maps.Keys(want)) {
		if whole[digest] && !c.Deep {
			continue
		}
		f, err := c.segment(ctx, digest, want[digest])
		if err != nil {
			return out, err
		}
		if f != nil {
			out.findings = append(out.findings, *f)
		}
	}
	return out, nil
}

// segment looks at the bytes of one digest.
func (c *check) segment(ctx context.Context, digest string, bytes int64) (*Finding, error) {
	key := storage.SegmentKey(digest)
	o, there, err := stat(ctx, c.Data, key)
	if err != nil {
		return nil, err
	}
	var f Finding
	switch {
	case !there:
		f = found(segmentGone, key, "it is named, and gone")
	case o.Size != bytes:
		f = found(segmentGone, key, "it has %d bytes of %d", o.Size, bytes)
	case !c.Deep:
		return nil, nil
	default:
		got, err := digestOf(ctx, c.Data, key)
		if err != nil || got == digest {
			return nil, err
		}
		f = found(segmentDamaged, key, "its bytes have digest %s", got)
	}
	f.change = func(tx *catalog.Tx) (bool, error) {
		rows, err := tx.SegmentsWith(digest)
		for _, row := range rows {
			if err == nil {
				err = tx.DropSegment(row)
			}
		}
		return len(rows) > 0, err
	}
	return &f, nil
}
