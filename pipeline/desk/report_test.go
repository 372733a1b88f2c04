package desk

import (
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// TestAReportThatCannotBeTrueIsRefused: and changes nothing.
func TestAReportThatCannotBeTrueIsRefused(t *testing.T) {
	s := open(t)
	s.approve(s.make(hook("One?")).variants...)
	s.channel("main")
	h := s.takesOne(Ask{Channel: "main"})
	soon := new(time.Now().Add(time.Hour))
	for code, c := range map[string]struct {
		who      Who
		revision int
		report   Report
	}{
		"bad_state":     {scheduler, 0, Report{State: pipeline.Unknown}},
		"not_yours":     {Who{Token: "t_other", Creator: "ada"}, 0, Report{State: pipeline.Released}},
		"no_such_claim": {Who{Token: scheduler.Token, Creator: "eve"}, 0, Report{State: pipeline.Released}},
		"stale":         {scheduler, h.Revision + 1, Report{State: pipeline.Posted}},
		"bad_change":    {scheduler, 0, Report{State: pipeline.Removed}},
		"in_the_future": {scheduler, 0, Report{State: pipeline.Posted, At: soon}},
		"in_the_past":   {scheduler, 0, Report{State: pipeline.Scheduled, At: new(h.ClaimedAt.Add(-ahead - time.Second))}},
		"bad_time":      {scheduler, 0, Report{State: pipeline.Posted, At: new(time.Unix(0, 0))}},
		"no_time":       {scheduler, 0, Report{State: pipeline.Scheduled}},
		"no_code":       {scheduler, 0, Report{State: pipeline.Failed}},
		"bad_url":       {scheduler, 0, Report{State: pipeline.Posted, URL: "javascript:alert(1)"}},
	} {
		err := s.try(func(tx *catalog.Tx) error {
			_, err := s.Keep(tx, c.who, h.ID, c.revision, c.report)
			return err
		})
		s.refused(err, code, code)
	}
	s.reported(h.ID, Report{State: pipeline.Scheduled, At: new(h.ClaimedAt.Add(-ahead))}) // of a clock that is behind ours
	s.do(func(tx *catalog.Tx) (err error) {
		h, err = tx.Claim("ada", h.ID)
		return err
	})
	over := Who{Token: "t_other", Creator: "ada", Over: true} // an editor, of what another claimed
	s.do(func(tx *catalog.Tx) error {
		now, err := s.Keep(tx, over, h.ID, h.Revision, Report{State: pipeline.Scheduled, At: soon})
		if now.State != pipeline.Scheduled || now.Revision != h.Revision+1 {
			t.Errorf("%+v", now)
		}
		return err
	})
}

// TestTheSameReportTwiceIsOne: and what is added by the second is kept.
func TestTheSameReportTwiceIsOne(t *testing.T) {
	both(t, func(s *stand) {
		s.approve(s.make(hook("One?")).variants...)
		s.channel("main")
		h := s.takesOne(Ask{Channel: "main"})
		first := s.reported(h.ID, Report{State: pipeline.Posted, URL: "https://example.org/p/1"})
		again := s.reported(h.ID, Report{State: pipeline.Posted, ExternalID: "1"})
		if again.URL != first.URL || again.ExternalID != "1" || !again.PostedAt.Equal(*first.PostedAt) || s.times(pipeline.TellClipPosted) != 1 {
			s.Errorf("%+v, then %+v, told %d times", first.Claim, again.Claim, s.times(pipeline.TellClipPosted))
		}
	})
}

// TestWhatAPlatformRefusedIsTriedAgainOnlyWhenItMay: for good is for good, of
// this file; another of the clip may go.
func TestWhatAPlatformRefusedIsTriedAgainOnlyWhenItMay(t *testing.T) {
	both(t, func(s *stand) {
		m := s.make(hook("One?"), hook("Two?"))
		s.channel("main")
		s.approve(m.variants[0])
		h := s.takesOne(Ask{Channel: "main"})
		may := time.Now().Add(2 * time.Second)
		s.reported(h.ID, Report{State: pipeline.Failed, Failure: &pipeline.PostFailure{Code: "busy", Retryable: true, RetryAt: &may}})
		s.approve(m.variants[1])
		s.do(func(tx *catalog.Tx) error { // by the millisecond, and all of one claim at one instant
			at := may.Truncate(time.Millisecond)
			for back, want := range map[time.Duration]int{0: 1, time.Millisecond: 0} {
				if all, err := tx.Waiting(h.Channel, catalog.Wanted{Variant: h.Variant}, at.Add(-back), 0, 50); err != nil || len(all) != want {
					s.Errorf("%v before it may, %d wait: %v", back, len(all), err)
				}
				if all, err := tx.WaitingOf(h.Channel, h.Clip, at.Add(-back)); err != nil || len(all) != 2*want {
					s.Errorf("%v before it may, %d of the clip wait: %v", back, len(all), err)
				}
			}
			return nil
		})
		for time.Now().Before(may.Add(20 * time.Second)) {
			if all := s.takes(Ask{Channel: "main"}); len(all) > 0 {
				h = all[0]
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		if h.State != pipeline.Claimed || h.ClaimedAt.Before(may.Truncate(time.Millisecond)) {
			s.Fatalf("it is %s, claimed at %s, and may be tried at %s", h.State, h.ClaimedAt, may)
		}
		s.reported(h.ID, Report{State: pipeline.Failed, Failure: &pipeline.PostFailure{Code: "spam"}})
		_, err := s.asks(Ask{Channel: "main", Wanted: catalog.Wanted{Variant: h.Variant}})
		s.refused(err, "claimed", "what was refused for good is tried again")
		if other := s.takesOne(Ask{Channel: "main"}); other.Variant == h.Variant {
			s.Error("another file of the clip is not handed out")
		}
	})
}

// TestWhatIsGivenBackWaitsAsLongAsThePlatformAsked: also where another claim of
// the clip, made by name meanwhile, is the one that is given back.
func TestWhatIsGivenBackWaitsAsLongAsThePlatformAsked(t *testing.T) {
	both(t, func(s *stand) {
		v := s.make(hook("One?")).variants[0]
		s.channel("main")
		s.approve(v)
		h := s.takesOne(Ask{Channel: "main"})
		may := time.Now().Add(time.Hour)
		s.reported(h.ID, Report{State: pipeline.Failed, Failure: &pipeline.PostFailure{Code: "busy", Retryable: true, RetryAt: &may}})
		named := s.takesOne(Ask{Channel: "main", Again: true, Wanted: catalog.Wanted{Variant: v.ID}})
		s.reported(named.ID, Report{State: pipeline.Released})
		if all := s.takes(Ask{Channel: "main"}); len(all) > 0 {
			s.Errorf("the platform asked for an hour: %+v", all)
		}
	})
}
