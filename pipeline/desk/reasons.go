package desk

import (
	"errors"
	"fmt"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/channels"
	"dropcut/storage/catalog"
)

// Reasons is why a creator's approved files are not handed out on a channel now;
// where there are very many, the newest.
func (d *Desk) Reasons(tx *catalog.Tx, c pipeline.Channel) ([]Reason, error) {
	t, err := d.open(tx, Who{}, c, Ask{})
	if err != nil {
		return nil, err
	}
	n, err := tx.CountReady(c.Creator)
	if err != nil {
		return nil, err
	}
	back, err := t.recalledSince()
	if err != nil {
		return nil, err
	}
	if n == 0 && back == 0 {
		t.out.Why = append(t.out.Why, Reason{Code: "nothing_approved", Detail: "no editor has approved a file that is still to be posted"})
	}
	if c.Paused {
		t.out.Why = append(t.out.Why, Reason{Code: "paused", Detail: "the channel is paused", Files: n})
	}
	all, err := tx.Approved(c.Creator, c.ID, 0, looked)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		if err := t.reason(r.Ready, r.Waits); err != nil {
			return nil, err
		}
	}
	if n > len(all) {
		t.out.Why = append(t.out.Why, Reason{Code: "not_looked_at", Detail: fmt.Sprintf("only the %d newest of %d approved files were looked at", len(all), n), Files: n - len(all)})
	}
	return t.out.Why, nil
}

func (t *taking) reason(r pipeline.Ready, waits catalog.WaitsFor) error {
	plan, err := t.plans.of(r.Recording)
	if err != nil {
		return err
	}
	switch {
	case waits == catalog.WaitsLater:
		t.because("later", "a platform said to try again later")
	case waits == catalog.WaitsNow:
		var until time.Time
		if r.OfferUntil != nil {
			until = *r.OfferUntil
		}
		if _, why := channels.When(t.c, t.taken, t.now, until); why != nil {
			t.because(why.Code, why.Detail)
		}
	default:
		for _, f := range Fit(t.c, r, plan) {
			if f.Must && !f.OK {
				t.because(f.Rule, fmt.Sprintf("such as %s: %s", r.Variant, f.Detail))
				return nil
			}
		}
		t.because("handed_out", "their clips were handed out for this channel before")
	}
	return nil
}

// newest is of how many verdicts it is looked at what became of them under recalls.
const newest = 200

// recalledSince counts among the reasons what an editor approved and a recall
// took back, by the newest verdicts, and reports how many there are.
func (t *taking) recalledSince() (n int, err error) {
	some, err := t.tx.Recalls(t.c.Creator, "", 1)
	if err != nil || len(some) == 0 {
		return 0, err
	}
	all, err := t.tx.Verdicts(t.c.Creator, "", newest)
	if err != nil {
		return 0, err
	}
	seen := map[string]bool{}
	for _, v := range all {
		if seen[v.Variant] {
			continue // an older verdict
		}
		seen[v.Variant] = true
		r, err := t.tookBack(v)
		if err != nil {
			return n, err
		}
		if r != nil {
			n++
			t.because(codeRecalled, fmt.Sprintf("approved and recalled since, such as %s (%s): lift the recall and approve it again, where it is to be posted after all", v.Variant, r.Reason))
		}
	}
	return n, nil
}

// tookBack is the recall that took back what a verdict approved; nil for none.
func (t *taking) tookBack(v pipeline.Verdict) (*catalog.Recall, error) {
	if v.Says != pipeline.Approve {
		return nil, nil
	}
	if _, err := t.tx.Ready(v.Variant); !errors.Is(err, pipeline.NotFound) {
		return nil, err
	}
	return t.tx.RecallOf(v.Variant)
}
