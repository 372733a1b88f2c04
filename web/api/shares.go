package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// EventItem is one re-share, and the post that it is of.
type EventItem struct {
	ID     string    `json:"id" minLength:"1" maxLength:"200" doc:"the source's own: counted once by source and id"`
	Source string    `json:"source" minLength:"1" maxLength:"200" doc:"who counted it"`
	At     time.Time `json:"occurred_at"`
	NamedPost
}

// SnapshotItem is a platform's cumulative counters of one post at one time.
type SnapshotItem struct {
	Source   string         `json:"source" minLength:"1" maxLength:"200" doc:"who says so; what sources say is never mixed"`
	At       time.Time      `json:"observed_at" doc:"when the platform said so"`
	Views    *int64         `json:"views,omitempty" minimum:"0" doc:"none: not told"`
	Shares   *int64         `json:"shares,omitempty" minimum:"0" doc:"none: not told"`
	Likes    *int64         `json:"likes,omitempty" minimum:"0"`
	Comments *int64         `json:"comments,omitempty" minimum:"0"`
	Grain    pipeline.Grain `json:"grain,omitempty" enum:"moving,day" doc:"moving: may change for 48 h; day: of whole days, observed at the end of the day; none: of the instant"`
	NamedPost
}

// NamedPost names a post: by one of these.
type NamedPost struct {
	Post       string            `json:"post,omitempty" maxLength:"64" doc:"our ID: its claim's"`
	Platform   pipeline.Platform `json:"platform,omitempty" enum:"tiktok,instagram,youtube,facebook,x,linkedin,other"`
	ExternalID string            `json:"external_id,omitempty" maxLength:"200" doc:"the platform's, with platform"`
	URL        string            `json:"url,omitempty" maxLength:"1000"`
	Variant    string            `json:"variant,omitempty" maxLength:"64" doc:"of utm_content, with platform where utm_source says"`
}

func (n NamedPost) key() string {
	return pipeline.Named{Post: n.Post, Platform: n.Platform, ExternalID: n.ExternalID, URL: n.URL, Variant: n.Variant}.Key()
}

type eventItemsInput struct {
	Keyed
	Creator string `query:"creator" maxLength:"200" doc:"for tokens that reach everybody's"`
	Body    struct {
		Items []EventItem `json:"items" minItems:"1" maxItems:"1000"`
	}
}

type snapshotItemsInput struct {
	Keyed
	Creator string `query:"creator" maxLength:"200" doc:"for tokens that reach everybody's"`
	Body    struct {
		Items []SnapshotItem `json:"items" minItems:"1" maxItems:"1000"`
	}
}

// Kept is what became of counted things.
type Kept struct {
	Counted    int           `json:"counted" doc:"new"`
	Known      int           `json:"known" doc:"told before: counted once"`
	Unresolved int           `json:"unresolved" doc:"of those, how many name a post that is not reported yet: they are counted once it is"`
	Refused    []RefusedItem `json:"refused"`
}

// RefusedItem is one that was not taken, and why.
type RefusedItem struct {
	Index  int    `json:"index"`
	Detail string `json:"detail"`
}

func (a *API) shares() {
	s := scope(pipeline.ScopeScheduler)
	huma.Register(a.huma, op(http.MethodPost, "/v1/share-events", "create-share-events", "Tell of re-shares, each counted once", s), a.putEvents)
	huma.Register(a.huma, op(http.MethodPost, "/v1/snapshots", "create-snapshots", "Tell of platforms' cumulative counters", s), a.putSnapshots)
}

func (a *API) putEvents(ctx context.Context, in *eventItemsInput) (*Reply[Kept], error) {
	creator, err := owner(ctx, in.Creator)
	if err != nil {
		return nil, err
	}
	return onceIn(a, a.Catalog.Write, ctx, in, func(tx *catalog.Tx) (*Reply[Kept], error) {
		out := &Kept{Refused: []RefusedItem{}}
		return &Reply[Kept]{Status: http.StatusOK, Body: out}, out.events(tx, creator, in.Body.Items)
	})
}

