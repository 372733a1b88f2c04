package upkeep

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

func TestEachKindIsKeptForATimeOfItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.sql(`INSERT INTO work (id, kind, subject, input, recording, priority, state, doc) VALUES (?, 'plan', 'm_1', 'old', '', 0, 'done', '{}')`, pipeline.FirstAt(pipeline.WorkID, time.Now().Add(-20*aDay)))
	w.sql(`INSERT INTO work (id, kind, subject, input, recording, priority, state, doc, ended_ms) VALUES ('w_01', 'plan', 'm_2', 'old', '', 0, 'failed', '{}', ?)`, time.Now().Add(-20*aDay).UnixMilli())
	w.sql(`INSERT INTO messages (id, webhook_id, kind, body, state, not_before, told_ms, ended_ms) VALUES ('msg_1', 'wh_1', 'clip.posted', '{}', 'delivered', 0, 0, ?)`, time.Now().Add(-20*aDay).UnixMilli())
	for _, of := range [][2]string{{"segments", "created_ms"}, {"excerpts", "created_ms"}, {"moments", "updated_ms"}, {"events", "at_ms"}} {
		w.age(of[0], of[1], 20)
	}
	words := hexOf("heard")
	w.leave("store/words/"+words, "heard", 20*aDay)
	w.leave("clips/"+filepath.Dir(w.manifest())+"/short-9-x-"+hexOf("replaced")[:8]+".mp4", "replaced", 20*aDay)
	const long = 400 * aDay
	all := Retention{Segments: long, Excerpts: long, Words: long, Work: long, Events: long, Messages: long, Failed: long, Replaced: long}
	if r := w.collect(CollectOptions{Retention: all, DryRun: true}); total(r) != 0 {
		t.Fatalf("before the time of any: %+v", r)
	}
	for name, c := range map[string]struct {
		due  func(*Retention)
		went func(Removed) int
	}{
		"segments": {func(r *Retention) { r.Segments = 10 * aDay }, func(r Removed) int { return r.Segments.Objects + int(r.Rows.Segments) }},
		"excerpts": {func(r *Retention) { r.Excerpts = 10 * aDay }, func(r Removed) int { return r.Excerpts.Objects + int(r.Rows.Excerpts) }},
		"words":    {func(r *Retention) { r.Words = 10 * aDay }, func(r Removed) int { return r.Words.Objects }},
		"work":     {func(r *Retention) { r.Work = 10 * aDay }, func(r Removed) int { return int(r.Rows.Work) }},
		"events":   {func(r *Retention) { r.Events = 10 * aDay }, func(r Removed) int { return int(r.Rows.Events) }},
		"messages": {func(r *Retention) { r.Messages = 10 * aDay }, func(r Removed) int { return int(r.Rows.Messages) }},
		"failed":   {func(r *Retention) { r.Failed = 10 * aDay }, func(r Removed) int { return int(r.Rows.Failed) }},
		"replaced": {func(r *Retention) { r.Replaced = 10 * aDay }, func(r Removed) int { return r.Output.Objects }},
	} {
		k := all
		c.due(&k)
		if r := w.collect(CollectOptions{Retention: k, DryRun: true}); c.went(r) == 0 || total(r) != c.went(r) {
			t.Errorf("%s alone are due, and there went %+v", name, r)
		}
	}
}

// TestWhatIsNamedStaysHoweverShortItsTime: every clip that a manifest names, and
// one that an editor approved though no manifest names it, with all that is old.
func TestWhatIsNamedStaysHoweverShortItsTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	approved := w.made()[0]
	approved.State = pipeline.VariantApproved
	w.write(func(tx *catalog.Tx) error { return tx.PutVariant(approved) })
	excerpt := "store/" + w.newest().Key
	if err := os.Remove(filepath.Join(w.folder, "clips", w.manifest())); err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-800 * aDay)
	before := w.everything()
	for file := range before {
		if err := os.Chtimes(filepath.Join(w.folder, file), long, long); err != nil {
			t.Fatal(err)
		}
	}
	for _, of := range [][2]string{{"segments", "created_ms"}, {"excerpts", "created_ms"}, {"moments", "updated_ms"}, {"events", "at_ms"}} {
		w.age(of[0], of[1], 800)
	}
	soon := time.Nanosecond
	w.collect(CollectOptions{Grace: NoGrace, Keep: soon, Retention: Retention{Failed: soon, Replaced: soon}})
	after := w.everything()
	for _, v := range w.made() {
		if !after["clips/"+v.Made.Key] {
			t.Errorf("a %s variant's file went: %s", v.State, v.Made.Key)
		}
	}
	if now := w.variant(approved.ID); now.State != pipeline.VariantApproved || now.Made == nil || !after["clips/"+now.Made.Key] {
		t.Errorf("what was approved is %+v", now)
	}
	if after[excerpt] {
		t.Error("nothing went: the test shows nothing")
	}
}

