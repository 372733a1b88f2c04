package catalog

import (
	"fmt"
	"testing"

	"dropcut/pipeline"
)

// TestARecordingIsLookedAtUntilWhoWroteBesideItHasEnded: and again where it is
// to be meanwhile.
func TestARecordingIsLookedAtUntilWhoWroteBesideItHasEnded(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		due := func() (all []Sweep) {
			write(t, db, func(tx *Tx) (err error) {
				all, err = tx.Sweeps()
				return err
			})
			return all
		}
		over := func(at int) {
			write(t, db, func(tx *Tx) error {
				_, err := tx.exec(fmt.Sprintf(`UPDATE sweeps SET until_ms = %d`, at))
				return err
			})
		}
		swept := func(s Sweep, left int) {
			t.Helper()
			write(t, db, func(tx *Tx) error { return tx.Swept(s) })
			if n := len(due()); n != left {
				t.Errorf("%d are due, not %d", n, left)
			}
		}
		layRecalled(t, db)
		all := due()
		if len(all) != 1 || all[0].Recording != "r_1" || all[0].Creator != "ada" {
			t.Fatalf("%+v", all)
		}
		swept(all[0], 1)
		over(1)
		swept(all[0], 1)
		swept(due()[0], 0)
		v := pipeline.Variant{ID: "v_1", Clip: "c_1", State: pipeline.VariantMade, Hook: pipeline.Hook{Text: "50 left", Offer: true}}
		for _, c := range []struct {
			until string
			due   int
		}{{"", 0}, {"2026-11-26T20:00:00Z", 1}} {
			v.Hook.OfferUntil = c.until
			write(t, db, func(tx *Tx) error { return tx.PutVariant(v) })
			if n := len(due()); n != c.due {
				t.Errorf("until %q: %d are due", c.until, n)
			}
		}
	})
}
