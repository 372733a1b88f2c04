package desk

import (
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/shares"
	"dropcut/storage/catalog"
)

// sweepsUntil sweeps until something is so.
func (s *stand) sweepsUntil(what string, so func() bool) {
	s.Helper()
	for end := time.Now().Add(20 * time.Second); !so(); time.Sleep(20 * time.Millisecond) {
		if err := s.Sweep(s.Context(), s.db); err != nil || time.Now().After(end) {
			s.Fatalf("not %s: %v", what, err)
		}
	}
}

// sweeps sweeps once.
func (s *stand) sweeps() {
	s.Helper()
	if err := s.Sweep(s.Context(), s.db); err != nil {
		s.Fatal(err)
	}
}

// claim is a claim as it stands.
func (s *stand) claim(id string) (h catalog.HandedOut) {
	s.Helper()
	s.do(func(tx *catalog.Tx) (err error) {
		h, err = tx.Claim("", id)
		return err
	})
	return h
}

// TestAClaimThatRanOutIsUnknownAndNotHandedOutAgain: it may be public.
func TestAClaimThatRanOutIsUnknownAndNotHandedOutAgain(t *testing.T) {
	both(t, func(s *stand) {
		s.approve(s.make(hook("One?")).variants...)
		s.channel("main")
		h := s.takesOne(Ask{Channel: "main", Hold: 10 * time.Millisecond})
		s.sweepsUntil("unknown", func() bool { return s.claim(h.ID).State == pipeline.Unknown })
		if all := s.takes(Ask{Channel: "main"}); len(all) > 0 {
			s.Errorf("it is handed out again: %s", all[0].ID)
		}
		s.reported(h.ID, Report{State: pipeline.Released})
		s.takesOne(Ask{Channel: "main"})
	})
}

// TestAScheduledPostHoldsPastItsClaimsTime: until a day after it was to go out;
// then it is unknown.
func TestAScheduledPostHoldsPastItsClaimsTime(t *testing.T) {
	both(t, func(s *stand) {
		s.approve(s.make(hook("One?")).variants...)
		s.approve(s.make(hook("Two?")).variants...)
		s.channel("main")
		ahead, overdue := s.takesOne(Ask{Channel: "main", Hold: time.Millisecond}), s.takesOne(Ask{Channel: "main", Hold: time.Millisecond})
		at := time.Now().Add(time.Hour).UTC().Truncate(time.Millisecond)
		if h := s.reported(ahead.ID, Report{State: pipeline.Scheduled, At: &at}); !h.Until.Equal(at.Add(afterSchedule)) || !h.Until.After(ahead.Until) {
			s.Errorf("scheduled for %v it is held until %v", at, h.Until)
		}
		s.reported(overdue.ID, Report{State: pipeline.Scheduled, At: &at})
		late := s.claim(overdue.ID)
		late.Until = time.Now().Add(-time.Second) // as it is a day after
		s.do(func(tx *catalog.Tx) error { return tx.PutClaim(late, false) })
		s.sweepsUntil("unknown", func() bool { return s.claim(overdue.ID).State == pipeline.Unknown })
		if now := s.claim(ahead.ID); now.State != pipeline.Scheduled {
			s.Errorf("what is scheduled for later is %s", now.State)
		}
	})
}

// TestAnOfferThatIsOverIsRecalledByItself: nobody has to be awake.
func TestAnOfferThatIsOverIsRecalledByItself(t *testing.T) {
	both(t, func(s *stand) {
		until := time.Now().Add(2 * time.Second)
		ends := offer("50 left")
		ends.OfferUntil = until.Format(time.RFC3339Nano)
		m := s.make(ends, offer("40 left"))
		s.channel("main")
		s.approve(m.variants...)
		h := s.takesOne(Ask{Channel: "main", Wanted: catalog.Wanted{Variant: m.variants[0].ID}})
		s.sweepsUntil("recalled", func() bool { return s.times(pipeline.TellVariantRevoked) > 0 })
		if now := s.claim(h.ID); !now.Revoked || time.Now().Before(until) {
			s.Errorf("%+v", now.Claim)
		}
		if err := s.Sweep(s.Context(), s.db); err != nil || s.times(pipeline.TellVariantRevoked) != 1 {
			s.Errorf("told %d times: %v", s.times(pipeline.TellVariantRevoked), err)
		}
		s.do(func(tx *catalog.Tx) error {
			all, err := tx.Recalls("", "", 9)
			if len(all) != 1 || all[0].Variant != m.variants[0].ID || all[0].Reason != "offer_over" || all[0].By != "" {
				s.Errorf("%+v", all)
			}
			return err
		})
	})
}

