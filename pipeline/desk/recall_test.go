package desk

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// TestWhatIsPlannedAfterARecallIsRecalledToo: of a recording or of a moment that
// was recalled, whatever speaks of an offer is approved, made for a claim and
// handed out no more, also what was not there then. What speaks of none is.
func TestWhatIsPlannedAfterARecallIsRecalledToo(t *testing.T) {
	for name, over := range map[string]func(m made) Over{
		"recording": func(m made) Over { return Over{Recording: m.rec.ID} },
		"moment":    func(m made) Over { return Over{Moment: m.moment.ID} },
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(s *stand) {
				m := s.make(offer("50 left"), hook("Two?"))
				ch := s.channel("main", func(c *pipeline.Channel) { c.Siblings = true })
				wide := s.channel("wide", func(c *pipeline.Channel) { c.Siblings, c.Aspects = true, []string{"16:9"} })
				s.approve(m.variants[0])
				if all := s.recalls(over(m)).Variants; !slices.Equal(all, []string{m.variants[0].ID}) {
					s.Fatalf("recalled are %v", all)
				}
				later, plain := s.variant(m, "9:16", offer("40 left"), pipeline.VariantMade), s.variant(m, "9:16", hook("Three?"), pipeline.VariantMade)
				offered := s.variant(m, "16:9", offer("50 left"), pipeline.VariantOffered)
				_, err := s.judge(later, pipeline.Approve)
				s.refused(err, "recalled", "it is approved")
				for _, v := range []pipeline.Variant{later, offered} {
					for _, again := range []bool{false, true} {
						out, err := s.asks(Ask{Channel: ch.ID, Wanted: catalog.Wanted{Variant: v.ID}, Again: again})
						s.refused(err, "recalled", "it is claimed by name")
						if len(out.Make)+len(out.Claims) > 0 {
							s.Errorf("made %v, claimed %v", out.Make, out.Claims)
						}
					}
				}
				if out, err := s.asks(Ask{Channel: wide.ID}); err != nil || len(out.Make)+len(out.Claims) > 0 {
					s.Errorf("as another look: made %v, claimed %v, %v", out.Make, out.Claims, err)
				}
				s.approve(plain)
				if h := s.takesOne(Ask{Channel: ch.ID, Max: 9}); h.Variant != plain.ID {
					s.Errorf("%s was handed out", h.Variant)
				}
			})
		})
	}
}

// TestARecallBeforeAnythingIsPlannedHolds: a drop may be sold out while its
// recording is still worked on.
func TestARecallBeforeAnythingIsPlannedHolds(t *testing.T) {
	both(t, func(s *stand) {
		m := s.make()
		if b := s.recalls(Over{Recording: m.rec.ID}); len(b.Variants)+len(b.Claims) > 0 {
			s.Errorf("%+v", b)
		}
		other := s.moment(m.rec, offer("50 left"))
		_, err := s.judge(other.variants[0], pipeline.Approve)
		s.refused(err, "recalled", "what came later is approved")
	})
}

