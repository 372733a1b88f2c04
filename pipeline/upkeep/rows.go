package upkeep

import (
	"context"
	"time"

	"dropcut/storage/catalog"
)

// rows reads what is to be done, whom it waits for and who holds it.
func (c *check) rows(ctx context.Context) (seen, error) {
	var out seen
	err := c.Catalog.Write(ctx, func(tx *catalog.Tx) error {
		out = seen{}
		for _, ask := range []func(*catalog.Tx) ([]Finding, error){waits, reservations, c.leases, failures, acceptances, foldersOnce} {
			all, err := ask(tx)
			if err != nil {
				return err
			}
			out.findings = append(out.findings, all...)
		}
		return nil
	})
	return out, err
}

func waits(tx *catalog.Tx) ([]Finding, error) {
	all, err := tx.Miscounted()
	var out []Finding
	for _, w := range all {
		f := found(waitsMiscounted, w.ID, "%s of %s is counted to wait for %d rows, and names %d", w.Kind, w.Subject, w.Counted, w.Named)
		if w.Finished > 0 {
			f = found(waitsForFinished, w.ID, "%s of %s waits for %d rows, of which %d are finished", w.Kind, w.Subject, w.Named, w.Finished)
		}
		f.change = func(tx *catalog.Tx) (bool, error) { return true, tx.Recount(w.ID) }
		out = append(out, f)
	}
	return out, err
}

func reservations(tx *catalog.Tx) ([]Finding, error) {
	all, err := tx.IdleReservations()
	var out []Finding
	for _, r := range all {
		f := found(reservationIdle, r.Recipe, "the segment is reserved for %s, which is done or gone", r.Work)
		f.change = func(tx *catalog.Tx) (bool, error) { return true, tx.ReleaseIdle(r.Recipe) }
		out = append(out, f)
	}
	return out, err
}

// longAgo is how long after its lease ran out work counts as left: whoever
// works takes it over within seconds.
const longAgo = 10 * time.Minute

func (c *check) leases(tx *catalog.Tx) ([]Finding, error) {
	all, err := tx.Lapsed(longAgo)
	var out []Finding
	for _, w := range all {
		f := found(leaseLapsed, w.ID, "%s of %s is held under a lease that ran out more than %s ago", w.Kind, w.Subject, longAgo)
		f.change = func(tx *catalog.Tx) (bool, error) { return true, tx.TakeBack(w.ID, longAgo) }
		out = append(out, f)
	}
	return out, err
}

func failures(tx *catalog.Tx) ([]Finding, error) {
	all, err := tx.Failed()
	var out []Finding
	for _, w := range all {
		out = append(out, unsaid(w.ID, string(w.Kind)+" of "+w.Subject, w.Failure)...)
	}
	return out, err
}

func acceptances(tx *catalog.Tx) ([]Finding, error) {
	all, err := tx.Acceptances()
	var out []Finding
	for _, a := range all {
		out = append(out, arrivalEnds(a)...)
	}
	return out, err
}
