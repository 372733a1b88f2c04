package shares

import (
	"cmp"
	"slices"
	"time"

	"dropcut/pipeline"
)

// Counted is a post with its rate.
type Counted struct {
	Post  pipeline.Post `json:"-"`
	Local time.Time     `json:"posted_local"` // on its channel's clock
	Rate  Rate          `json:"rate"`
}

// Hour is the local hour of the day it was posted in, 0 … 23.
func (c Counted) Hour() int { return c.Local.Hour() }

// Tally is all that was counted.
type Tally struct {
	At     time.Time `json:"counted_at"`
	Posts  []Counted `json:"posts"` // oldest first
	Strays Strays    `json:"strays"`
}

// Strays are data that belong to no post: of a claim that was never posted, or
// of nothing that is known. They are kept and not counted.
type Strays struct {
	Snapshots int `json:"snapshots"`
	Events    int `json:"events"`
}

// Count counts every post as of now. Events may be told in stretches (EdgesOf).
// What two claims reported as the same post of a platform is counted once, for
// the earlier. Posts of one clip that share an audience are told of each other.
func Count(posts []pipeline.Post, snapshots []pipeline.Snapshot, events []pipeline.ShareEvent, now time.Time) Tally {
	posts = inOrder(posts)
	as := sameAs(posts)
	out := Tally{At: now, Posts: []Counted{}}
	told, sent := map[string][]pipeline.Snapshot{}, map[string][]pipeline.ShareEvent{}
	for _, s := range snapshots {
		if s.Post = as[s.Post]; s.Post == "" {
			out.Strays.Snapshots++
		}
		told[s.Post] = append(told[s.Post], s)
	}
	for _, e := range events {
		if e.Post = as[e.Post]; e.Post == "" {
			out.Strays.Events += int(e.Events())
		}
		sent[e.Post] = append(sent[e.Post], e)
	}
	for i, p := range posts {
		c := Counted{Post: p, Rate: RateOf(p, told[p.ID], sent[p.ID], now)}
		if twin := as[p.ID]; twin != "" && twin != p.ID {
			c.Rate.Reading = Reading{State: NoData, Notes: []pipeline.Note{note(SamePost, "%s reported the same post before: counted there", twin)}}
		}
		c.tellHour()
		c.tellOthers(posts[:i], posts)
		out.Posts = append(out.Posts, c)
	}
	return out
}

// inOrder is posts, the oldest first, and then claims that are none.
func inOrder(posts []pipeline.Post) []pipeline.Post {
	posts = slices.Clone(posts)
	slices.SortFunc(posts, func(a, b pipeline.Post) int {
		return cmp.Or(first(!a.PostedAt.IsZero(), !b.PostedAt.IsZero()), a.PostedAt.Compare(b.PostedAt), cmp.Compare(a.ID, b.ID))
	})
	return posts
}

// sameAs is the post that each post's data are counted for: itself, or the
// earliest that is the same on its platform. Claims without a post have none.
func sameAs(posts []pipeline.Post) map[string]string {
	type thing struct{ creator, platform, name string }
	seen, as := map[thing]string{}, map[string]string{}
	for _, p := range posts {
		if p.PostedAt.IsZero() {
			continue
		}
		as[p.ID] = p.ID
		t := thing{p.Creator, string(p.Platform), cmp.Or(p.ExternalID, p.URL)}
		if t.name == "" {
			continue
		}
		if twin, ok := seen[t]; ok {
			as[p.ID] = twin
		} else {
			seen[t] = p.ID
		}
	}
	return as
}

// tellHour puts the post on its channel's clock.
func (c *Counted) tellHour() {
	if c.Post.PostedAt.IsZero() {
		return
	}
	zone, err := time.LoadLocation(c.Post.Zone)
	if err != nil {
		zone = time.UTC
		c.Rate.Notes = append(c.Rate.Notes, note(UnknownZone, "no zone is called %q: hours are UTC's", c.Post.Zone))
	}
	c.Local = c.Post.PostedAt.In(zone)
}

// tellOthers notes what else was posted of the same clip. Each has a window and
// counters of its own; who saw one may have seen the other.
func (c *Counted) tellOthers(before, all []pipeline.Post) {
	if c.Post.PostedAt.IsZero() || c.Rate.has(SamePost) {
		return
	}
	isOfClip := func(p pipeline.Post) bool {
		return p.ID != c.Post.ID && p.Clip == c.Post.Clip && !p.PostedAt.IsZero()
	}
	for _, p := range before {
		if isOfClip(p) && p.Channel == c.Post.Channel {
			c.Rate.Notes = append(c.Rate.Notes, note(Repost, "the clip was posted on this channel %s before", spoken(c.Post.PostedAt.Sub(p.PostedAt))))
			break
		}
	}
	for _, p := range all {
		if isOfClip(p) && p.Channel != c.Post.Channel {
			c.Rate.Notes = append(c.Rate.Notes, note(CrossPosted, "the clip was posted on %s too: counted there by itself", p.Platform))
			break
		}
	}
}
