package catalog

import (
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"dropcut/storage/storagetest/disk"
)

// TestACommitGoesToTheLogAlone: rows that lie all over the file are laid into it
// together with those of many commits, or each commit would be as slow as the
// file is large.
func TestACommitGoesToTheLogAlone(t *testing.T) {
	folder := t.TempDir()
	d := disk.Under(t, folder)
	db := open(t, filepath.Join(folder, "c.db"))
	var log, file atomic.Int64
	d.Hear(func(c disk.Call) bool {
		switch {
		case c.What != "write":
		case strings.HasSuffix(c.File, "-wal"):
			log.Add(1)
		default:
			file.Add(1)
		}
		return false
	})
	all := deliveries(7, 20_000)
	for from := 0; from+countBatch <= len(all); from += countBatch {
		putEvents(t, db, all[from:from+countBatch]...)
	}
	d.Hear(nil)
	if log.Load() < 5000 || file.Load() > 50 {
		t.Errorf("%d writes to the log, %d to the file", log.Load(), file.Load())
	}
}
