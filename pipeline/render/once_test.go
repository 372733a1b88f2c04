package render

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"dropcut/pipeline"
)

// madeOnce is a moment whose first round is done, kept for all tests of this
// process.
var madeOnce struct {
	sync.Once
	root   string
	rec    pipeline.Recording
	moment pipeline.Moment
	clips  []pipeline.Clip
	first  *seen
}

// aMadeMoment is aMoment after its first round, and that round: a copy that its
// test may change as it likes.
func aMadeMoment(t *testing.T) (*mill, *seen) {
	t.Helper()
	madeOnce.Do(func() {
		m := aMoment(t)
		first := m.whole()
		root, err := os.MkdirTemp("", "dropcut-made-")
		if err := errors.Join(err, m.db.Close()); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(root, os.DirFS(m.root)); err != nil {
			t.Fatal(err)
		}
		madeOnce.root, madeOnce.rec, madeOnce.moment, madeOnce.clips, madeOnce.first = root, m.rec, m.moment, m.clips, first
	})
	if madeOnce.first == nil {
		t.Fatal("the first round failed in another test")
	}
	root := filepath.Join(t.TempDir(), "mill")
	if err := os.CopyFS(root, os.DirFS(madeOnce.root)); err != nil {
		t.Fatal(err)
	}
	m := openMill(t, root)
	m.rec, m.moment, m.clips, m.rounds = madeOnce.rec, madeOnce.moment, slices.Clone(madeOnce.clips), 1
	return m, madeOnce.first
}
