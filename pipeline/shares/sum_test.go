package shares

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dropcut/pipeline"
)

// ended is a post whose window is over, exactly told.
func ended(id, clip, hook string, kind pipeline.ClipKind, hour int, views, shares int64) (pipeline.Post, pipeline.Snapshot) {
	p := post()
	p.ID, p.Clip, p.HookKind, p.Kind = id, clip, hook, kind
	p.PostedAt = time.Date(2026, 3, 2, hour, 0, 0, 0, time.UTC)
	at := p.PostedAt.Add(Span)
	return p, pipeline.Snapshot{Post: id, Source: "tiktok_api", At: at, Received: at, Views: &views, Shares: &shares}
}

type told4 struct {
	id, hook      string
	kind          pipeline.ClipKind
	hour          int
	views, shares int64
}

func counted(list ...told4) Tally {
	var posts []pipeline.Post
	var snapshots []pipeline.Snapshot
	for _, l := range list {
		p, s := ended(l.id, "clip_"+l.id, l.hook, l.kind, l.hour, l.views, l.shares)
		posts, snapshots = append(posts, p), append(snapshots, s)
	}
	return Count(posts, snapshots, nil, time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC))
}

func TestALuckyFewDoNotLeadAndShortsStandApart(t *testing.T) {
	got := Group(counted(
		told4{"a", "question", pipeline.Core, 18, 20_000, 300},
		told4{"b", "number", pipeline.Core, 18, 250, 6}, // 2.4 %, of few
		told4{"c", "offer", pipeline.Core, 18, 100, 50}, // of fewer than 200
		told4{"d", "question", pipeline.Short, 18, 1000, 90},
	).Posts, ByHookKind)
	var keys []string
	for _, s := range got {
		keys = append(keys, string(s.Kind)+" "+s.Key+" "+string(s.State))
	}
	want := []string{"core question final", "core number final", "core offer low_sample", "short question final"}
	if !slices.Equal(keys, want) {
		t.Errorf("got %q, want %q", keys, want)
	}
	if places := []int{got[0].Place, got[1].Place, got[2].Place, got[3].Place}; !slices.Equal(places, []int{1, 2, 0, 1}) {
		t.Errorf("places %v", places)
	}
}

func TestPostsThatDifferWidenTheIntervalWilsonStaysAsItIs(t *testing.T) {
	got := Group(counted(
		told4{"a", "question", pipeline.Core, 18, 1000, 5},
		told4{"b", "question", pipeline.Core, 18, 1000, 40},
		told4{"c", "question", pipeline.Core, 18, 1000, 15},
	).Posts, ByHookKind)[0]
	// R = 60/3000 = 0.02; residuals −15, 20, −5; variance 3/2 × 650 / 3000² = 1.08333e-4,
	// on the logit scale ÷ (0.02 × 0.98)² → 0.28200, worth 3 − 1 posts; usual is
	// 1/(3000 × 0.0196) + 0.3/3 = 0.11701, worth 5: (2 × 0.28200 + 5 × 0.11701)/7 =
	// 0.16415; t of 7 degrees 2.36462: ± 0.95804.
	low, high := expit(logit(0.02)-0.95804), expit(logit(0.02)+0.95804)
	if math.Abs(got.Spread.Low-low) > 1e-5 || math.Abs(got.Spread.High-high) > 1e-5 || got.Spread.Effective != 3 {
		t.Errorf("%+v, want %.5f … %.5f of 3 posts", *got.Spread, low, high)
	}
	if w := Wilson(60, 3000); *got.Low != *w.Low || *got.High != *w.High {
		t.Errorf("%v … %v is not Wilson's", *got.Low, *got.High)
	}
	if !slices.Contains(codes(got.Notes), PostsDiffer) {
		t.Errorf("notes %v, want posts_differ", codes(got.Notes))
	}
}

func TestHoursStandBesideAndAnUnevenComparisonIsTold(t *testing.T) {
	got := Group(counted(
		told4{"a", "question", pipeline.Core, 17, 1000, 20}, told4{"b", "question", pipeline.Core, 18, 1000, 20},
		told4{"c", "number", pipeline.Core, 2, 1000, 5}, told4{"d", "number", pipeline.Core, 2, 1000, 5},
	).Posts, ByHookKind)
	if !slices.Equal(got[0].Hours, []Hour{{18, 1}, {19, 1}}) || !slices.Equal(got[1].Hours, []Hour{{3, 2}}) {
		t.Errorf("hours %v and %v, want Berlin's 18, 19 and 3", got[0].Hours, got[1].Hours)
	}
	for _, s := range got {
		if !slices.Contains(codes(s.Notes), HoursDiffer) {
			t.Errorf("%s: notes %v, want hours_differ", s.Key, codes(s.Notes))
		}
	}
}

