package desk

import (
	"testing"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// on says which account a channel is.
func on(account string) func(c *pipeline.Channel) {
	return func(c *pipeline.Channel) { c.Account = account }
}

func (s *stand) removes(c pipeline.Channel) {
	s.Helper()
	s.do(func(tx *catalog.Tx) error { return s.RemoveChannel(tx, Who{Creator: c.Creator}, c.ID) })
}

// edits says anew what a channel is.
func (s *stand) edits(c pipeline.Channel) error {
	return s.try(func(tx *catalog.Tx) error {
		_, err := s.EditChannel(tx, c)
		return err
	})
}

// TestAChannelThatIsAddedAgainRemembers: what was handed out on its account is
// not handed out there again, unless that is asked for.
func TestAChannelThatIsAddedAgainRemembers(t *testing.T) {
	for name, c := range map[string]struct{ account, name, again string }{
		"the same":                    {"@neon", "main", "@neon"},
		"under another name":          {"@neon", "evenings", "@neon"},
		"an account written anew":     {"@neon", "evenings", " Neon"},
		"no account, by its name":     {"", "main", ""},
		"its account is said later":   {"", "main", "@neon"},
		"its account is said no more": {"@neon", "main", ""},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(s *stand) {
				m := s.make(hook("One?"), hook("Two?"))
				s.approve(m.variants...)
				was := s.channel("main", on(c.account))
				posted := s.takesOne(Ask{Channel: "main"})
				s.reported(posted.ID, Report{State: pipeline.Posted})
				s.removes(was)
				now := s.channel(c.name, on(c.again))
				if now.ID != was.ID || now.Revision != was.Revision+1 || now.Name != c.name {
					s.Errorf("%+v is not %s", now, was.ID)
				}
				if again := s.takes(Ask{Channel: c.name, Max: 9}); len(again) > 0 {
					s.Errorf("its clip is handed out there again: %s", again[0].Variant)
				}
				other := s.make(hook("Three?"))
				s.approve(other.variants...)
				if h := s.takesOne(Ask{Channel: c.name, Max: 9}); h.Clip != other.clip.ID {
					s.Errorf("not what is new: %s", h.Clip)
				}
				if h := s.takesOne(Ask{Channel: c.name, Wanted: catalog.Wanted{Variant: m.variants[1].ID}, Again: true}); !h.Again {
					s.Error("what is asked for again is not said to be")
				}
			})
		})
	}
}

// TestAnotherAccountStartsAnew: what was posted elsewhere is not posted there.
func TestAnotherAccountStartsAnew(t *testing.T) {
	both(t, func(s *stand) {
		m := s.make(hook("One?"))
		s.approve(m.variants...)
		was := s.channel("main", on("@neon"))
		s.takesOne(Ask{Channel: "main"})
		s.removes(was)
		for _, c := range []pipeline.Channel{
			s.channel("main", on("@dark")),
			s.channel("elsewhere", on("@neon"), func(c *pipeline.Channel) { c.Platform = pipeline.LinkedIn }),
		} {
			if c.ID == was.ID {
				s.Errorf("%+v is taken for %s", c, was.ID)
			}
			s.takesOne(Ask{Channel: c.ID})
		}
		others := was
		others.Creator = "eve"
		if c, err := s.add(others); err != nil || c.ID == was.ID {
			s.Errorf("another creator's: %+v, %v", c, err)
		}
	})
}

// TestAnAccountHasOneChannel: two would post each clip there twice, and so would
// one that takes over the account of one that was removed.
func TestAnAccountHasOneChannel(t *testing.T) {
	both(t, func(s *stand) {
		main, second := s.channel("main", on("@neon")), s.channel("second", on("@dark"))
		_, err := s.add(pipeline.Channel{Creator: "ada", Name: "third", Platform: pipeline.Other, Account: "NEON", Zone: "UTC"})
		s.refused(err, "account_exists", "a second channel of an account")
		second.Account = "neon"
		s.refused(s.edits(second), "account_exists", "an edit to another's account")
		main.Account = ""
		s.refused(s.edits(main), "", "its account is said no more")
		s.refused(s.edits(second), "account_exists", "an account that was said before")
		s.removes(main)
		s.refused(s.edits(second), "account_exists", "an edit to a removed one's account")
		if c := s.channel("third", on("@neon")); c.ID != main.ID {
			s.Errorf("%s is not %s", c.ID, main.ID)
		}
		second.Account = "@day"
		s.refused(s.edits(second), "", "an edit to an account of its own")
	})
}

// TestWhatIsGivenBackWaitsWhereItsChannelIsAddedAgain: and what the platform
// refused for good does not.
func TestWhatIsGivenBackWaitsWhereItsChannelIsAddedAgain(t *testing.T) {
	both(t, func(s *stand) {
		back, bad := s.make(hook("One?")), s.make(hook("Two?"))
		s.approve(back.variants[0], bad.variants[0])
		c := s.channel("main", on("@neon"))
		claims := map[string]string{}
		for _, h := range s.takes(Ask{Channel: "main", Max: 2}) {
			claims[h.Clip] = h.ID
		}
		s.removes(c)
		s.reported(claims[back.clip.ID], Report{State: pipeline.Released})
		s.reported(claims[bad.clip.ID], Report{State: pipeline.Failed, Failure: &pipeline.PostFailure{Code: "spam"}})
		s.channel("evenings", on("@neon"))
		if h := s.takesOne(Ask{Channel: "evenings", Max: 9}); h.Clip != back.clip.ID {
			s.Errorf("%s was handed out", h.Clip)
		}
	})
}

// TestAChannelStaysOnItsAccountOnceItWasHandedAClip: the account that it leaves
// would be forgotten, and get the same clips from a channel that is added for it.
func TestAChannelStaysOnItsAccountOnceItWasHandedAClip(t *testing.T) {
	both(t, func(s *stand) {
		m := s.make(hook("One?"))
		s.approve(m.variants...)
		main := s.channel("main", on("@neon"))
		main.Account = "@noen"
		s.refused(s.edits(main), "", "a slip of the pen before anything was handed out")
		main.Revision, main.Account = main.Revision+1, "@neon"
		s.refused(s.edits(main), "", "and back")
		main.Revision++
		h := s.takesOne(Ask{Channel: "main"})
		moved, elsewhere, renamed := main, main, main
		moved.Account, elsewhere.Platform, renamed.Name = "@dark", pipeline.LinkedIn, "evenings"
		s.refused(s.edits(moved), "account_posted", "another account")
		s.refused(s.edits(elsewhere), "account_posted", "another platform")
		s.refused(s.edits(renamed), "", "another name")
		renamed.Revision++
		s.reported(h.ID, Report{State: pipeline.Released})
		renamed.Account = "@dark"
		s.refused(s.edits(renamed), "", "nothing is out there")
	})
}
