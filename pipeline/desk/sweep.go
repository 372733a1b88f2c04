package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// answersKept is how long a call that is made again is answered as before.
const answersKept = 48 * time.Hour

// Catalog is what sweeping needs of the records.
type Catalog interface {
	AtDesk(ctx context.Context, f func(*catalog.Tx) error) error
}

// Sweep makes claims unknown whose time ran out, takes back what came under a
// recall by itself, recalls what speaks of offers that are over, tells of posts
// whose first 12 hours are, and forgets answers that nobody asks for again.
// Anybody may, at any time, twice at once.
func (d *Desk) Sweep(ctx context.Context, db Catalog) error {
	var overdue []string
	err := db.AtDesk(ctx, func(tx *catalog.Tx) (err error) {
		if _, err = tx.ForgetAnswers(answersKept); err != nil {
			return err
		}
		overdue, err = tx.Overdue()
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range overdue {
		err = errors.Join(err, db.AtDesk(ctx, func(tx *catalog.Tx) error {
			if err := tx.Enter(c); err != nil {
				return err
			}
			_, err := tx.RunOut(c)
			return err
		}))
	}
	return errors.Join(err, d.lookAgain(ctx, db), d.endOffers(ctx, db), d.close(ctx, db))
}

// lookAgain takes back what is out of recordings in which a recall covers more
// than it did: a moment became part of another, or a hook became an offer.
func (d *Desk) lookAgain(ctx context.Context, db Catalog) error {
	var due []catalog.Sweep
	err := db.AtDesk(ctx, func(tx *catalog.Tx) (err error) {
		due, err = tx.Sweeps()
		return err
	})
	for _, s := range due {
		err = errors.Join(err, db.AtDesk(ctx, func(tx *catalog.Tx) error {
			if err := tx.Enter(s.Creator); err != nil {
				return err
			}
			out, err := tx.OutOf(s.Recording)
			if err != nil {
				return err
			}
			slices.Sort(out)
			for _, v := range slices.Compact(out) {
				if err := d.look(tx, s.Creator, v); err != nil {
					return err
				}
			}
			return tx.Swept(s)
		}))
	}
	return err
}

// look takes a variant back where it is under a recall; else what is approved of
// it says of its offer what its plan says now.
func (d *Desk) look(tx *catalog.Tx, creator, variant string) error {
	recall, err := tx.RecallOf(variant)
	if err != nil {
		return err
	}
	if recall != nil {
		return d.takeBack(tx, creator, variant, recall.Reason)
	}
	r, err := tx.Ready(variant)
	if errors.Is(err, pipeline.NotFound) {
		return nil
	}
	v, unread := tx.Variant(variant)
	if err := errors.Join(err, unread); err != nil || !v.Hook.Offer || r.Hook.Offer && r.Hook.OfferUntil == v.Hook.OfferUntil {
		return err
	}
	r.Hook, r.OfferUntil = v.Hook, offerUntil(v.Hook)
	return d.keep(tx, r)
}

// endOffers recalls what speaks of offers that are over.
func (d *Desk) endOffers(ctx context.Context, db Catalog) error {
	var over []pipeline.Ready
	err := db.AtDesk(ctx, func(tx *catalog.Tx) (err error) {
		over, err = tx.OffersOver()
		return err
	})
	slices.SortFunc(over, func(a, b pipeline.Ready) int { return a.OfferUntil.Compare(*b.OfferUntil) })
	for _, r := range over {
		err = errors.Join(err, db.AtDesk(ctx, func(tx *catalog.Tx) error {
			if err := tx.Enter(r.Creator); err != nil {
				return err
			}
			now, err := tx.Ready(r.Variant) // it may have been approved anew meanwhile, with a later end
			if errors.Is(err, pipeline.NotFound) || err == nil && (now.OfferUntil == nil || now.OfferUntil.After(*r.OfferUntil)) {
				return nil
			}
			if err != nil {
				return err
			}
			return d.recall(tx, r.Creator, catalog.Recall{Variant: r.Variant, Reason: "offer_over"}, []string{r.Variant})
		}))
	}
	return err
}
