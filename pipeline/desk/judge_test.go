package desk

import (
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// TestOnlyANewestFileThatIsThereIsJudged: nothing else was seen by who judges.
func TestOnlyANewestFileThatIsThereIsJudged(t *testing.T) {
	s := open(t)
	m := s.make(hook("One?"))
	v := m.variants[0]
	newer := s.remade(m, v, 2100)
	_, err := s.judge(v, pipeline.Approve)
	s.refused(err, "stale", "an older file")
	newer.State = pipeline.VariantRendering
	s.put(newer)
	_, err = s.judge(newer, pipeline.Reject)
	s.refused(err, "not_made", "what is being made anew")
	offered := withFile(m, s.variant(m, "1:1", hook("One?"), pipeline.VariantOffered), 2100)
	_, err = s.judge(offered, pipeline.Approve)
	s.refused(err, "not_made", "what is only offered")
	over := offer("50 left")
	over.OfferUntil = time.Now().Add(-time.Minute).Format(time.RFC3339)
	_, err = s.judge(s.variant(m, "9:16", over, pipeline.VariantMade), pipeline.Approve)
	s.refused(err, "offer_over", "what speaks of an offer that is over")
	err = s.try(func(tx *catalog.Tx) error {
		_, err := s.Judge(tx, Who{Creator: "eve"}, v.ID, v.Made.Digest, pipeline.Reject, "")
		return err
	})
	s.refused(err, "no_such_variant", "another creator's")
	if n := len(s.told); n > 0 {
		t.Errorf("told of %d", n)
	}
}

// TestTheSameWordTwiceIsOneVerdict: another word is another, and takes the first
// back, from who waits and from who was handed it.
func TestTheSameWordTwiceIsOneVerdict(t *testing.T) {
	both(t, func(s *stand) {
		v := s.make(hook("One?")).variants[0]
		s.channel("main")
		s.channel("second")
		first, err := s.judge(v, pipeline.Approve)
		again, err2 := s.judge(v, pipeline.Approve)
		if err != nil || err2 != nil || first.ID != again.ID || s.times(pipeline.TellVariantReady) != 1 {
			s.Errorf("%+v, then %+v, told %d times", first, again, s.times(pipeline.TellVariantReady))
		}
		h := s.takesOne(Ask{Channel: "main"})
		if other, err := s.judge(v, pipeline.Reject); err != nil || other.ID == first.ID || s.times(pipeline.TellVariantRevoked) != 1 {
			s.Errorf("%+v, %v, told %d times", other, err, s.times(pipeline.TellVariantRevoked))
		}
		if all := s.takes(Ask{Channel: "second"}); len(all) > 0 {
			s.Errorf("what was rejected is handed out: %s", all[0].Variant)
		}
		_, err = s.reports(h.ID, Report{State: pipeline.Scheduled, At: new(time.Now().Add(time.Hour))})
		s.refused(err, "revoked", "what was rejected is scheduled")
	})
}

// TestANewerFileThatIsRejectedLeavesTheApprovedOne: it stays claimable, and its
// posts stay.
func TestANewerFileThatIsRejectedLeavesTheApprovedOne(t *testing.T) {
	both(t, func(s *stand) {
		m := s.make(hook("One?"))
		s.channel("main")
		s.channel("second")
		s.approve(m.variants[0])
		s.takesOne(Ask{Channel: "main"})
		newer := s.remade(m, m.variants[0], 2100)
		if _, err := s.judge(newer, pipeline.Reject); err != nil || s.times(pipeline.TellVariantRevoked) > 0 {
			s.Errorf("%v, told %v", err, s.told)
		}
		if h := s.takesOne(Ask{Channel: "second"}); h.Digest != m.variants[0].Made.Digest {
			s.Errorf("the approved one is not handed out: %s", h.Digest)
		}
	})
}

// TestANewerFileWaitsOnlyWhereItFits: what its older one fitted is not enough.
func TestANewerFileWaitsOnlyWhereItFits(t *testing.T) {
	s := open(t)
	m := s.make(hook("One?"))
	s.channel("main", func(c *pipeline.Channel) { c.MaxMS = 75000 })
	s.approve(m.variants[0])
	s.approve(s.remade(m, m.variants[0], 2400)) // 80 s
	if all := s.takes(Ask{Channel: "main"}); len(all) > 0 {
		t.Errorf("%d ms are handed out", all[0].Ready.LengthMS)
	}
}
