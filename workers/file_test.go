package workers

import (
	"database/sql"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"dropcut/faultstest"
	"dropcut/pipeline"
	"dropcut/storage/catalog"
	"dropcut/storage/storagetest/disk"
)

// endings counts the rows that were done.
type endings struct {
	unwatched
	done atomic.Int64
}

func (e *endings) Finished(_ catalog.Work, _ catalog.Made, err *pipeline.Error) {
	if err == nil {
		e.done.Add(1)
	}
}

// TestACallOfSQLiteThatFailsLosesAndDoublesNothing: everything is embedded, and
// the k-th call of the catalogue to its files fails, for every k.
func TestACallOfSQLiteThatFailsLosesAndDoublesNothing(t *testing.T) {
	faultstest.AtLength(t)
	t.Parallel()
	folder := t.TempDir()
	d := disk.Under(t, folder)
	p := plantAt(t, nil, filepath.Join(folder, "c.db"))
	steps, err := smithy{Takes: time.Millisecond, Bytes: 100}.steps(t.Context(), func(...any) {})
	if err != nil {
		t.Fatal(err)
	}
	s, ended := p.server(steps), &endings{}
	s.Watch, s.Attempts, s.Lease = ended, 1<<20, lightLease
	p.start(s)
	figures := faultstest.Figures{Faults: map[string]int{}}
	var moments []string
	// order has one moment done, and the at-th call fail meanwhile.
	order := func(at int64) (calls int64) {
		var said atomic.Int64
		d.Hear(func(disk.Call) bool { return said.Add(1) == at })
		moments = append(moments, pipeline.Mint(pipeline.MomentID))
		before := ended.done.Load()
		p.until("the order is heard", func() bool {
			return p.db.Write(t.Context(), func(tx *catalog.Tx) error { return ordered(tx, moments[len(moments)-1:]) }) == nil
		})
		p.until("all is done", func() bool { return ended.done.Load() >= before+int64(len(stages)) })
		calls = said.Load()
		d.Hear(nil)
		p.emptied()
		if calls >= at && at > 0 {
			figures.Faults["failed calls of SQLite"]++
		}
		return calls
	}
	for _, k := range points(t, order(0), 12) {
		order(k)
	}
	if err := p.db.Intact(t.Context()); err != nil {
		t.Error(err)
	}
	db, err := sql.Open("sqlite", p.file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	judgeRows(t, db, moments, &figures)
	faultstest.Tell(t, figures)
}