// events keeps re-shares.
func (k *Kept) events(tx *catalog.Tx, creator string, items []EventItem) (err error) {
	var all []pipeline.ShareEvent
	var posts []string
	for i, item := range items {
		e := pipeline.ShareEvent{ID: item.ID, Source: item.Source, Post: item.key(), At: item.At}
		why := refused(e.Post, e.At)
		if why == "" && (e.ID == "" || e.Source == "") {
			why = "it has no id, or no source"
		}
		if why != "" {
			k.Refused = append(k.Refused, RefusedItem{i, why})
			continue
		}
		all, posts = append(all, e), append(posts, e.Post)
	}
	if k.Counted, k.Known, err = tx.PutShareEvents(creator, all); err != nil {
		return err
	}
	return k.resolve(tx, creator, posts)
}

func (a *API) putSnapshots(ctx context.Context, in *snapshotItemsInput) (*Reply[Kept], error) {
	creator, err := owner(ctx, in.Creator)
	if err != nil {
		return nil, err
	}
	return onceIn(a, a.Catalog.Write, ctx, in, func(tx *catalog.Tx) (*Reply[Kept], error) {
		out := &Kept{Refused: []RefusedItem{}}
		return &Reply[Kept]{Status: http.StatusOK, Body: out}, out.snapshots(tx, creator, in.Body.Items)
	})
}

// snapshots keeps counters.
func (k *Kept) snapshots(tx *catalog.Tx, creator string, items []SnapshotItem) (err error) {
	var all []pipeline.Snapshot
	var posts []string
	for i, item := range items {
		s := pipeline.Snapshot{ID: pipeline.Mint(pipeline.SnapshotID), Source: item.Source, Post: item.key(), At: item.At, Views: item.Views, Shares: item.Shares,
			Likes: item.Likes, Comments: item.Comments, Grain: item.Grain}
		if why := item.wrong(s); why != "" {
			k.Refused = append(k.Refused, RefusedItem{i, why})
			continue
		}
		all, posts = append(all, s), append(posts, s.Post)
	}
	if k.Counted, k.Known, err = tx.PutSnapshots(creator, all); err != nil {
		return err
	}
	return k.resolve(tx, creator, posts)
}

// wrong is why counters are not taken; "" where they are.
func (item SnapshotItem) wrong(s pipeline.Snapshot) string {
	negative := func(n *int64) bool { return n != nil && *n < 0 }
	switch why := refused(s.Post, s.At); {
	case why != "":
		return why
	case s.Source == "":
		return "it has no source"
	case s.Views == nil && s.Shares == nil && s.Likes == nil && s.Comments == nil:
		return "it tells no counter"
	case negative(s.Views) || negative(s.Shares) || negative(s.Likes) || negative(s.Comments):
		return "a counter is below zero"
	case s.Grain != pipeline.GrainInstant && s.Grain != pipeline.GrainMoving && s.Grain != pipeline.GrainDay:
		return "its grain is unknown"
	}
	return ""
}

// ahead is how far a counter's clock may be before ours.
const ahead = 10 * time.Minute

// refused is why something is not taken; "" where it is.
func refused(post string, at time.Time) string {
	switch {
	case post == "":
		return "it names no post: give post, platform with external_id, url or variant"
	case at.IsZero() || at.Year() < 2000:
		return "its time is none"
	case time.Until(at) > ahead:
		return "its time is still to come"
	}
	return ""
}

// resolve counts what names a post that nobody reported yet, and asks once for
// each name.
func (k *Kept) resolve(tx *catalog.Tx, creator string, posts []string) error {
	known := map[string]bool{}
	for _, post := range posts {
		is, asked := known[post]
		if !asked {
			var err error
			if is, err = tx.IsPost(creator, post); err != nil {
				return err
			}
			known[post] = is
		}
		if !is {
			k.Unresolved++
		}
	}
	return nil
}