func (w *world) variant(id string) (v pipeline.Variant) {
	w.t.Helper()
	w.write(func(tx *catalog.Tx) (err error) { v, err = tx.Variant(id); return err })
	return v
}

func TestAFailureIsForgottenAfterItsTimeUnlessItIsNamedOrWorkedOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	row := func(id, recording, state string, ended int) {
		w.sql(`INSERT INTO work (id, kind, subject, input, recording, priority, state, doc, ended_ms) VALUES (?, 'plan', ?, 'old', ?, 0, ?, '{}', ?)`, id, id, recording, state, ended)
	}
	row("w_old", "r_gone", "failed", 1)
	row("w_named", "r_named", "failed", 1)
	row("w_busy", "r_busy", "failed", 1)
	row("w_todo", "r_busy", "ready", 0)
	w.sql(`INSERT INTO work (id, kind, subject, input, recording, priority, state, doc, ended_ms) SELECT 'w_young', 'plan', 'w_young', 'old', '', 0, 'failed', '{}', CAST(unixepoch('subsec') * 1000 AS BIGINT)`)
	w.sql(`INSERT INTO arrivals (source, key, version, size, listed, since_ms, beside, beside_ms, accepted, work_id) VALUES ('in', 'x.mp4', '1', 1, 2, 0, '', 0, '1', 'w_named')`)
	w.sql(`INSERT INTO reservations (recipe, work_id) VALUES ('old', 'w_old'), ('busy', 'w_busy')`)
	if r := w.collect(CollectOptions{}); r.Rows.Failed != 1 {
		t.Errorf("%+v", r)
	}
	var left []string
	w.write(func(tx *catalog.Tx) error {
		all, err := tx.Failed()
		left = nil
		for _, f := range all {
			left = append(left, f.ID)
		}
		return err
	})
	if strings.Join(left, " ") != "w_busy w_named w_young" {
		t.Errorf("left are %v", left)
	}
}

// said is a log that can be read while it is written.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *said) times(what string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Count(s.text.String(), what)
}

func TestOneMemberAtATimeCollectsAndAnotherWhenThatOneDied(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.rubbish(48 * time.Hour)
	if ok, err := w.db.Take(t.Context(), catalog.Duty{Name: duty, Member: "dead"}, time.Hour, 300*time.Millisecond); err != nil || !ok {
		t.Fatal(ok, err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	log := &said{}
	for _, member := range []string{"a", "b", "c"} {
		k := &Keeper{Premises: w.premises(), Duties: w.db, Member: member, Every: time.Second, Lease: 10 * time.Second, Log: slog.New(slog.NewTextHandler(log, nil))}
		all.Go(func() { k.Run(ctx) })
	}
	time.Sleep(250 * time.Millisecond)
	if n := log.times("removed what nobody needs"); n != 0 {
		t.Errorf("%d collected while another had the duty", n)
	}
	for end := time.Now().Add(time.Minute); log.times("removed what nobody needs") == 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("nobody took over")
		}
	}
	time.Sleep(500 * time.Millisecond)
	if n := log.times("removed what nobody needs"); n != 1 {
		t.Errorf("%d collections within the time of one", n)
	}
	if log.times("clips=4") != 1 {
		t.Errorf("%s", log.text.String())
	}
	for end := time.Now().Add(time.Minute); log.times("removed what nobody needs") < 2; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it was done once and never again")
		}
	}
	stop()
	all.Wait()
}
