package catalog

import (
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"dropcut/pipeline"
)

// shown is when the posts of these tests were posted.
var shown = time.Date(2026, 3, 1, 18, 0, 0, 0, time.UTC)

func post(id string, posted time.Time) pipeline.Post {
	return pipeline.Post{ID: id, Creator: "ada", Platform: pipeline.TikTok, ExternalID: "ext" + id, Variant: "v_1", PostedAt: posted}
}

func reshare(id, source, post string, after time.Duration) pipeline.ShareEvent {
	return pipeline.ShareEvent{ID: id, Source: source, Post: post, At: shown.Add(after)}
}

func number(n int64) *int64 { return &n }

// counts is what PutShareEvents and PutSnapshots say.
type counts struct{ counted, known int }

func putEvents(t testing.TB, db *DB, all ...pipeline.ShareEvent) (c counts) {
	t.Helper()
	write(t, db, func(tx *Tx) (err error) {
		c.counted, c.known, err = tx.PutShareEvents("ada", all)
		return err
	})
	return c
}

func putSnapshots(t testing.TB, db *DB, all ...pipeline.Snapshot) (c counts) {
	t.Helper()
	write(t, db, func(tx *Tx) (err error) {
		c.counted, c.known, err = tx.PutSnapshots("ada", all)
		return err
	})
	return c
}

func putPost(t testing.TB, db *DB, p pipeline.Post) {
	t.Helper()
	write(t, db, func(tx *Tx) error { return tx.PutPost(p) })
}

// everyEvent is every share event of a post, oldest first: one by one what
// ShareCurve counts.
func everyEvent(t *Tx, post string) ([]pipeline.ShareEvent, error) {
	var out []pipeline.ShareEvent
	err := t.each(`SELECT o.source, e.id, e.occurred_ms, e.received_ms `+ofPost+`JOIN share_events e ON e.subject_id = s.id
		WHERE n.post_id = $1 AND e.occurred_ms < n.until_ms ORDER BY e.occurred_ms, o.source, e.id`, []any{post}, func(rows *sql.Rows) error {
		e := pipeline.ShareEvent{Post: post}
		var at, received int64
		err := rows.Scan(&e.Source, &e.ID, &at, &received)
		e.At, e.Received = time.UnixMilli(at).UTC(), time.UnixMilli(received).UTC()
		out = append(out, e)
		return err
	})
	return out, err
}

func eventsOf(t testing.TB, db *DB, post string) (out []string) {
	t.Helper()
	write(t, db, func(tx *Tx) error {
		all, err := everyEvent(tx, post)
		out = nil
		for _, e := range all {
			out = append(out, e.Source+" "+e.ID)
		}
		return err
	})
	return out
}

func TestAShareIsCountedOnceBySourceAndID(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		putPost(t, db, post("p_1", shown))
		first := reshare("1", "shop", "p_1", time.Minute)
		if got := putEvents(t, db, first, reshare("1", "shop", "p_2", time.Hour), reshare("1", "app", "p_1", 0)); got != (counts{2, 1}) {
			t.Errorf("%+v, want two counted and one known", got)
		}
		late := first
		late.At = late.At.Add(time.Hour)
		if got := putEvents(t, db, late); got != (counts{0, 1}) {
			t.Errorf("said otherwise later: %+v", got)
		}
		write(t, db, func(tx *Tx) error {
			if n, _, err := tx.PutShareEvents("bob", []pipeline.ShareEvent{first}); n != 1 || err != nil {
				t.Errorf("of another creator: %d, %v", n, err)
			}
			all, err := everyEvent(tx, "p_1")
			if err == nil && (len(all) != 2 || !all[1].At.Equal(first.At) || all[1].Received.IsZero() || all[1].Post != "p_1") {
				t.Errorf("%+v", all)
			}
			return err
		})
		if got := putEvents(t, db); got != (counts{}) {
			t.Errorf("of nothing: %+v", got)
		}
		odd := reshare("\x00", "sh\x00p", "http\x00", 0)
		if got := []counts{putEvents(t, db, odd), putEvents(t, db, odd)}; !slices.Equal(got, []counts{{1, 0}, {0, 1}}) {
			t.Errorf("with NUL: %+v", got)
		}
	})
}

func TestWhatAnEventLacksIsSaidAndNothingIsKept(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		for _, bad := range []pipeline.ShareEvent{{Source: "a", Post: "p", At: shown}, {ID: "1", Post: "p", At: shown}, {ID: "1", Source: "a", At: shown}, {ID: "1", Source: "a", Post: "p"}} {
			err := db.Write(t.Context(), func(tx *Tx) error {
				_, _, err := tx.PutShareEvents("ada", []pipeline.ShareEvent{reshare("good", "a", "p", 0), bad})
				return err
			})
			if !errors.Is(err, pipeline.Invalid) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		if got := putEvents(t, db, reshare("good", "a", "p", 0)); got.counted != 1 {
			t.Errorf("what came with a bad one was kept: %+v", got)
		}
		err := db.Write(t.Context(), func(tx *Tx) error {
			_, _, err := tx.PutSnapshots("ada", []pipeline.Snapshot{{Source: "a", Post: "p"}})
			return err
		})
		if !errors.Is(err, pipeline.Invalid) {
			t.Errorf("a snapshot without a time: %v", err)
		}
	})
}

