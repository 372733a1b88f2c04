package api

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"dropcut/faultstest"
	"dropcut/pipeline"
	"dropcut/pipeline/desk"
	"dropcut/pipeline/timeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/storage/storagetest/postgres"
)

var longFlag = flag.Bool("long", false, "64 schedulers take 10,000 approved variants, as make bench has it")

// load is how much is taken, by how many, amid how many kills.
type load struct {
	schedulers, creators, channels, clips, hooks int
	kills                                        int
	apart                                        time.Duration // between kills
}

// stock is what lies in a catalogue for schedulers.
type stock struct {
	load
	creators []string
	channels map[string][]string // IDs by creator
	tokens   []key
}

// fill lays in approved variants: each clip with several hooks, for several
// channels of its creator.
func fill(t *testing.T, db *catalog.DB, l load) *stock {
	t.Helper()
	s := &stock{load: l, channels: map[string][]string{}}
	for c := range l.creators {
		creator := fmt.Sprintf("creator%d", c)
		s.creators = append(s.creators, creator)
		atDesk(t, db, func(tx *catalog.Tx) error {
			s.channels[creator] = nil
			for n := range l.channels {
				ch, err := (&desk.Desk{}).AddChannel(tx, pipeline.Channel{Creator: creator, Name: fmt.Sprintf("channel%d", n), Platform: pipeline.TikTok, Zone: "Europe/Berlin"})
				if err != nil {
					return err
				}
				s.channels[creator] = append(s.channels[creator], ch.ID)
			}
			return nil
		})
		for from := 0; from < l.clips; from += 50 {
			atDesk(t, db, func(tx *catalog.Tx) error { return layIn(tx, creator, from/50, min(50, l.clips-from), l.hooks) })
		}
	}
	for n := range l.schedulers {
		k, token, hash := newKey(s.creators[n%l.creators])
		s.tokens = append(s.tokens, k)
		atDesk(t, db, func(tx *catalog.Tx) error { return tx.PutToken(token, hash) })
	}
	return s
}