// TestWhatIsRecalledIsOfTheKindThatIsNamed: the ID of another thing is no such
// thing, and what is then recalled by its own kind is.
func TestWhatIsRecalledIsOfTheKindThatIsNamed(t *testing.T) {
	s := open(t)
	m := s.make(offer("50 left"))
	v := m.variants[0]
	s.approve(v)
	for name, c := range map[string]struct {
		over        Over
		code, where string
	}{
		"a moment as a recording":      {Over{Recording: m.moment.ID}, "no_such_recording", "/recording"},
		"a variant as a recording":     {Over{Recording: v.ID}, "no_such_recording", "/recording"},
		"a recording as a moment":      {Over{Moment: m.rec.ID}, "no_such_moment", "/moment"},
		"a variant as a moment":        {Over{Moment: v.ID}, "no_such_moment", "/moment"},
		"a recording as a variant":     {Over{Variant: m.rec.ID}, "no_such_variant", "/variant"},
		"a moment as a variant":        {Over{Variant: m.moment.ID}, "no_such_variant", "/variant"},
		"a clip as a variant":          {Over{Variant: m.clip.ID}, "no_such_variant", "/variant"},
		"what is nothing, as a moment": {Over{Moment: "m_none"}, "no_such_moment", "/moment"},
	} {
		err := s.try(func(tx *catalog.Tx) error {
			_, err := s.Recall(tx, editor, c.over, "sold_out")
			return err
		})
		if s.refused(err, c.code, name); err != nil && pipeline.AsError(err, "").Where != c.where {
			s.Errorf("%s: at %q", name, pipeline.AsError(err, "").Where)
		}
	}
	for _, o := range []Over{{Moment: m.moment.ID}, {Recording: m.rec.ID}, {Variant: v.ID}} {
		err := s.try(func(tx *catalog.Tx) error {
			_, err := s.Recall(tx, Who{Creator: "eve"}, o, "sold_out")
			return err
		})
		if pipeline.KindOf(err) != pipeline.NotFound {
			s.Errorf("another creator recalls %+v: %v", o, err)
		}
	}
	if all := s.recalls(Over{Moment: m.moment.ID}).Variants; !slices.Equal(all, []string{v.ID}) {
		s.Errorf("recalled are %v", all)
	}
	if n := s.times(pipeline.TellVariantRevoked); n != 1 {
		s.Errorf("told %d times", n)
	}
}

// merged has a moment become part of another.
func (s *stand) merged(m made, into made) {
	s.Helper()
	m.moment.State, m.moment.SupersededBy = pipeline.MomentSuperseded, into.moment.ID
	s.do(func(tx *catalog.Tx) error { return tx.PutMoment(m.moment) })
}

// TestAMomentsRecallIsOfAllThatBecameOneWithIt: of what it became part of, of
// what became part of that, and of no other moment.
func TestAMomentsRecallIsOfAllThatBecameOneWithIt(t *testing.T) {
	for name, which := range map[string]int{"the first": 0, "its heir": 1, "another of its heir": 2} {
		t.Run(name, func(t *testing.T) {
			both(t, func(s *stand) {
				m := s.make(offer("50 left"))
				one := []made{m, s.moment(m.rec, offer("60 left")), s.moment(m.rec, offer("70 left"))}
				other := s.moment(m.rec, offer("80 left"))
				var want []string
				for _, m := range one {
					s.approve(m.variants[0])
					want = append(want, m.variants[0].ID)
				}
				s.merged(one[0], one[1])
				s.merged(one[2], one[1])
				slices.Sort(want)
				if all := s.recalls(Over{Moment: one[which].moment.ID}).Variants; !slices.Equal(all, want) {
					s.Errorf("recalled are %v, want %v", all, want)
				}
				for _, m := range one {
					_, err := s.judge(s.variant(m, "1:1", offer("40 left"), pipeline.VariantMade), pipeline.Approve)
					s.refused(err, "recalled", "what came later of one of them")
				}
				s.approve(other.variants[0])
				if h := s.takesOne(Ask{Channel: s.channel("main").ID, Max: 9}); h.Variant != other.variants[0].ID {
					s.Errorf("%s was handed out", h.Variant)
				}
			})
		})
	}
}

// came are the ways in which what is approved comes under a recall that was made
// before, each as what was recalled and then what happened.
var came = map[string]func(s *stand, m made){
	"a moment became part of it": func(s *stand, m made) {
		was := s.moment(m.rec)
		s.recalls(Over{Moment: was.moment.ID})
		s.merged(was, m)
	},
	"a hook became an offer": func(s *stand, m made) {
		s.recalls(Over{Recording: m.rec.ID})
		v := m.variants[0]
		v.State, v.Hook.Offer = pipeline.VariantApproved, true
		s.put(v)
	},
}

// underOne is a moment of which an offer and another line are approved, both
// handed out once, the offer and come under a recall since.
func (s *stand) underOne(how string, c pipeline.Channel) (m made, claim string) {
	s.Helper()
	first := offer("50 left")
	first.Offer = how != "a hook became an offer"
	m = s.make(first, hook("Two?"))
	s.approve(m.variants...)
	claim = s.takesOne(Ask{Channel: c.ID, Wanted: catalog.Wanted{Variant: m.variants[0].ID}}).ID
	s.reported(claim, Report{State: pipeline.Posted, URL: "https://example.org/p"})
	came[how](s, m)
	return m, claim
}

