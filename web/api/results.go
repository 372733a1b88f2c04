package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dropcut/pipeline"
	"dropcut/pipeline/desk"
	"dropcut/pipeline/shares"
	"dropcut/storage/catalog"
)

// mostPosts is how many posts one document counts.
const mostPosts = 2000

type resultsInput struct {
	By      shares.By `query:"by" default:"variant" enum:"clip,variant,hook_kind,style,channel,moment,kind"`
	Since   time.Time `query:"since" doc:"posted since; default: 90 days ago"`
	Creator string    `query:"creator" maxLength:"200" doc:"for tokens that reach everybody's; default: all"`
}

// Results is a leaderboard: cores first, the best by the lower end of its
// interval; shorts apart.
type Results struct {
	Body struct {
		Version   int             `json:"version"`
		CountedAt time.Time       `json:"counted_at"`
		By        shares.By       `json:"by"`
		Since     time.Time       `json:"since"`
		Posts     int             `json:"posts" doc:"looked at: at most the 2,000 newest"`
		LeftOut   bool            `json:"older_left_out" doc:"there are more posts since then, older ones, which are not counted here"`
		Sums      []shares.Sum    `json:"sums"`
		Strays    []catalog.Stray `json:"strays" doc:"counted, and of no post that was reported"`
	}
}

type report struct{ Body shares.Report }

// PostResult is one post, its rate and its curve over 12 hours.
type PostResult struct{ Body shares.PostReport }

func (a *API) results() {
	reads := scope(pipeline.ScopeCreator, pipeline.ScopeEditor, pipeline.ScopeScheduler)
	huma.Register(a.huma, op(http.MethodGet, "/v1/results", "results", "Leaderboard of micro-share rates", reads), a.leaderboard)
	huma.Register(a.huma, op(http.MethodGet, "/v1/results/recordings/{id}", "results-recording", "What became of a recording: moments, clips, posts, shares", reads), a.recordingResults)
	huma.Register(a.huma, op(http.MethodGet, "/v1/results/posts/{id}", "results-post", "A post's rate and its curve over 12 hours", reads), a.postResults)
}

// learnFrom is how far back results look by default.
const learnFrom = 90 * 24 * time.Hour

func (a *API) leaderboard(ctx context.Context, in *resultsInput) (*Results, error) {
	creator := callerOf(ctx).Creator
	if creator == "" {
		creator = in.Creator
	} else if in.Creator != "" && in.Creator != creator {
		return nil, pipeline.Fail(pipeline.NotFound, "no_such_creator", "leave it out", "there is no such creator")
	}
	out := &Results{}
	out.Body.Version, out.Body.By, out.Body.Since = shares.ReportVersion, in.By, in.Since.UTC()
	if in.Since.IsZero() {
		out.Body.Since = time.Now().Add(-learnFrom).UTC().Truncate(time.Second)
	}
	err := a.read(ctx, func(tx *catalog.Tx) error {
		posts, older, err := a.newest(tx, catalog.PostFilter{Creator: creator, Since: out.Body.Since})
		if err != nil {
			return err
		}
		out.Body.LeftOut = older
		t, err := desk.Tally(tx, posts)
		if err != nil {
			return err
		}
		out.Body.CountedAt, out.Body.Posts, out.Body.Sums = t.At.UTC(), len(posts), append([]shares.Sum{}, shares.Group(t.Posts, in.By)...)
		out.Body.Strays = []catalog.Stray{}
		if creator == "" {
			return nil
		}
		strays, err := tx.Strays(creator, 100)
		out.Body.Strays = append(out.Body.Strays, strays...)
		return err
	})
	return out, err
}

func (a *API) recordingResults(ctx context.Context, in *ByID) (*report, error) {
	out := &report{}
	err := a.read(ctx, func(tx *catalog.Tx) error {
		if err := a.owns(ctx, tx, in.ID); err != nil {
			return err
		}
		moments, err := tx.MomentsOf(in.ID)
		if err != nil {
			return err
		}
		var clips []pipeline.Clip
		for _, m := range moments {
			all, err := tx.ClipsOf(m.ID)
			if err != nil {
				return err
			}
			clips = append(clips, all...)
		}
		posts, older, err := a.newest(tx, catalog.PostFilter{Recording: in.ID})
		if err != nil {
			return err
		}
		t, err := desk.Tally(tx, posts)
		out.Body = shares.Tell(in.ID, moments, clips, t)
		out.Body.LeftOut = older
		return err
	})
	return out, err
}

// newest is as many posts as one document counts, and whether there are older ones.
func (a *API) newest(tx *catalog.Tx, f catalog.PostFilter) (posts []pipeline.Post, older bool, err error) {
	f.Limit = a.posts + 1
	posts, err = tx.Posts(f)
	older = len(posts) > a.posts
	return posts[:min(len(posts), a.posts)], older, err
}

func (a *API) postResults(ctx context.Context, in *ByID) (*PostResult, error) {
	out := &PostResult{}
	err := a.read(ctx, func(tx *catalog.Tx) error {
		posts, err := tx.Posts(catalog.PostFilter{Creator: callerOf(ctx).Creator, ID: in.ID, Limit: 1})
		if err == nil && len(posts) == 0 {
			err = pipeline.Fail(pipeline.NotFound, "no_such_post", "a claim is a post once it is reported", "there is no such post")
		}
		if err != nil {
			return err
		}
		t, err := desk.Tally(tx, posts)
		if err != nil {
			return err
		}
		r := shares.Tell(posts[0].Recording, nil, nil, t)
		out.Body = r.Moments[0].Clips[0].Posts[0]
		return nil
	})
	return out, err
}