func TestASumIsOfItsPostsAndItsIntervalsHoldItsRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list []told4
		for i := range rapid.IntRange(1, 12).Draw(t, "posts") {
			views := rapid.Int64Range(0, 100_000).Draw(t, "views")
			list = append(list, told4{string(rune('a' + i)), rapid.SampledFrom([]string{"", "question"}).Draw(t, "hook"),
				rapid.SampledFrom([]pipeline.ClipKind{pipeline.Core, pipeline.Short}).Draw(t, "kind"), rapid.IntRange(0, 23).Draw(t, "hour"),
				views, rapid.Int64Range(0, views).Draw(t, "shares")})
		}
		tally := counted(list...)
		for _, by := range Bys {
			var shares, views int64
			posts := 0
			for _, s := range Group(tally.Posts, by) {
				shares, views, posts = shares+s.Shares, views+s.Views, posts+s.Posts
				if s.isKnown() && !(*s.Low <= *s.Rate && *s.Rate <= *s.High) {
					t.Fatalf("%v not in %v … %v", *s.Rate, *s.Low, *s.High)
				}
				if s.Spread != nil && !(0 <= s.Spread.Low && s.Spread.Low <= *s.Low && *s.High <= s.Spread.High && s.Spread.High <= 1) {
					t.Fatalf("spread %+v is narrower than %v … %v", *s.Spread, *s.Low, *s.High)
				}
			}
			for _, l := range list {
				shares, views = shares-l.shares, views-l.views
			}
			if shares != 0 || views != 0 || posts != len(list) {
				t.Fatalf("by %s: %d re-shares, %d views, %d posts too many", by, shares, views, posts-len(list))
			}
		}
	})
}

func TestOneThingReportedByTwoClaimsCountsOnceAndStraysNowhere(t *testing.T) {
	a, s := ended("a", "clip", "question", pipeline.Core, 18, 1000, 20)
	b, later := ended("b", "clip", "question", pipeline.Core, 19, 1100, 25)
	a.ExternalID, b.ExternalID = "7301", "7301"
	c := post()
	c.ID, c.PostedAt = "c", time.Time{}
	got := Count([]pipeline.Post{b, c, a}, []pipeline.Snapshot{s, later, told("tiktok_api", Span, 9, 9)},
		[]pipeline.ShareEvent{{ID: "1", Source: "x", Post: "c", At: posted.Add(time.Hour)}}, posted.Add(40*time.Hour))
	sum := Group(got.Posts, ByKind)
	if len(sum) != 1 || sum[0].Posts != 1 || sum[0].Shares != 20 || sum[0].Views != 1000 {
		t.Errorf("%+v, want 20 of 1000, once", sum)
	}
	if got.Strays != (Strays{Snapshots: 1, Events: 1}) {
		t.Errorf("strays %+v", got.Strays)
	}
	if !got.Posts[1].Rate.has(SamePost) || !got.Posts[2].Rate.has(NoPost) {
		t.Errorf("notes %v and %v", got.Posts[1].Rate.Notes, got.Posts[2].Rate.Notes)
	}
}

func TestTheReportLeadsFromTheRecordingToEveryPost(t *testing.T) {
	tally := counted(told4{"a", "question", pipeline.Core, 18, 1000, 20}, told4{"b", "", pipeline.Short, 19, 1000, 5})
	got := Tell("rec_1", []pipeline.Moment{{ID: "mo_1", Label: "the reveal"}, {ID: "mo_2", Label: "quiet"}},
		[]pipeline.Clip{{ID: "clip_a", Moment: "mo_1", Kind: pipeline.Core}, {ID: "clip_z", Moment: "mo_1", Kind: pipeline.Short}}, tally)
	m := got.Moments[0]
	if m.Label != "the reveal" || m.Core.Shares != 20 || m.Shorts.Shares != 5 || len(m.Clips) != 3 || got.Moments[1].Core != nil {
		t.Fatalf("%s", written(t, got))
	}
	if m.Clips[1].Clip != "clip_z" || m.Clips[1].Sum != nil || m.Clips[2].Sum.Views != 1000 {
		t.Errorf("clips %s", written(t, m.Clips))
	}
	curve := m.Clips[0].Posts[0].Curve
	if len(curve) != 49 || *curve[24].Views != 500 || *curve[48].Shares != 20 || !curve[48].Sampled || curve[24].Sampled {
		t.Errorf("curve %s", written(t, curve))
	}
	if len(Tell("rec_2", nil, nil, tally).Moments) != 0 {
		t.Error("another recording's posts are in the report")
	}
}