// TestSharesFindTheirPostWheneverItIsReported: whatever a source calls it by,
// and whether it is known before or after.
func TestSharesFindTheirPostWheneverItIsReported(t *testing.T) {
	p := post("p_1", shown)
	p.URL = "https://www.tiktok.com/@ada/video/77"
	names := []pipeline.Named{{Post: "p_1"}, {Platform: pipeline.TikTok, ExternalID: "extp_1"}, {URL: "http://tiktok.com/@ada/video/77?x=1"}, {Variant: "v_1"}, {Variant: "v_1", Platform: pipeline.TikTok}}
	both(t, func(t *testing.T, db *DB) {
		p := p
		for i, n := range names {
			putEvents(t, db, reshare(fmt.Sprint("early", i), "shop", n.Key(), 0))
			putSnapshots(t, db, pipeline.Snapshot{Source: fmt.Sprint("s", i), Post: n.Key(), At: shown, Views: number(1)})
		}
		putEvents(t, db, reshare("strange", "shop", "tiktok/other", 0))
		if got := eventsOf(t, db, "p_1"); len(got) != 0 {
			t.Errorf("nobody has posted it: %q", got)
		}
		var waiting []Stray
		write(t, db, func(tx *Tx) (err error) {
			waiting, err = tx.Strays("ada", 100)
			return err
		})
		if len(waiting) != 11 || waiting[0].Events+waiting[0].Snapshots != 1 {
			t.Errorf("%d names wait: %+v", len(waiting), waiting)
		}
		putPost(t, db, p)
		for i, n := range names {
			putEvents(t, db, reshare(fmt.Sprint("late", i), "shop", n.Key(), 0))
		}
		if got := eventsOf(t, db, "p_1"); len(got) != 10 {
			t.Errorf("%d of ten events are found: %q", len(got), got)
		}
		write(t, db, func(tx *Tx) error {
			all, err := tx.SnapshotsOf("p_1")
			known, more := tx.IsPost("ada", names[2].Key())
			other, again := tx.IsPost("bob", names[2].Key())
			if len(all) != 5 || !known || other {
				t.Errorf("%d of five snapshots; known %v, to another %v", len(all), known, other)
			}
			var last error
			waiting, last = tx.Strays("ada", 100)
			return errors.Join(err, more, again, last)
		})
		if len(waiting) != 1 || waiting[0].Named != "tiktok/other" {
			t.Errorf("still waiting: %+v", waiting)
		}
		p.URL = "https://www.tiktok.com/@ada/video/88"
		putPost(t, db, p)
		if got := eventsOf(t, db, "p_1"); len(got) != 8 {
			t.Errorf("after its address was put right: %q", got)
		}
	})
}

// TestAVariantsShareIsOfItsOnlyPost: once another post has the variant too,
// nobody can tell whose a share is; what happened before stays counted.
func TestAVariantsShareIsOfItsOnlyPost(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		later := post("p_0", shown.Add(time.Hour))
		later.Platform = pipeline.X
		first := post("p_1", shown)
		putPost(t, db, later)
		putPost(t, db, first) // reported later, posted earlier
		putEvents(t, db, reshare("before", "shop", "v_1", time.Minute), reshare("after", "shop", "v_1", 2*time.Hour), reshare("told", "shop", "x/v_1", 2*time.Hour))
		if one, two := eventsOf(t, db, "p_1"), eventsOf(t, db, "p_0"); !slices.Equal(one, []string{"shop before"}) || !slices.Equal(two, []string{"shop told"}) {
			t.Errorf("of the first %q, of the second %q", one, two)
		}
		first.Variant = "v_2"
		putPost(t, db, first)
		if one, two := eventsOf(t, db, "p_1"), eventsOf(t, db, "p_0"); len(one) != 0 || len(two) != 3 {
			t.Errorf("after the first was put right: %q, %q", one, two)
		}
	})
}

