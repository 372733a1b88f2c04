package desk

import (
	"errors"
	"slices"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// why is the reasons for which nothing is handed out on a channel.
func (s *stand) why(c pipeline.Channel) (codes []string) {
	s.Helper()
	s.do(func(tx *catalog.Tx) error {
		all, err := s.Reasons(tx, c)
		codes = nil
		for _, r := range all {
			codes = append(codes, r.Code)
		}
		return err
	})
	return codes
}

// TestThatNothingIsHandedOutHasItsReason: to who asks, and to who looks.
func TestThatNothingIsHandedOutHasItsReason(t *testing.T) {
	s := open(t)
	v := s.make(hook("One?")).variants[0]
	c := s.channel("main")
	reasons := func(take string, look ...string) {
		t.Helper()
		out, err := s.asks(Ask{Channel: "main"})
		if err != nil || len(out.Claims) > 0 || len(out.Why) != 1 || out.Why[0].Code != take {
			t.Errorf("%d claims, %v, %v, want %s", len(out.Claims), out.Why, err, take)
		}
		if got := s.why(c); !slices.Equal(got, look) {
			t.Errorf("reasons are %v, want %v", got, look)
		}
	}
	reasons("nothing_waits", "nothing_approved")
	s.approve(v)
	c.Paused = true
	if err := s.edits(c); err != nil {
		t.Fatal(err)
	}
	c.Revision++
	reasons("paused", "paused")
	c.Paused, c.MaxMS = false, 1000
	if err := s.edits(c); err != nil {
		t.Fatal(err)
	}
	c.Revision++
	reasons("nothing_waits", "length")
	c.MaxMS = 0
	if err := s.edits(c); err != nil {
		t.Fatal(err)
	}
	s.takesOne(Ask{Channel: "main"})
	reasons("nothing_waits", "handed_out")
	_, err := s.asks(Ask{Channel: "main", Wanted: catalog.Wanted{Variant: v.ID}})
	s.refused(err, "claimed", "it is asked for by its name")
	_, err = s.asks(Ask{Channel: "main", Again: true})
	s.refused(err, "name_the_variant", "anything is asked for again")
}

// TestWhatIsClaimedAgainIsNotHandedOutBesides: of a clip that was there before,
// and of one that never was.
func TestWhatIsClaimedAgainIsNotHandedOutBesides(t *testing.T) {
	both(t, func(s *stand) {
		m := s.make(hook("One?"), hook("Two?"))
		c := s.channel("main")
		s.approve(m.variants[0])
		if h := s.takesOne(Ask{Channel: "main", Wanted: catalog.Wanted{Variant: m.variants[0].ID}, Again: true}); h.Again {
			s.Error("what was never there is there again")
		}
		s.approve(m.variants[1])
		c.Zone = "UTC" // all that waits is decided anew
		s.refused(s.edits(c), "", "an edit")
		if all := s.takes(Ask{Channel: "main"}); len(all) > 0 {
			s.Errorf("a second post that nobody asked for: %s", all[0].Variant)
		}
	})
}

// TestWhatIsWantedIsFoundBehindThousandsThatAreNot: one clip in German, older
// than all that wait in English.
func TestWhatIsWantedIsFoundBehindThousandsThatAreNot(t *testing.T) {
	s := open(t)
	c := s.channel("main")
	german, english := s.make(), s.make()
	s.do(func(tx *catalog.Tx) error {
		for i := range looked + 200 {
			of, language := english, "en"
			if i == 0 {
				of, language = german, "de"
			}
			clip := of.clip
			clip.ID, clip.N = pipeline.Mint(pipeline.ClipID), i+10
			v := pipeline.Variant{ID: pipeline.Mint(pipeline.VariantID), Clip: clip.ID, State: pipeline.VariantApproved, Look: pipeline.Look{Aspect: "9:16", Language: language}}
			r := pipeline.Ready{Creator: "ada", Recording: of.rec.ID, Moment: of.moment.ID, Clip: clip.ID, Kind: pipeline.Core, Variant: v.ID, Look: v.Look, Digest: "sha256:" + v.ID, File: "f"}
			if err := errors.Join(tx.PutClip(clip, false), tx.PutVariant(v), tx.PutReady(r), tx.Await(c.ID, r, nil)); err != nil {
				return err
			}
		}
		return nil
	})
	if h := s.takesOne(Ask{Channel: "main", Wanted: catalog.Wanted{Language: "de"}}); h.Ready.Recording != german.rec.ID {
		t.Errorf("%+v", h.Ready)
	}
}

// TestClaimsKeepAChannelsGapAndItsDay: what was handed out before counts.
func TestClaimsKeepAChannelsGapAndItsDay(t *testing.T) {
	both(t, func(s *stand) {
		for range 4 {
			s.approve(s.make(hook("One?")).variants[0])
		}
		c := s.channel("main")
		c.GapMS = (90 * time.Minute).Milliseconds()
		if err := s.edits(c); err != nil {
			s.Fatal(err)
		}
		c.Revision++
		first, second := s.takesOne(Ask{Channel: "main"}), s.takesOne(Ask{Channel: "main"})
		if gap := second.PostAt.Sub(first.PostAt); gap < 90*time.Minute || gap > 91*time.Minute {
			s.Errorf("the second comes %v after the first", gap)
		}
		c.GapMS, c.Daily = 0, 1
		if err := s.edits(c); err != nil {
			s.Fatal(err)
		}
		zone, err := time.LoadLocation(c.Zone)
		if err != nil {
			s.Fatal(err)
		}
		days := map[string]bool{first.PostAt.In(zone).Format(time.DateOnly): true, second.PostAt.In(zone).Format(time.DateOnly): true}
		for range 2 {
			day := s.takesOne(Ask{Channel: "main"}).PostAt.In(zone).Format(time.DateOnly)
			if days[day] {
				s.Errorf("a second one on %s", day)
			}
			days[day] = true
		}
	})
}
