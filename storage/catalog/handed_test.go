package catalog

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"dropcut/pipeline"
)

// handOut hands the variant v_1 of the clip c_1 out on a channel, as a file.
func handOut(t testing.TB, db *DB, id, channel, file string) {
	t.Helper()
	write(t, db, func(tx *Tx) error {
		if _, err := tx.Channel("ada", channel); errors.Is(err, pipeline.NotFound) {
			if _, err := tx.AddChannel(pipeline.Channel{ID: channel, Creator: "ada", Name: channel, Platform: pipeline.TikTok}); err != nil {
				return err
			}
		}
		c := pipeline.Claim{ID: id, Creator: "ada", Channel: channel, Variant: "v_1", State: pipeline.Claimed, ClaimedAt: shown, Until: shown, PostAt: shown}
		ok, err := tx.Hand(c, pipeline.Ready{Recording: "r_1", Variant: "v_1", Clip: "c_1", File: file, Poster: file + ".jpg"}, nil)
		if err == nil && !ok {
			t.Errorf("%s was not handed out", id)
		}
		return err
	})
}

// handPosted is handOut, and then it is posted.
func handPosted(t testing.TB, db *DB, id, channel string) {
	t.Helper()
	handOut(t, db, id, channel, "f")
	write(t, db, func(tx *Tx) error {
		h, err := tx.Claim("ada", id)
		if err != nil {
			return err
		}
		h.State, h.PostedAt, h.ExternalID = pipeline.Posted, &shown, id
		return tx.PutClaim(h, false)
	})
}

// doubts is all that upkeep asks of what was handed out and counted.
func doubts(t testing.TB, db *DB) (out string) {
	t.Helper()
	write(t, db, func(tx *Tx) error {
		hands, a := tx.InTwoHands()
		undated, b := tx.Undated()
		uncounted, c := tx.Uncounted()
		misdated, d := tx.Misdated()
		unnamed, e := tx.Unnamed()
		out = ""
		for _, h := range hands {
			out += fmt.Sprintf("hands %s %s %d; ", h.First, h.Last, h.Claims)
		}
		for _, m := range misdated {
			out += fmt.Sprintf("misdated %s %d %d %d; ", m.Named, m.Posts, m.Counted, m.Gone)
		}
		for _, u := range unnamed {
			out += fmt.Sprintf("unnamed %d %d; ", u.Events, u.Snapshots)
		}
		for _, id := range undated {
			out += "undated " + id + "; "
		}
		for _, id := range uncounted {
			out += "uncounted " + id + "; "
		}
		return errors.Join(a, b, c, d, e)
	})
	return out
}

// TestWhatIsHandedOutTwiceOrCountedWronglyIsSeen: each damage is laid in behind
// everybody's back, and what can be counted anew is.
func TestWhatIsHandedOutTwiceOrCountedWronglyIsSeen(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		handPosted(t, db, "cl_1", "first")
		handPosted(t, db, "cl_2", "second")
		handOut(t, db, "cl_3", "third", "f")
		putEvents(t, db, reshare("1", "shop", "v_1", 0), reshare("2", "shop", "nobody's", 0))
		views := int64(3)
		putSnapshots(t, db, pipeline.Snapshot{Source: "app", Post: "cl_2", At: shown, Views: &views})
		if got := doubts(t, db); got != "" {
			t.Fatalf("nothing is wrong yet: %s", got)
		}
		for _, c := range []struct{ damage, want, mend string }{
			{`DELETE FROM post_names WHERE named = 'tiktok/cl_1'`, "uncounted cl_1; ", "cl_1"},
			{`UPDATE claims SET posted_ms = posted_ms + 1 WHERE id = 'cl_2'`, "uncounted cl_2; ", "cl_2"},
			{`UPDATE post_names SET until_ms = 9 WHERE named = 'v_1' AND post_id = 'cl_2'`, "misdated v_1 2 2 0; ", "v_1"},
			{`UPDATE post_names SET until_ms = until_ms + 1 WHERE named = 'v_1' AND post_id = 'cl_1'`, "misdated v_1 2 1 0; ", "v_1"},
			{`UPDATE post_names SET until_ms = 0 WHERE named = 'cl_1'`, "misdated cl_1 1 0 0; ", "cl_1"},
			{`INSERT INTO post_names SELECT creator, named, 'cl_0', posted_ms, until_ms FROM post_names WHERE named = 'cl_1'`, "misdated cl_1 2 2 1; ", "cl_1"},
			{`UPDATE claims SET state = 'posted' WHERE id = 'cl_3'`, "undated cl_3; ", ""},
			{`UPDATE claims SET state = 'claimed', channel_id = 'second' WHERE id = 'cl_3'`, "hands cl_2 cl_3 2; ", ""},
			{`UPDATE claims SET again = TRUE WHERE id = 'cl_3'`, "", ""},
			{`UPDATE claims SET state = 'unknown', posted_ms = 0 WHERE id = 'cl_2'`, "hands cl_2 cl_3 2; ", ""},
			{`UPDATE claims SET state = 'released' WHERE id = 'cl_2'`, "", ""},
			{`UPDATE share_events SET source_id = source_id + 7 WHERE id = '1'`, "unnamed 1 0; ", ""},
			{`UPDATE share_subjects SET creator = 'bob'`, "unnamed 1 0; unnamed 1 0; unnamed 0 1; ", ""},
		} {
			write(t, db, func(tx *Tx) error {
				_, a := tx.exec(`DROP INDEX IF EXISTS one_claim_a_clip`) // what refuses it otherwise
				_, b := tx.exec(`DROP INDEX IF EXISTS one_hand_a_variant`)
				_, c := tx.exec(c.damage)
				return errors.Join(a, b, c)
			})
			if got := doubts(t, db); got != c.want {
				t.Errorf("%s: %q, want %q", c.damage, got, c.want)
			}
			if c.mend == "" {
				continue
			}
			write(t, db, func(tx *Tx) error {
				if strings.HasPrefix(c.want, "uncounted") {
					return tx.CountPosted(c.mend)
				}
				return tx.Redate("ada", c.mend)
			})
			if got := doubts(t, db); got != "" {
				t.Errorf("%s: counted anew, and still %s", c.damage, got)
			}
		}
	})
}

func TestAFileIsPromisedWhileItIsInSomebodysHand(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		handOut(t, db, "cl_1", "first", "old")
		handOut(t, db, "cl_2", "second", "old")
		handOut(t, db, "cl_3", "third", "new")
		for _, c := range []struct {
			change string
			want   int
		}{{`UPDATE claims SET id = id`, 2}, {`UPDATE claims SET state = 'released' WHERE file = 'new'`, 1}, {`UPDATE claims SET state = 'posted', posted_ms = 1`, 0}} {
			write(t, db, func(tx *Tx) error {
				_, changed := tx.exec(c.change)
				all, err := tx.PromisedFiles("r_1")
				keys, more := tx.Promised("r_1")
				if len(all) != c.want || len(keys) != 2*c.want {
					t.Errorf("%s: %d files, %v", c.change, len(all), keys)
				}
				return errors.Join(changed, err, more)
			})
		}
	})
}