func TestCountersOfOneInstantAreKeptOnceAndMovingOnesFollow(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		putPost(t, db, post("p_1", shown))
		at := func(source string, views int64, grain pipeline.Grain) pipeline.Snapshot {
			return pipeline.Snapshot{Source: source, Post: "p_1", At: shown, Views: number(views), Grain: grain}
		}
		for _, c := range []struct {
			why  string
			put  []pipeline.Snapshot
			want counts
		}{
			{"new, and told twice in one call", []pipeline.Snapshot{at("api", 5, ""), at("api", 6, ""), at("day", 1, pipeline.GrainDay), at("day", 2, pipeline.GrainDay)}, counts{2, 2}},
			{"an instant does not change", []pipeline.Snapshot{at("api", 7, "")}, counts{0, 1}},
			{"the same again", []pipeline.Snapshot{at("day", 2, pipeline.GrainDay)}, counts{0, 1}},
			{"a day that was put right", []pipeline.Snapshot{at("day", 3, pipeline.GrainDay)}, counts{1, 0}},
		} {
			if got := putSnapshots(t, db, c.put...); got != c.want {
				t.Errorf("%s: %+v, want %+v", c.why, got, c.want)
			}
		}
		byID := at("day", 9, pipeline.GrainDay)
		byID.Post = "tiktok/extp_1"
		putSnapshots(t, db, byID)
		write(t, db, func(tx *Tx) error {
			all, err := tx.SnapshotsOf("p_1")
			if err == nil && (len(all) != 2 || *all[0].Views != 5 || *all[1].Views != 3 || all[0].Shares != nil || all[1].Grain != pipeline.GrainDay || !pipeline.HasPrefix(all[0].ID, "s")) {
				t.Errorf("%+v", all)
			}
			return err
		})
	})
}

func TestSharesAreCountedByStepsWithoutBeingLoaded(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		putPost(t, db, post("p_1", shown))
		const window = 12 * time.Hour
		putEvents(t, db, reshare("before", "a", "p_1", -time.Millisecond), reshare("first", "a", "p_1", 0), reshare("same", "a", "tiktok/extp_1", time.Minute-time.Millisecond),
			reshare("next", "a", "p_1", time.Minute), reshare("other", "b", "p_1", 0), reshare("last", "a", "p_1", window-time.Millisecond), reshare("edge", "a", "p_1", window))
		write(t, db, func(tx *Tx) error {
			got, err := tx.ShareCurve("p_1", Stretches{From: shown, To: shown.Add(window), Step: time.Minute})
			var text string
			for _, c := range got {
				text += fmt.Sprint(c.Source, c.First.Sub(shown).Truncate(time.Minute), " ", c.Events, "; ")
			}
			if want := "a0s 2; a1m0s 1; a11h59m0s 1; b0s 1; "; text != want {
				t.Errorf("%s, want %s", text, want)
			}
			return err
		})
	})
}

func TestManyCountAtOnceAndNothingIsLostOrDoubled(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		var all []pipeline.ShareEvent
		for i := range 3000 {
			all = append(all, reshare(fmt.Sprint(i), fmt.Sprint("s", i%7), fmt.Sprint("p_", i%31), time.Duration(i)*time.Second))
		}
		var counted atomic.Int64
		side(t, 8, func(n int) error {
			r := rand.New(rand.NewPCG(1, uint64(n)))
			for range 6 {
				from := r.IntN(len(all) - 600)
				var got int
				err := db.Write(t.Context(), func(tx *Tx) (err error) {
					got, _, err = tx.PutShareEvents("ada", all[from:from+600])
					return err
				})
				if err != nil {
					return err
				}
				counted.Add(int64(got))
			}
			return nil
		})
		rest := putEvents(t, db, all...)
		if n := counted.Load() + int64(rest.counted); n != 3000 {
			t.Errorf("%d of 3000 events were counted", n)
		}
	})
}

func TestAPostIsPolledFromItsPostingUntilItIsRemoved(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		due := func() (out []string) {
			write(t, db, func(tx *Tx) error {
				all, err := tx.DuePolls(pipeline.TikTok, 10)
				out = nil
				for _, p := range all {
					out = append(out, p.Post+" "+p.ExternalID)
				}
				return err
			})
			return out
		}
		putPost(t, db, post("p_1", time.Now().Add(-time.Minute)))
		p := post("p_2", time.Now().Add(-time.Hour))
		putPost(t, db, p)
		putPost(t, db, post("p_3", time.Now().Add(time.Hour)))
		unknown := post("p_4", time.Now().Add(-time.Hour))
		unknown.ExternalID = ""
		putPost(t, db, unknown)
		if got := due(); !slices.Equal(got, []string{"p_2 extp_2", "p_1 extp_1"}) {
			t.Fatalf("%q", got)
		}
		write(t, db, func(tx *Tx) error {
			return errors.Join(tx.Polled("p_1", time.Now().Add(time.Hour)), tx.Polled("p_2", time.Time{}))
		})
		putPost(t, db, p)
		if got := due(); len(got) != 0 {
			t.Errorf("they were asked for: %q", got)
		}
		p.ExternalID = "right"
		putPost(t, db, p)
		if got := due(); !slices.Equal(got, []string{"p_2 right"}) {
			t.Errorf("another post is meant: %q", got)
		}
		removed := time.Now()
		p.RemovedAt = &removed
		putPost(t, db, p)
		if got := due(); len(got) != 0 {
			t.Errorf("it was removed: %q", got)
		}
	})
}
