package render

import (
	"context"
	"os"
	"sync"
	"testing"

	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// ledger is a room that notes what it is asked for, and may refuse it.
type ledger struct {
	mu   sync.Mutex
	full error
	of   map[pipeline.Step]storage.Need // all rows of a kind together
}

// Reserve implements Room.
func (l *ledger) Reserve(_ context.Context, w catalog.Work, n storage.Need) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	of := l.of[w.Kind]
	l.of[w.Kind] = storage.Need{Temp: of.Temp + n.Temp, Data: of.Data + n.Data, Output: of.Output + n.Output}
	return l.full
}

func TestWhatIsReservedIsNoLessThanWhatIsWritten(t *testing.T) {
	t.Parallel()
	m := aMoment(t)
	l := &ledger{of: map[pipeline.Step]storage.Need{}}
	m.bench.Room = l
	m.whole()
	var kept, out int64
	if err := m.data.List(t.Context(), "segments/", func(o storage.Object) bool { kept += o.Size; return true }); err != nil {
		t.Fatal(err)
	}
	if err := m.output.List(t.Context(), "", func(o storage.Object) bool { out += o.Size; return true }); err != nil {
		t.Fatal(err)
	}
	if n := l.of[pipeline.Render].Data + l.of[pipeline.Sound].Data; n < kept || kept == 0 {
		t.Errorf("%d bytes of segments were kept, %d reserved", kept, n)
	}
	if n := l.of[pipeline.Assemble]; n.Output < out || out == 0 || n.Temp < 2*out || n.Output > 3*out+10*overhead {
		t.Errorf("%d bytes of clips were written, reserved were %+v", out, n)
	}
}

func TestWhereThereIsNoRoomNothingIsBegunAndNoVariantFails(t *testing.T) {
	t.Parallel()
	m, _ := aMadeMoment(t)
	v := m.made()[0]
	v.State = pipeline.VariantRendering
	m.write(func(tx *catalog.Tx) error { return tx.PutVariant(v) })
	m.bench.Room = &ledger{full: pipeline.Fail(pipeline.NoRoom, "no_room", "", "full"), of: map[pipeline.Step]storage.Need{}}
	_, err := (&Assembly{m.bench}).Do(t.Context(), catalog.Work{Kind: pipeline.Assemble, Subject: v.ID, Recording: m.rec.ID, Doc: write(assemblyOrder{Input: v.Input})}, func(float64) {})
	if !pipeline.IsFull(err) {
		t.Fatal(err)
	}
	m.write(func(tx *catalog.Tx) (err error) { v, err = tx.Variant(v.ID); return err })
	if left, err := os.ReadDir(m.bench.Temp); v.State != pipeline.VariantRendering || err != nil || len(left) > 0 {
		t.Errorf("the variant is %s, in the folder of attempts lie %v, %v", v.State, left, err)
	}
}