// TestAnOfferThatIsSaidLateEndsAsIfItHadBeenSaidBefore: what was approved by
// then is of the offer that a plan says its line is.
func TestAnOfferThatIsSaidLateEndsAsIfItHadBeenSaidBefore(t *testing.T) {
	both(t, func(s *stand) {
		m := s.make(hook("50 left"), hook("40 left"))
		s.channel("main")
		s.approve(m.variants...)
		var until [2]time.Time
		for i, v := range m.variants {
			until[i] = time.Now().Add([]time.Duration{-time.Hour, time.Hour}[i]).Truncate(time.Second)
			v.State, v.Hook.Offer, v.Hook.OfferUntil = pipeline.VariantApproved, true, until[i].Format(time.RFC3339)
			s.put(v)
		}
		s.sweeps()
		s.do(func(tx *catalog.Tx) error {
			all, err := tx.ReadyOf(m.clip.ID)
			if len(all) != 1 || all[0].Variant != m.variants[1].ID || all[0].OfferUntil == nil || !all[0].OfferUntil.Equal(until[1]) {
				s.Errorf("%+v", all)
			}
			return err
		})
		if n := s.times(pipeline.TellVariantRevoked); n != 1 {
			s.Errorf("told %d times", n)
		}
		s.takesOne(Ask{Channel: "main", Max: 9})
	})
}

// TestWhatWasLiftedAloneStaysSo: a sweep takes nothing back that may be posted.
func TestWhatWasLiftedAloneStaysSo(t *testing.T) {
	s := open(t)
	m := s.make(offer("50 left"), hook("Two?"))
	s.channel("main")
	s.recalls(Over{Recording: m.rec.ID})
	s.refused(s.lifts(m.variants[0].ID), "", "it is lifted")
	s.approve(m.variants...)
	before := s.times(pipeline.TellVariantRevoked)
	s.sweeps()
	if n := s.times(pipeline.TellVariantRevoked) - before; n != 0 {
		s.Errorf("told %d times", n)
	}
	s.takesOne(Ask{Channel: "main", Wanted: catalog.Wanted{Variant: m.variants[0].ID}})
}

// posts has a clip posted 14 hours ago, with these counters at the end of its
// window.
func (s *stand) posts(h catalog.HandedOut, views, shared int64) {
	s.Helper()
	posted := time.Now().Add(-14 * time.Hour)
	s.reported(h.ID, Report{State: pipeline.Posted, At: &posted, ExternalID: "77"})
	s.do(func(tx *catalog.Tx) error {
		_, _, err := tx.PutSnapshots("ada", []pipeline.Snapshot{{Source: "csv", Post: h.ID, At: posted.Add(shares.Span), Views: &views, Shares: &shared}})
		return err
	})
}

// TestAWindowThatClosesIsToldOnce: with what was counted in it.
func TestAWindowThatClosesIsToldOnce(t *testing.T) {
	both(t, func(s *stand) {
		s.approve(s.make(hook("One?")).variants...)
		s.channel("main")
		h := s.takesOne(Ask{Channel: "main"})
		s.posts(h, 10000, 150)
		for range 2 {
			if err := s.Sweep(s.Context(), s.db); err != nil {
				s.Fatal(err)
			}
		}
		s.do(func(tx *catalog.Tx) error { return s.closeOne(tx, h.ID) }) // as a sweep does that found it due before
		if s.times(pipeline.TellWindowClosed) != 1 {
			s.Fatalf("told %v", s.told)
		}
		told := s.told[len(s.told)-1].data.(pipeline.ClosedWindow)
		if told.Post != h.ID || told.Rate == nil || *told.Rate != 0.015 || told.ClosedAt.Sub(told.PostedAt) != shares.Span {
			s.Errorf("%+v", told)
		}
	})
}

// TestWhatPostsEarnedIsLearntBesideTheDesk: the next choice rests on it.
func TestWhatPostsEarnedIsLearntBesideTheDesk(t *testing.T) {
	both(t, func(s *stand) {
		var chooser Chooser
		s.Choose = chooser.Choose
		s.channel("main")
		s.approve(s.make(hook("One?")).variants...)
		s.posts(s.takesOne(Ask{Channel: "main"}), 10000, 150)
		if err := chooser.Learn(s.Context(), s.db); err != nil {
			s.Fatal(err)
		}
		two := hook("Two!")
		two.Kind = "imperative"
		s.approve(s.make(hook("One?"), two).variants...)
		if h := s.takesOne(Ask{Channel: "main"}); !strings.Contains(string(h.Choice), `"trials":1`) {
			s.Errorf("%s", h.Choice)
		}
	})
}