// TestWhatCameUnderARecallIsNotHandedOut: though it was approved before; another
// file of its clip is.
func TestWhatCameUnderARecallIsNotHandedOut(t *testing.T) {
	both(t, func(s *stand) {
		once, c := s.channel("once"), s.channel("main")
		for how := range came {
			m, _ := s.underOne(how, once)
			for _, again := range []bool{false, true} {
				out, err := s.asks(Ask{Channel: c.ID, Wanted: catalog.Wanted{Variant: m.variants[0].ID}, Again: again})
				if s.refused(err, "recalled", how+", it is claimed by name"); len(out.Claims) > 0 {
					s.Errorf("%s: it was handed out, again %t", how, again)
				}
			}
			if h := s.takesOne(Ask{Channel: c.ID, Wanted: catalog.Wanted{Clip: m.clip.ID}, Max: 9}); h.Variant != m.variants[1].ID {
				s.Errorf("%s: it was handed out", how)
			}
		}
	})
}

// TestWhatCameUnderARecallIsTakenBack: by who recalls it again, whatever is
// named, and by a sweep where nobody does; once.
func TestWhatCameUnderARecallIsTakenBack(t *testing.T) {
	takes := map[string]func(s *stand, m made){
		"a sweep":                func(s *stand, _ made) { s.sweeps() },
		"a recall of all":        func(s *stand, m made) { s.recalls(Over{Recording: m.rec.ID}) },
		"a recall of the moment": func(s *stand, m made) { s.recalls(Over{Moment: m.moment.ID}) },
		"a recall of it alone":   func(s *stand, m made) { s.recalls(Over{Variant: m.variants[0].ID}) },
	}
	both(t, func(s *stand) {
		c := s.channel("once")
		for how := range came {
			for name, take := range takes {
				m, claim := s.underOne(how, c)
				before := s.times(pipeline.TellVariantRevoked)
				take(s, m)
				if !s.claim(claim).Revoked {
					s.Errorf("%s, %s: its post is not to be taken down", how, name)
				}
				s.do(func(tx *catalog.Tx) error {
					all, err := tx.ReadyOf(m.clip.ID)
					if len(all) != 1 || all[0].Variant != m.variants[1].ID {
						s.Errorf("%s, %s: %d files are approved", how, name, len(all))
					}
					return err
				})
				take(s, m)
				s.sweeps()
				if n := s.times(pipeline.TellVariantRevoked) - before; n != 1 {
					s.Errorf("%s, %s: told %d times", how, name, n)
				}
			}
		}
	})
}

// TestARecallOfAllIsLiftedWholeOrForOne: what was recalled by itself stays
// recalled, and a recall that is made again is of all again.
func TestARecallOfAllIsLiftedWholeOrForOne(t *testing.T) {
	both(t, func(s *stand) {
		m := s.make(offer("50 left"), offer("40 left"), offer("30 left"))
		a, b, alone := m.variants[0], m.variants[1], m.variants[2]
		over := Over{Recording: m.rec.ID}
		s.recalls(over)
		s.recalls(Over{Variant: alone.ID})
		if n := s.times(pipeline.TellVariantRevoked); n != 3 {
			s.Errorf("told %d times of three", n)
		}
		refused := func(what string, v pipeline.Variant, code string) {
			s.Helper()
			_, err := s.judge(v, pipeline.Approve)
			s.refused(err, code, what)
		}
		s.refused(s.lifts(a.ID), "", "lifted alone")
		refused("the one that was lifted", a, "")
		refused("another", b, "recalled")
		s.refused(s.lifts(a.ID), "no_such_recall", "lifted twice")

		s.recalls(over)
		refused("recalled again", a, "recalled")
		if n := s.times(pipeline.TellVariantRevoked); n != 4 {
			s.Errorf("told %d times, of the fourth too", n)
		}
		s.refused(s.lifts(m.rec.ID), "", "all are lifted")
		s.refused(s.lifts(m.rec.ID), "no_such_recall", "all are lifted twice")
		refused("all were lifted", a, "")
		refused("all were lifted", b, "")
		refused("recalled by itself", alone, "recalled")
		s.refused(s.lifts(alone.ID), "", "by itself")
		refused("lifted by itself", alone, "")
	})
}

