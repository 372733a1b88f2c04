package desk

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"dropcut/faultstest"
	"dropcut/pipeline"
	"dropcut/pipeline/shares"
	"dropcut/storage/catalog"
)

// shared is posts, and what was told of them.
type shared struct {
	*rand.Rand
	creator   string
	now       time.Time
	posts     []pipeline.Post
	snapshots []pipeline.Snapshot
	events    []pipeline.ShareEvent
}

// anyShared is some posts, of which some are the same on their platform and some
// were removed, with counters and events at, beside and far from their edges.
func anyShared(r *rand.Rand, creator string, events int) shared {
	s := shared{Rand: r, creator: creator, now: time.Now().UTC().Truncate(time.Millisecond)}
	for i := range 4 {
		p := pipeline.Post{ID: fmt.Sprint("cl_", creator, i), Creator: creator, Platform: pipeline.TikTok, ExternalID: fmt.Sprint(70 + i/2*r.IntN(2)), Channel: "ch_1", Clip: "c_1",
			Recording: "r_1", Moment: "m_1", Kind: pipeline.Core, PostedAt: s.now.Add(-s.within(80 * time.Hour))}
		if r.IntN(3) == 0 {
			gone := p.PostedAt.Add(s.within(20 * time.Hour))
			p.RemovedAt = &gone
		}
		s.posts = append(s.posts, p)
		for range r.IntN(6) {
			n := r.Int64N(5000)
			c := pipeline.Snapshot{Source: s.source(), Post: p.ID, At: p.PostedAt.Add(s.within(14 * time.Hour)), Views: &n}
			if r.IntN(3) == 0 {
				c.Shares = &n
			}
			s.snapshots = append(s.snapshots, c)
		}
	}
	for i := range events {
		p := s.posts[r.IntN(len(s.posts))]
		e := pipeline.ShareEvent{ID: fmt.Sprint(i), Source: s.source(), Post: p.ID, At: s.instant(p)}
		e.Received = e.At.Add(s.within(50 * time.Hour))
		s.events = append(s.events, e)
	}
	return s
}

func (s shared) source() string { return []string{"shop", "api", "csv"}[s.IntN(3)] }

func (s shared) within(d time.Duration) time.Duration {
	return time.Duration(s.Int64N(int64(d/time.Millisecond))) * time.Millisecond
}

// instant is when something happened to a post: anywhere, or at an edge or a
// millisecond beside it.
func (s shared) instant(p pipeline.Post) time.Time {
	beside := time.Duration(s.IntN(3)-1) * time.Millisecond
	switch s.IntN(8) {
	case 0:
		return p.PostedAt.Add(beside)
	case 1:
		return p.PostedAt.Add(shares.Span + beside)
	case 2:
		return p.PostedAt.Add(time.Duration(s.IntN(60))*shares.Step + beside)
	case 3:
		if p.RemovedAt != nil {
			return p.RemovedAt.Add(beside)
		}
		return s.now.Add(time.Hour) // still to come
	case 4:
		if len(s.snapshots) > 0 {
			return s.snapshots[s.IntN(len(s.snapshots))].At.Add(beside)
		}
	}
	return p.PostedAt.Add(s.within(20*time.Hour) - 2*time.Hour)
}

// keep lays it in.
func (s shared) keep(at *stand) {
	at.do(func(tx *catalog.Tx) error {
		for _, p := range s.posts {
			if err := tx.PutPost(p); err != nil {
				return err
			}
		}
		if _, _, err := tx.PutSnapshots(s.creator, s.snapshots); err != nil {
			return err
		}
		_, _, err := tx.PutShareEvents(s.creator, s.events)
		return err
	})
}

// says is all that a tally says: rates, what is beside them, notes and curves.
func says(t shares.Tally) string {
	text, _ := json.Marshal([]any{t, shares.Tell("r_1", nil, nil, t), shares.Group(t.Posts, shares.ByClip)})
	return string(text)
}

// TestWhatIsCountedInStretchesIsWhatIsCountedOneByOne: whatever happened when.
func TestWhatIsCountedInStretchesIsWhatIsCountedOneByOne(t *testing.T) {
	both(t, func(s *stand) {
		r := faultstest.Rand(s.T)
		for n := range 20 * faultstest.Times() {
			all := anyShared(r, fmt.Sprint("ada", n), r.IntN(300))
			all.keep(s)
			s.do(func(tx *catalog.Tx) error {
				got, err := Tally(tx, all.posts)
				if err != nil {
					return err
				}
				var snapshots []pipeline.Snapshot
				for _, p := range all.posts {
					c, err := tx.SnapshotsOf(p.ID)
					if err != nil {
						return err
					}
					snapshots = append(snapshots, c...)
				}
				if want := shares.Count(all.posts, snapshots, all.events, got.At); says(got) != says(want) {
					s.Fatalf("in stretches:\n%s\none by one:\n%s", says(got), says(want))
				}
				return nil
			})
		}
	})
}

// TestOfManySharesFewRowsAreRead: of 20,000 events of a post at most a row a step
// and source, and some beside the edges.
func TestOfManySharesFewRowsAreRead(t *testing.T) {
	both(t, func(s *stand) {
		p := pipeline.Post{ID: "cl_1", Creator: "ada", Platform: pipeline.TikTok, ExternalID: "70", PostedAt: time.Now().Add(-40 * time.Hour).UTC().Truncate(time.Millisecond)}
		const many = 20_000
		var events []pipeline.ShareEvent
		for i := range many {
			events = append(events, pipeline.ShareEvent{ID: fmt.Sprint(i), Source: "shop", Post: p.ID, At: p.PostedAt.Add(time.Duration(i) * 6 * time.Second)}) // for 33 hours
		}
		s.do(func(tx *catalog.Tx) error {
			if err := tx.PutPost(p); err != nil {
				return err
			}
			_, _, err := tx.PutShareEvents("ada", events)
			return err
		})
		s.do(func(tx *catalog.Tx) error {
			rows, err := counts(tx, p.ID, shares.EdgesOf([]pipeline.Post{p}, nil, time.Now())[p.ID])
			n := int64(0)
			for _, e := range rows {
				n += e.Events()
			}
			steps := int(shares.Span / shares.Step)
			if want := int64(shares.Span/(6*time.Second)) + 1; err != nil || n != want || len(rows) > 2*steps+10 || many/len(rows) < 150 {
				s.Errorf("%d rows tell of %d events of %d, want %d of the window and one behind it: %v", len(rows), n, many, want, err)
			}
			s.Logf("%d rows are read of %d events", len(rows), many)
			return err
		})
	})
}
