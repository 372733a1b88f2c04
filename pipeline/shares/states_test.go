package shares

import (
	"slices"
	"testing"
	"time"

	"dropcut/pipeline"
)

func TestAStateIsWhatWaitingWouldChange(t *testing.T) {
	of := func(g pipeline.Grain, s pipeline.Snapshot) pipeline.Snapshot { s.Grain = g; return s }
	views := func(s pipeline.Snapshot) pipeline.Snapshot { s.Shares = nil; return s }
	shared := pipeline.ShareEvent{ID: "1", Source: "api:shop", Post: "cl_1", At: after(time.Hour), Received: after(time.Hour)}
	for _, c := range []struct {
		why           string
		now           time.Duration
		told          []pipeline.Snapshot
		events        []pipeline.ShareEvent
		state         State
		shares, views int64
		note          string
	}{
		{"a window that is not over is open, with what there is", 11*time.Hour + 59*time.Minute, []pipeline.Snapshot{told("a", 6*time.Hour, 1000, 10)}, nil, Open, 10, 1000, ""},
		{"at 12 h it is over", Span, []pipeline.Snapshot{told("a", Span, 1000, 10)}, nil, Final, 10, 1000, ""},
		{"without a sample after, figures are up to the last", 90 * time.Hour, []pipeline.Snapshot{told("a", 11*time.Hour, 1000, 10)}, nil, Provisional, 10, 1000, NoSampleAfter},
		{"a moving source moves for 48 h", Span + 47*time.Hour, []pipeline.Snapshot{of("moving", told("a", Span, 1000, 10))}, nil, Provisional, 10, 1000, StillMoving},
		{"and then has settled", Span + 48*time.Hour, []pipeline.Snapshot{of("moving", told("a", Span, 1000, 10))}, nil, Final, 10, 1000, Moved},
		{"a sample that is not here yet is not looked at", 13 * time.Hour, []pipeline.Snapshot{told("a", 11*time.Hour, 1000, 10), told("a", 20*time.Hour, 5000, 90)}, nil, Provisional, 10, 1000, InFuture},
		{"both figures end where the shorter counter does", 13 * time.Hour, []pipeline.Snapshot{told("a", 6*time.Hour, 1000, 10), views(told("a", Span, 4000, 0))}, nil, Provisional, 10, 1000, NoSampleAfter},
		{"one source's events over its own views are a rate", 13 * time.Hour, []pipeline.Snapshot{views(told("api:shop", Span, 1000, 0))}, []pipeline.ShareEvent{shared}, Final, 1, 1000, ""},
		{"its counters go before its events", 13 * time.Hour, []pipeline.Snapshot{told("api:shop", Span, 1000, 10)}, []pipeline.ShareEvent{shared}, Final, 10, 1000, EventsBeside},
		{"more re-shares than views are no rate", 13 * time.Hour, []pipeline.Snapshot{told("a", Span, 300, 301)}, nil, NoData, 301, 300, MoreShares},
		{"another source far off is told", 13 * time.Hour, []pipeline.Snapshot{told("a", 6*time.Hour, 500, 5), told("a", Span, 1000, 10), told("b", Span, 1000, 90)}, nil, Final, 10, 1000, SourcesDiffer},
	} {
		r := RateOf(post(), c.told, c.events, after(c.now))
		if r.State != c.state || value(r.Shares) != c.shares || value(r.Views) != c.views {
			t.Errorf("%s: %s, %d of %d; want %s, %d of %d", c.why, r.State, value(r.Shares), value(r.Views), c.state, c.shares, c.views)
		}
		if c.note == "" && len(r.Notes) > 0 || c.note != "" && !slices.Contains(codes(r.Notes), c.note) {
			t.Errorf("%s: notes %v, want %q", c.why, codes(r.Notes), c.note)
		}
	}
}

func TestAnUnknownZoneIsToldAndHoursAreUTCs(t *testing.T) {
	p := post()
	p.Zone = "Europe/Atlantis"
	got := Count([]pipeline.Post{p}, nil, nil, after(time.Hour)).Posts[0]
	if got.Hour() != 18 || !got.Rate.has(UnknownZone) {
		t.Errorf("hour %d, notes %v", got.Hour(), codes(got.Rate.Notes))
	}
}