// TestALiftedRecallIsApprovedAgain: and handed out; until then it is not.
func TestALiftedRecallIsApprovedAgain(t *testing.T) {
	s := open(t)
	v := s.make(hook("One?")).variants[0]
	s.channel("main")
	s.approve(v)
	s.recalls(Over{Variant: v.ID})
	_, err := s.judge(v, pipeline.Approve)
	s.refused(err, "recalled", "it is approved though recalled")
	s.refused(s.lifts(v.ID), "", "it is lifted")
	if all := s.takes(Ask{Channel: "main"}); len(all) > 0 {
		t.Error("it is handed out though nobody approved it again")
	}
	s.approve(v)
	s.takesOne(Ask{Channel: "main"})
}

// TestRecallsAreListedAsTheyWereMade: newest first, and without what was lifted.
func TestRecallsAreListedAsTheyWereMade(t *testing.T) {
	both(t, func(s *stand) {
		m := s.make(offer("50 left"), hook("Two?"))
		s.recalls(Over{Recording: m.rec.ID})
		s.recalls(Over{Moment: m.moment.ID})
		s.recalls(Over{Variant: m.variants[1].ID})
		s.refused(s.lifts(m.variants[0].ID), "", "lifted alone")
		var all []catalog.Recall
		for before := ""; ; before = all[len(all)-1].ID {
			var page []catalog.Recall
			s.do(func(tx *catalog.Tx) (err error) {
				page, err = tx.Recalls("ada", before, 2)
				return err
			})
			if all = append(all, page...); len(page) < 2 {
				break
			}
		}
		if len(all) != 3 || all[0].Variant != m.variants[1].ID || all[1].Moment != m.moment.ID || all[2].Recording != m.rec.ID || all[2].By != editor.Token {
			s.Errorf("%+v", all)
		}
	})
}

// TestWhoIsToldOfARecallIsToldOfAllThatIsOut: where there is more than a message
// holds, it says how much, and where it is read. However its addresses are
// written, the message is short enough to be told.
func TestWhoIsToldOfARecallIsToldOfAllThatIsOut(t *testing.T) {
	s := open(t)
	s.do(func(tx *catalog.Tx) error {
		_, _, err := tx.AddWebhook(catalog.Webhook{Creator: "ada", URL: "https://example.org/hook"})
		return err
	})
	m := s.make(offer("50 left"))
	s.approve(m.variants[0])
	long := map[string]string{}
	for n := range mostTold + 3 {
		s.channel(fmt.Sprint("c", n))
		h := s.takesOne(Ask{Channel: fmt.Sprint("c", n)})
		u := "https://example.org/" + strings.Repeat("&", 470)
		if n%2 == 0 {
			u = "https://example.org/p"
		}
		s.reported(h.ID, Report{State: pipeline.Posted, URL: u})
		long[h.ID] = u
	}
	back := s.takesOne(Ask{Channel: s.channel("back").ID})
	b := s.recalls(Over{Moment: m.moment.ID})
	if b.Count != mostTold+4 || len(b.Claims) != b.Count || b.At != claimsAt+"&recording="+m.rec.ID {
		s.Errorf("%d of %d at %s", len(b.Claims), b.Count, b.At)
	}
	s.reported(back.ID, Report{State: pipeline.Released})
	if n := s.recalls(Over{Moment: m.moment.ID}).Count; n != mostTold+3 {
		s.Errorf("what was given back is still to be taken down: %d", n)
	}
	told := s.told[len(s.told)-1].data.(pipeline.RevokedVariant)
	if told.Count != mostTold+4 || len(told.Claims) != mostTold || told.At != claimsAt+"&variant="+m.variants[0].ID {
		s.Errorf("%d of %d at %s", len(told.Claims), told.Count, told.At)
	}
	for _, w := range told.Claims {
		if u := long[w.Claim]; w.URL == u && w.URLAt == "" && len(u) < 100 || w.URL == "" && w.URLAt == "/v1/claims/"+w.Claim && len(u) > 100 || w.Claim == back.ID {
			continue
		}
		s.Errorf("%+v", w)
	}
}
