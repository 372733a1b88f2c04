package catalog

import (
	"database/sql"
	"errors"
	"fmt"

	"dropcut/pipeline"
)

// Sweep is a recording whose files are to be looked at again: its moments became
// one, a hook became an offer, or all there was recalled.
type Sweep struct {
	Recording string
	Creator   string
	until     int64
}

// lookedAt is how long a recording is looked at again and again, in
// milliseconds: who wrote at the same time, and was not seen, has ended by then.
const lookedAt = 60_000

// sweep has a recording's files be looked at again.
func (t *Tx) sweep(recording string) error {
	_, err := t.exec(fmt.Sprintf(`INSERT INTO sweeps (recording_id, creator, until_ms) SELECT id, creator, now_ms + %d FROM recordings WHERE id = $1
		ON CONFLICT (recording_id) DO UPDATE SET until_ms = excluded.until_ms`, lookedAt), recording)
	return err
}

// sweepOffer has what is out of a variant be looked at again where v says anew
// that it speaks of an offer, or when that ends.
func (t *Tx) sweepOffer(v pipeline.Variant) error {
	if !v.Hook.Offer {
		return nil
	}
	was, err := t.Variant(v.ID)
	if errors.Is(err, pipeline.NotFound) || err == nil && was.Hook.Offer && was.Hook.OfferUntil == v.Hook.OfferUntil {
		return nil
	}
	if err != nil {
		return err
	}
	_, m, _, err := t.Lineage(v.Clip)
	if err != nil {
		return err
	}
	return t.sweep(m.Recording)
}

// Sweeps is what is to be looked at again.
func (t *Tx) Sweeps() (all []Sweep, err error) {
	err = t.each(`SELECT recording_id, creator, until_ms FROM sweeps ORDER BY recording_id`, nil, func(rows *sql.Rows) error {
		var s Sweep
		err := rows.Scan(&s.Recording, &s.Creator, &s.until)
		all = append(all, s)
		return err
	})
	return all, err
}

// Swept keeps that a recording was looked at. It is looked at again where it was
// to be meanwhile, or its time is not over.
func (t *Tx) Swept(s Sweep) error {
	_, err := t.exec(`DELETE FROM sweeps WHERE recording_id = $1 AND until_ms = $2 AND until_ms <= now_ms`, s.Recording, s.until)
	return err
}

// stillOut is a claim that is not over, of what was not recalled.
const stillOut = `state IN ('claimed', 'scheduled', 'posted', 'unknown') AND NOT revoked`

// IsOut reports whether something of a variant is approved, or was handed out,
// is not over and was not recalled.
func (t *Tx) IsOut(variant string) (bool, error) {
	approved, err := t.some(`SELECT COUNT(*) FROM ready WHERE variant_id = $1`, variant)
	if err != nil || approved {
		return approved, err
	}
	return t.some(`SELECT COUNT(*) FROM claims WHERE variant_id = $1 AND `+stillOut, variant)
}

// OutOf is the variants of a recording that are out; some stand twice.
func (t *Tx) OutOf(recording string) ([]string, error) {
	return t.texts(`SELECT variant_id FROM ready WHERE recording_id = $1 UNION ALL SELECT variant_id FROM claims WHERE recording_id = $1 AND `+stillOut, recording)
}
