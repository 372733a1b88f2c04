package catalog

import (
	"errors"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
)

func TestEverySegmentComesOnceHoweverManyAtATime(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		write(t, db, func(tx *Tx) error {
			for _, s := range []Segment{{Recipe: "a", AVCC: "1", Digest: "x"}, {Recipe: "a", AVCC: "2", Digest: "y"}, {Recipe: "b", Digest: "x"}} {
				if _, err := tx.PutSegment(s); err != nil {
					return err
				}
			}
			_, err := tx.exec("UPDATE segments SET created_ms = created_ms - 3600000 WHERE recipe = 'b'")
			return err
		})
		for _, limit := range []int{1, 2, 10} {
			var all []KeptSegment
			write(t, db, func(tx *Tx) error {
				all = nil
				for {
					last := KeptSegment{}
					if len(all) > 0 {
						last = all[len(all)-1]
					}
					more, err := tx.SegmentsAfter(last.Recipe, last.AVCC, limit)
					if err != nil || len(more) == 0 {
						return err
					}
					all = append(all, more...)
				}
			})
			if len(all) != 3 || all[1].AVCC != "2" || all[2].Recipe != "b" || all[2].Age < time.Hour || all[0].Age >= time.Hour {
				t.Errorf("%d at a time: %+v", limit, all)
			}
		}
		write(t, db, func(tx *Tx) error {
			same, err := tx.SegmentsWith("x")
			if len(same) != 2 || same[0].Recipe != "a" || same[1].Recipe != "b" {
				t.Errorf("with the digest x: %+v", same)
			}
			return err
		})
	})
}

func TestTheNewestExcerptIsTheOneThatWasKeptLastWhateverClockMintedIt(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		write(t, db, func(tx *Tx) error {
			err := errors.Join(tx.PutRecording(pipeline.Recording{ID: "r_1", Creator: "c", Fingerprint: "f"}), tx.PutMoment(pipeline.Moment{ID: "m_1", Recording: "r_1"}),
				tx.PutExcerpt(pipeline.Excerpted{ID: "x_2", Moment: "m_1"})) // minted where the clock is fast
			_, aged := tx.exec("UPDATE excerpts SET created_ms = created_ms - 1000")
			return errors.Join(err, aged, tx.PutExcerpt(pipeline.Excerpted{ID: "x_1", Moment: "m_1"}))
		})
		write(t, db, func(tx *Tx) error {
			newest, err := tx.ExcerptOf("m_1")
			all, listing := tx.ExcerptIDs("m_1")
			if newest.ID != "x_1" || len(all) != 2 || all[0].ID != newest.ID {
				t.Errorf("the newest is %s, and of all %+v", newest.ID, all)
			}
			return errors.Join(err, listing)
		})
	})
}

func TestExcerptsAreKnownNewestFirstAndForgottenOneByOne(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		write(t, db, func(tx *Tx) error {
			err := errors.Join(tx.PutRecording(pipeline.Recording{ID: "r_1", Creator: "c", Fingerprint: "f"}), tx.PutMoment(pipeline.Moment{ID: "m_1", Recording: "r_1"}),
				tx.PutExcerpt(pipeline.Excerpted{ID: "x_1", Moment: "m_1", Key: "old"}), tx.PutExcerpt(pipeline.Excerpted{ID: "x_2", Moment: "m_1", Key: "new"}))
			_, aged := tx.exec("UPDATE excerpts SET created_ms = created_ms - 3600000 WHERE id = 'x_1'")
			_, untouched := tx.exec("UPDATE moments SET updated_ms = updated_ms - 7200000")
			return errors.Join(err, aged, untouched)
		})
		write(t, db, func(tx *Tx) error {
			all, err := tx.ExcerptIDs("m_1")
			if len(all) != 2 || all[0].ID != "x_2" || all[1].ID != "x_1" || all[1].Age < time.Hour {
				t.Errorf("%+v", all)
			}
			ages, agesErr := tx.Untouched("r_1")
			if ages["m_1"] < 2*time.Hour || len(ages) != 1 {
				t.Errorf("untouched: %v", ages)
			}
			known, knownErr := tx.RecordingIDs()
			if len(known) != 1 || known[0] != "r_1" {
				t.Errorf("recordings: %v", known)
			}
			return errors.Join(err, agesErr, knownErr, tx.DropExcerpt("x_1"))
		})
		write(t, db, func(tx *Tx) error {
			if _, err := tx.Excerpt("x_1"); !errors.Is(err, pipeline.NotFound) {
				t.Errorf("a forgotten excerpt: %v", err)
			}
			x, err := tx.Excerpt("x_2")
			if x.Key != "new" {
				t.Errorf("%+v", x)
			}
			return err
		})
	})
}

func TestABriefIsFoundByADigestInItAlsoBeforeItIsTakenIn(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		hex := func(c string) string { return strings.Repeat(c, 64) }
		write(t, db, func(tx *Tx) error {
			_, err := tx.Enqueue(Work{Kind: pipeline.Ingest, Subject: "k", Input: "i", Doc: []byte(`{"brief":{"marks":[{"digest":"sha256:` + hex("b") + `"}]}}`)})
			return errors.Join(err, tx.PutRecording(pipeline.Recording{ID: "r_1", Creator: "c", Fingerprint: "f"}),
				tx.PutBrief("r_1", pipeline.Brief{Marks: []pipeline.Sidecar{{Digest: "sha256:" + hex("a")}}}),
				tx.PutMoment(pipeline.Moment{ID: "m_1", Recording: "r_1", Words: []string{"sha256:" + hex("d")}}))
		})
		write(t, db, func(tx *Tx) error {
			var all strings.Builder
			err := tx.Briefs(func(text string) { all.WriteString(text) })
			for c, want := range map[string]bool{"a": true, "b": true, "c": false} {
				named, e := tx.IsInBrief(hex(c))
				if named != want || strings.Contains(all.String(), hex(c)) != want {
					t.Errorf("%s is named: %v", c, named)
				}
				err = errors.Join(err, e)
			}
			for c, want := range map[string]bool{"d": true, "a": false} {
				if named, e := tx.IsInMoment(hex(c)); named != want || e != nil {
					t.Errorf("%s is named by a moment: %v, %v", c, named, e)
				}
			}
			return err
		})
	})
}
