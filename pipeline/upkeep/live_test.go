package upkeep

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// TestCollectingBesideAServiceTakesNothingThatIsNeeded: two collections at
// once, with no grace, over and over, beside workers that make one revision
// after another, while rubbish is left about.
func TestCollectingBesideAServiceTakesNothingThatIsNeeded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, stop := context.WithCancel(t.Context())
	var sweepers sync.WaitGroup
	var swept, rounds atomic.Int64
	for n := range 2 {
		sweepers.Go(func() {
			for ctx.Err() == nil {
				w.leave(fmt.Sprintf("store/segments/%s", hexOf(fmt.Sprint(n, rounds.Load()))), fmt.Sprint(n, rounds.Load()), 2*time.Hour)
				r, err := Collect(context.WithoutCancel(ctx), w.premises(), CollectOptions{Grace: NoGrace})
				if err != nil {
					t.Error(err)
					return
				}
				swept.Add(int64(total(r)))
				rounds.Add(1)
			}
		})
	}
	m := w.moment()
	for n := range 3 {
		w.write(func(tx *catalog.Tx) error {
			b, err := tx.Brief(m.Recording)
			b.Hooks = []string{fmt.Sprintf("Line number %d", n)}
			return errors.Join(err, tx.PutBrief(m.Recording, b), tx.Again(pipeline.Excerpt, m.Recording, m.ID))
		})
		w.drain()
	}
	stop()
	sweepers.Wait()
	if err := w.err(); err != nil {
		t.Error(err)
	}
	if !slices.ContainsFunc(w.made(), func(v pipeline.Variant) bool { return v.Hook.Text == "Line number 2" }) {
		t.Error("the last line was not made")
	}
	w.clean("afterwards", CheckOptions{Deep: true})
	t.Logf("%d collections swept %d objects and rows", rounds.Load(), swept.Load())
	if swept.Load() < rounds.Load()/4 {
		t.Errorf("%d collections swept %d objects: the case shows little", rounds.Load(), swept.Load())
	}
}
