package render

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

func TestTheWayToTheFirstShortIsMoreUrgentThanTheRest(t *testing.T) {
	db, err := catalog.Open(t.Context(), filepath.Join(t.TempDir(), "c.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	ref := func(recipe string) []pipeline.SegmentRef { return []pipeline.SegmentRef{{Recipe: recipe, Out: 1}} }
	run := func(recipe string) runOrder { return runOrder{Strands: []strand{{Segments: ref(recipe)}}} }
	p := composed{first: 1, runs: []runOrder{run("p1"), run("p2")},
		sounds: []soundOrder{{Clip: "c_1", Recipe: "s1"}, {Clip: "c_2", Recipe: "s2"}},
		makes: []*draft{{variant: pipeline.Variant{ID: "v_1"}, refs: ref("p1"), sound: "s1"},
			{variant: pipeline.Variant{ID: "v_2"}, refs: ref("p2"), sound: "s2"}}}
	for _, c := range []struct {
		round    string
		priority int64
		want     string
	}{
		{"fresh", pipeline.First.Priority(3), "[sound first render first assemble first sound bulk render bulk assemble bulk]"},
		{"asked for", pipeline.Edit.Priority(0), "[sound edit render edit assemble edit sound edit render edit assemble edit]"},
		{"dropcut run", 4000, "[sound bulk render bulk assemble bulk sound bulk render bulk assemble bulk]"},
	} {
		w := catalog.Work{Kind: pipeline.Compose, Subject: "m_1", Input: c.round, Priority: c.priority}
		if err := db.Write(t.Context(), func(tx *catalog.Tx) error {
			return (&keeper{tx: tx, w: w, makers: map[string]string{}}).order(p)
		}); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(drained(t, db)); got != c.want {
			t.Errorf("%s: the order was %s, want %s", c.round, got, c.want)
		}
	}
}

// drained does every row at once, and says in which order and how urgent they were.
func drained(t *testing.T, db *catalog.DB) (order []any) {
	t.Helper()
	for {
		w, err := db.Claim(t.Context(), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if w == nil {
			return order
		}
		order = append(order, w.Kind, pipeline.UrgencyOf(w.Priority))
		if err := db.Write(t.Context(), func(tx *catalog.Tx) error { return tx.Finish(*w) }); err != nil {
			t.Fatal(err)
		}
	}
}
