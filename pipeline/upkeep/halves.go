package upkeep

import (
	"context"
	"time"

	"dropcut/storage"
	"dropcut/storage/catalog"
)

// aDay is how old what was begun and not finished is before it counts as left,
// where nobody can tell who writes it.
const aDay = 24 * time.Hour

// place is a bucket and the folders in it that are ours.
type place struct {
	halves
	folders []string
	then    time.Time // begun before then
}

// places is where things may have been left half. In a folder of this machine
// who writes holds a lock; in a store only age tells.
func (p Premises) places(ctx context.Context, age time.Duration) ([]place, error) {
	var folders []string
	err := p.Catalog.Write(ctx, func(tx *catalog.Tx) error {
		folders = nil
		all, err := tx.Recordings()
		for _, r := range all {
			if r.Folder != "" {
				folders = append(folders, r.Folder)
			}
		}
		return err
	})
	all := map[storage.Bucket][]string{p.Output: folders}
	all[p.Data] = []string{"."} // may be the same
	var out []place
	for b, folders := range all {
		h, ok := b.(halves)
		if !ok {
			continue
		}
		then := time.Now().Add(-age)
		if _, here := b.(local); !here {
			then = time.Now().Add(-max(age, aDay))
		}
		out = append(out, place{h, folders, then})
	}
	return out, err
}

// halves looks for half-written files that nobody writes, and for uploads that
// were left.
func (c *check) halves(ctx context.Context) (seen, error) {
	var out seen
	all, err := c.places(ctx, 0)
	for _, p := range all {
		if err != nil {
			break
		}
		var keys []string
		keys, err = p.Halves(ctx, p.folders, p.then)
		for _, key := range keys {
			f := found(halfLeft, key, "it was begun, and nobody finishes it")
			f.sweep = func(ctx context.Context) error {
				_, err := p.Sweep(ctx, p.folders, p.then)
				return err
			}
			out.findings = append(out.findings, f)
		}
	}
	return out, err
}
