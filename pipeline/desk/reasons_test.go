package desk

import (
	"slices"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// TestReasonsLookAtTheNewestAndSaySo: of more approved files than are looked at,
// the rest is counted and not read.
func TestReasonsLookAtTheNewestAndSaySo(t *testing.T) {
	both(t, func(s *stand) {
		c := s.channel("main", func(c *pipeline.Channel) { c.Siblings = true })
		m := s.make()
		s.do(func(tx *catalog.Tx) error {
			for range looked + 7 {
				v := withFile(m, pipeline.Variant{ID: pipeline.Mint(pipeline.VariantID), Clip: m.clip.ID, State: pipeline.VariantApproved, Revision: 1,
					Hook: pipeline.Hook{Text: pipeline.Mint("h")}, Look: pipeline.Look{Aspect: "9:16", Layout: "fill", Style: "phrase", Language: "en"}}, 900)
				if err := tx.PutVariant(v); err != nil {
					return err
				}
				if err := tx.PutReady(AsReady(v, m.clip, m.moment, m.rec, time.Now())); err != nil {
					return err
				}
			}
			return nil
		})
		var why []Reason
		s.do(func(tx *catalog.Tx) (err error) {
			why, err = s.Reasons(tx, c)
			return err
		})
		files := map[string]int{}
		for _, r := range why {
			files[r.Code] = r.Files
		}
		i := slices.IndexFunc(why, func(r Reason) bool { return r.Code == "not_looked_at" })
		if i < 0 || files["handed_out"] != looked || files["not_looked_at"] != 7 || !strings.Contains(why[i].Detail, "1000 newest of 1007") {
			s.Errorf("%+v", why)
		}
		out, err := s.asks(Ask{Channel: c.ID})
		if err != nil || len(out.Why) != 1 || out.Why[0].Code != "nothing_waits" || !strings.Contains(out.Why[0].Detail, "newest 1000") {
			s.Errorf("%+v, %v", out.Why, err)
		}
	})
}

// TestReasonsCountWhatWasRecalled: of what an editor approved and nobody took
// back by a verdict; what is approved beside it has its own reasons.
func TestReasonsCountWhatWasRecalled(t *testing.T) {
	both(t, func(s *stand) {
		c := s.channel("main")
		m := s.make(offer("50 left"), offer("40 left"), offer("30 left"), hook("Who?"))
		s.approve(m.variants[:3]...)
		if _, err := s.judge(m.variants[2], pipeline.Reject); err != nil {
			s.Fatal(err)
		}
		s.recalls(Over{Recording: m.rec.ID})
		recalled := func(also ...string) {
			s.Helper()
			var why []Reason
			s.do(func(tx *catalog.Tx) (err error) {
				why, err = s.Reasons(tx, c)
				return err
			})
			if len(why) != 1+len(also) || why[0].Code != "recalled" || why[0].Files != 2 || !strings.Contains(why[0].Detail, "sold_out") {
				s.Errorf("%+v", why)
			}
			for i, code := range also {
				if why[i+1].Code != code {
					s.Errorf("%+v, want %v", why, also)
				}
			}
		}
		recalled()
		s.approve(m.variants[3])
		s.takesOne(Ask{Channel: "main"})
		recalled("handed_out")
		if err := s.lifts(m.rec.ID); err != nil {
			s.Fatal(err)
		}
		if got := s.why(c); !slices.Equal(got, []string{"handed_out"}) {
			s.Errorf("lifted, the reasons are %v", got)
		}
	})
}
