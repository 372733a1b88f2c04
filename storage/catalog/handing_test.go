package catalog

import (
	"database/sql"
	"strings"
	"testing"
)

// TestClaimsThatRanOutAreFoundByTheirTime: whoever claims or reports looks for
// them, and a creator's claims grow without end.
func TestClaimsThatRanOutAreFoundByTheirTime(t *testing.T) {
	t.Parallel()
	var plan []string
	write(t, inFile(t), func(tx *Tx) error {
		plan = nil
		return tx.each(`EXPLAIN QUERY PLAN SELECT id FROM claims WHERE `+ranOut, []any{"ada"}, func(rows *sql.Rows) error {
			var id, parent, unused int
			var step string
			err := rows.Scan(&id, &parent, &unused, &step)
			plan = append(plan, step)
			return err
		})
	})
	if text := strings.Join(plan, "\n"); !strings.Contains(text, "claims_due (until_ms<?)") {
		t.Error(text)
	}
}