func atDesk(t *testing.T, db *catalog.DB, f func(*catalog.Tx) error) {
	t.Helper()
	if err := db.AtDesk(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

// layIn lays in one recording with so many clips, each in a moment of its own.
func layIn(tx *catalog.Tx, creator string, recording, clips, hooks int) error {
	rec := pipeline.Recording{ID: pipeline.Mint(pipeline.RecordingID), Creator: creator, Fingerprint: pipeline.Mint("f"), Key: fmt.Sprintf("%s/%d.mp4", creator, recording),
		Folder: fmt.Sprintf("%s/shows/%d", creator, recording), State: pipeline.RecordingDone}
	rec.Media.Rate = rate30
	if err := tx.PutRecording(rec); err != nil {
		return err
	}
	for range clips {
		m := pipeline.Moment{ID: pipeline.Mint(pipeline.MomentID), Recording: rec.ID, State: pipeline.MomentMade, Label: "the reveal", Window: timeline.Window{In: 0, Out: 3000}}
		c := pipeline.Clip{ID: pipeline.Mint(pipeline.ClipID), Moment: m.ID, Kind: pipeline.Core, N: 1, Parts: []timeline.Window{{In: 0, Out: 2100}}, Text: "here it is at last"}
		if err := tx.PutMoment(m); err != nil {
			return err
		}
		if err := tx.PutClip(c, false); err != nil {
			return err
		}
		for n := range hooks {
			v := approved(rec, c, n)
			if err := tx.PutVariant(v); err != nil {
				return err
			}
			if _, err := (&desk.Desk{}).Judge(tx, desk.Who{Token: "root"}, v.ID, v.Made.Digest, pipeline.Approve, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// approved is a variant that is made, to be approved.
func approved(rec pipeline.Recording, c pipeline.Clip, n int) pipeline.Variant {
	v := pipeline.Variant{ID: pipeline.Mint(pipeline.VariantID), Clip: c.ID, State: pipeline.VariantMade, Revision: 1, Hook: hook(fmt.Sprintf("Hook %d?", n)), HookN: n + 1,
		Look: pipeline.Look{Aspect: "9:16", Layout: "fill", Style: "phrase", Language: "en"}}
	loud := -14.0
	digest := storage.DigestBytes([]byte(v.ID))
	v.Made = &pipeline.MadeFile{Key: fmt.Sprintf("%s/m/%s-%s.mp4", rec.Folder, c.ID, storage.Hex(digest)[:8]), Digest: digest, Width: 1080, Height: 1920, Frames: 2100, Bytes: 9_000_000, Loudness: &loud}
	return v
}

// TestNoClipIsHandedOutTwice: many schedulers claim on the same channels, lose
// answers and retry, while the API is killed and started again. What each saw is
// a history of one holder a clip and channel (porcupine), and what the catalogue
// holds in the end is its end. In short there are 16 and 400 variants.
func TestNoClipIsHandedOutTwice(t *testing.T) {
	faultstest.AtLength(t)
	l := load{schedulers: 16, creators: 2, channels: 2, clips: 100, hooks: 2, kills: 4 * faultstest.Times(), apart: 400 * time.Millisecond}
	if *longFlag {
		l = load{schedulers: 64, creators: 4, channels: 4, clips: 1250, hooks: 2, kills: 40, apart: 4 * time.Second}
	}
	for _, engine := range []struct {
		name  string
		where func(t *testing.T) string
	}{
		{"sqlite", func(t *testing.T) string { return t.TempDir() + "/c.db" }},
		{"postgres", func(t *testing.T) string { return postgres.Database(t) }},
	} {
		t.Run(engine.name, func(t *testing.T) { takeAll(t, engine.where(t), l) })
	}
}

// most is how long schedulers may take.
const most = 15 * time.Minute

func takeAll(t *testing.T, where string, l load) {
	r := faultstest.Rand(t)
	db := reopen(t, where)
	s := fill(t, db, l)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	api := serve(t, where)
	all := s.schedulers(api, r, l.schedulers)
	if *longFlag {
		paced(t, api, r, all)
	}
	killed, took := together(t, api, r, all, l, most)
	if took >= most {
		t.Errorf("schedulers are not done after %v", most)
	}
	_ = api.kill()
	db = reopen(t, where)
	defer db.Close()
	history := s.history(t, db, all, never)
	if result := porcupine.CheckOperationsTimeout(oneHolder, history, 5*time.Minute); result != porcupine.Ok {
		t.Errorf("the history is not one of one holder a clip and channel: %s", result)
	}
	lost := 0
	for _, one := range all {
		lost += one.lost
	}
	if killed == 0 || lost == 0 {
		t.Errorf("%d kills, %d answers lost: nothing was tried", killed, lost)
	}
	t.Logf("%d variants, %d deeds, %d kills, %d answers lost", l.creators*l.clips*l.hooks, len(history), killed, lost)
	t.Log("each claims as fast as it can, amid kills: " + figuresOf(all, took))
}

// reopen opens the catalogue while nobody else has it.
func reopen(t *testing.T, where string) *catalog.DB {
	t.Helper()
	db, err := catalog.Open(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// figuresOf says how fast claims were.
func figuresOf(all []*scheduler, took time.Duration) string {
	var times []time.Duration
	claims, calls := 0, 0
	for _, s := range all {
		times = append(times, s.latencies...)
		claims += s.claims
		calls += s.calls
	}
	slices.Sort(times)
	at := func(p int) time.Duration {
		return times[min(len(times)*p/100, len(times)-1)].Round(100 * time.Microsecond)
	}
	return fmt.Sprintf("%d schedulers: %.0f claims and %.0f calls a second; a call for claims takes %v at the median, %v at p99", len(all),
		float64(claims)/took.Seconds(), float64(calls)/took.Seconds(), at(50), at(99))
}

// history is what schedulers saw, and what the catalogue holds in the end: also
// what somebody claimed and never heard of. What nobody asked for is an error.
func (s *stock) history(t *testing.T, db *catalog.DB, all []*scheduler, end int64) (out []porcupine.Operation) {
	t.Helper()
	heard, by := map[string]bool{}, map[string]*scheduler{}
	for _, one := range all {
		by[one.holder] = one
		out = append(out, one.done...)
		for _, w := range one.wrong {
			t.Errorf("scheduler %d: %s", one.n, w)
		}
		for _, o := range one.done {
			if d := o.Input.(did); d.deed == takes {
				heard[d.claim] = true
			}
		}
	}
	held := map[on]string{}
	for _, h := range s.everyClaim(t, db) {
		place := on{h.Channel, h.Clip}
		if !heard[h.ID] {
			since := int64(0)
			if one := by[h.By]; one != nil {
				since = one.forgot[h.Channel]
			}
			if since == 0 {
				t.Errorf("%s was handed out, and nobody heard of it or gave up on it", h.ID)
			}
			out = append(out, porcupine.Operation{ClientId: len(all), Input: did{on: place, deed: takes, claim: h.ID}, Call: since, Return: end})
		}
		if h.State == pipeline.Released || h.State == pipeline.Failed {
			continue
		}
		if held[place] != "" {
			t.Errorf("clip %s is held twice on %s: by %s and %s", h.Clip, h.Channel, held[place], h.ID)
		}
		held[place] = h.ID
	}
	for _, creator := range s.creators {
		for _, channel := range s.channels[creator] {
			out = append(out, s.ends(channel, out, held, end)...)
		}
	}
	return out
}

// ends is how each clip that anybody had on a channel ended.
func (s *stock) ends(channel string, history []porcupine.Operation, held map[on]string, end int64) (out []porcupine.Operation) {
	seen := map[on]bool{}
	for _, o := range history {
		place := o.Input.(did).on
		if place.channel != channel || seen[place] {
			continue
		}
		seen[place] = true
		out = append(out, porcupine.Operation{ClientId: len(s.tokens) + 1, Input: did{on: place, deed: found, claim: held[place]}, Call: end, Return: end})
	}
	return out
}

// everyClaim is every claim that the catalogue holds.
func (s *stock) everyClaim(t *testing.T, db *catalog.DB) (out []catalog.HandedOut) {
	t.Helper()
	for before := ""; ; {
		var some []catalog.HandedOut
		if err := db.Read(t.Context(), func(tx *catalog.Tx) (err error) {
			some, err = tx.Claims(catalog.ClaimFilter{Before: before, Limit: 1000})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if len(some) == 0 {
			return out
		}
		out = append(out, some...)
		before = some[len(some)-1].ID
	}
}

// TestAHistoryWithTwoHoldersIsRefused: the model sees what it is to see.
func TestAHistoryWithTwoHoldersIsRefused(t *testing.T) {
	at := on{"ch", "c"}
	op := func(d did, from, to int64) porcupine.Operation {
		d.on = at
		return porcupine.Operation{Input: d, Call: from, Return: to}
	}
	a, b := did{deed: takes, claim: "a"}, did{deed: takes, claim: "b"}
	free := did{deed: frees, claim: "a"}
	open := did{deed: frees, claim: "a", open: true}
	for name, c := range map[string]struct {
		history []porcupine.Operation
		good    bool
	}{
		"one after another":                 {[]porcupine.Operation{op(a, 0, 1), op(free, 2, 3), op(b, 4, 5)}, true},
		"twice":                             {[]porcupine.Operation{op(a, 0, 1), op(b, 2, 3)}, false},
		"twice at once":                     {[]porcupine.Operation{op(a, 0, 9), op(b, 0, 9)}, false},
		"given back while it is taken":      {[]porcupine.Operation{op(a, 0, 1), op(free, 2, 9), op(b, 4, 5)}, true},
		"given back after it was taken":     {[]porcupine.Operation{op(a, 0, 1), op(b, 2, 3), op(free, 4, 5)}, false},
		"perhaps given back, and then held": {[]porcupine.Operation{op(a, 0, 1), op(open, 2, never), op(b, 4, 5)}, true},
		"perhaps given back, and not held":  {[]porcupine.Operation{op(a, 0, 1), op(open, 2, never), op(did{deed: found, claim: "a"}, never, never)}, true},
		"never heard of, and found":         {[]porcupine.Operation{op(a, 0, never), op(did{deed: found, claim: "a"}, never, never)}, true},
		"posted by who gave it back":        {[]porcupine.Operation{op(a, 0, 1), op(free, 2, 3), op(did{deed: keeps, claim: "a"}, 4, 5)}, false},
		"free, and found":                   {[]porcupine.Operation{op(a, 0, 1), op(free, 2, 3), op(did{deed: found, claim: "a"}, 4, 5)}, false},
	} {
		if got := porcupine.CheckOperations(oneHolder, c.history); got != c.good {
			t.Errorf("%s: %v", name, got)
		}
	}
}
