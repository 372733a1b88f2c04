package upkeep

import (
	"context"
	"fmt"

	"dropcut/storage/catalog"
)

// handed reads what was handed out to schedulers, and what is counted of it. Each
// question is a reading of its own: there may be millions of shares, and whoever
// works beside it is not to wait.
func (c *check) handed(ctx context.Context) (seen, error) {
	var out seen
	for _, ask := range []func(*catalog.Tx) ([]Finding, error){hands, undated, uncounted, misdated, unnamed} {
		var some []Finding
		if err := c.Catalog.Read(ctx, func(tx *catalog.Tx) (err error) {
			some, err = ask(tx)
			return err
		}); err != nil {
			return out, err
		}
		out.findings = append(out.findings, some...)
	}
	return out, nil
}

func hands(tx *catalog.Tx) ([]Finding, error) {
	all, err := tx.InTwoHands()
	var out []Finding
	for _, h := range all {
		out = append(out, found(heldTwice, h.Last, "the channel %s has the clip %s in %d claims, of which %s is the first", h.Channel, h.Clip, h.Claims, h.First))
	}
	return out, err
}

func undated(tx *catalog.Tx) ([]Finding, error) {
	all, err := tx.Undated()
	var out []Finding
	for _, id := range all {
		out = append(out, found(postUndated, id, "it is posted, and nobody knows when"))
	}
	return out, err
}

func uncounted(tx *catalog.Tx) ([]Finding, error) {
	all, err := tx.Uncounted()
	var out []Finding
	for _, id := range all {
		f := found(postUncounted, id, "it is posted, and not counted by each of its names")
		f.change = func(tx *catalog.Tx) (bool, error) { return true, tx.CountPosted(id) }
		out = append(out, f)
	}
	return out, err
}

func misdated(tx *catalog.Tx) ([]Finding, error) {
	all, err := tx.Misdated()
	var out []Finding
	for _, m := range all {
		f := found(sharesMisdated, m.Named, "%d posts of %s have this name; what is told of it is counted to %d of them, of which %d are none", m.Posts, m.Creator, m.Counted, m.Gone)
		if m.Counted == 1 && m.Gone == 0 {
			f = found(sharesMisdated, m.Named, "%d posts of %s have this name; what is told of it is counted to the wrong one, or until a wrong time", m.Posts, m.Creator)
		}
		f.change = func(tx *catalog.Tx) (bool, error) { return true, tx.Redate(m.Creator, m.Named) }
		out = append(out, f)
	}
	return out, err
}

func unnamed(tx *catalog.Tx) ([]Finding, error) {
	all, err := tx.Unnamed()
	var out []Finding
	for _, u := range all {
		out = append(out, found(sharesUnnamed, fmt.Sprintf("subject %d", u.Subject), "%d shares and %d counters are kept of it, and nobody knows what that is, or who counted them", u.Events, u.Snapshots))
	}
	return out, err
}
