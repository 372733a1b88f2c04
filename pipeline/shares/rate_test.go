package shares

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dropcut/pipeline"
)

var posted = time.Date(2026, 3, 2, 18, 0, 0, 0, time.UTC)

func after(d time.Duration) time.Time { return posted.Add(d) }

func post() pipeline.Post {
	return pipeline.Post{ID: "cl_1", Channel: "ch_1", Platform: pipeline.TikTok, Zone: "Europe/Berlin", Recording: "rec_1", Moment: "mo_1",
		Clip: "clip_1", Kind: pipeline.Core, Variant: "var_1", HookKind: "question", Style: "phrase", Length: 75 * time.Second, PostedAt: posted}
}

func told(source string, at time.Duration, views, shares int64) pipeline.Snapshot {
	return pipeline.Snapshot{Post: "cl_1", Source: source, At: after(at), Received: after(at), Views: &views, Shares: &shares}
}

func codes(notes []pipeline.Note) []string {
	out := []string{}
	for _, n := range notes {
		out = append(out, n.Code)
	}
	return out
}

func TestAnHourAfterTheEdgeIsNearAndAFallenCounterIsHeld(t *testing.T) {
	got := RateOf(post(), []pipeline.Snapshot{
		told("tiktok_api", 10*time.Hour, 1000, 20), told("tiktok_api", 13*time.Hour, 1300, 17),
	}, nil, after(20*time.Hour))
	if got.State != Final || *got.Views != 1200 || *got.Shares != 20 {
		t.Errorf("%s: %d of %d, want final: 20 of 1200 (two thirds of the way from 1000 to 1300)", got.State, *got.Shares, *got.Views)
	}
}

// data draws what sources may say of one post, and more: other posts, doubles,
// counters that fall, times before the post and after now.
func data(t *rapid.T) (pipeline.Post, []pipeline.Snapshot, []pipeline.ShareEvent, time.Time) {
	p := post()
	at := func(label string) time.Time {
		return after(time.Duration(rapid.IntRange(-120, 72*60).Draw(t, label)) * time.Minute)
	}
	count := func(label string, most int64) *int64 {
		if rapid.IntRange(0, 9).Draw(t, label+" told") == 0 {
			return nil
		}
		n := rapid.Int64Range(-1, most).Draw(t, label)
		return &n
	}
	if rapid.IntRange(0, 3).Draw(t, "is removed") == 0 {
		gone := at("removed")
		p.RemovedAt = &gone
	}
	posts := rapid.SampledFrom([]string{"cl_1", "cl_1", "cl_1", "cl_2"})
	sources := rapid.SampledFrom([]string{"tiktok_api", "csv:studio", "api:tok"})
	grains := rapid.SampledFrom([]pipeline.Grain{"", "", "moving", "day"})
	var snapshots []pipeline.Snapshot
	for range rapid.IntRange(0, 12).Draw(t, "snapshots") {
		seen := at("seen")
		snapshots = append(snapshots, pipeline.Snapshot{Post: posts.Draw(t, "post"), Source: sources.Draw(t, "source"), At: seen,
			Received: seen.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "hours late")) * time.Hour),
			Views:    count("views", 5000), Shares: count("shares", 300), Grain: grains.Draw(t, "grain")})
	}
	var events []pipeline.ShareEvent
	for range rapid.IntRange(0, 12).Draw(t, "events") {
		seen := at("shared")
		events = append(events, pipeline.ShareEvent{ID: fmt.Sprint(rapid.IntRange(0, 9).Draw(t, "id")), Source: sources.Draw(t, "source"),
			Post: posts.Draw(t, "post"), At: seen, Received: seen.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "hours late")) * time.Hour)})
	}
	return p, snapshots, events, at("now")
}

func written(t interface{ Fatal(...any) }, v any) string {
	out, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestOrderAndRepetitionDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, snapshots, events, now := data(t)
		want := RateOf(p, snapshots, events, now)
		twice := rapid.Permutation(append(append([]pipeline.Snapshot{}, snapshots...), snapshots...)).Draw(t, "snapshots again")
		shuffled := rapid.Permutation(events).Draw(t, "events in another order")
		// What is left out is counted for the note, so doubles there are told; all else is the same.
		got := RateOf(p, twice, shuffled, now)
		got.Notes, want.Notes = nil, nil
		for i := range got.Beside {
			got.Beside[i].Notes, want.Beside[i].Notes = nil, nil
		}
		if a, b := written(t, got), written(t, want); a != b {
			t.Fatalf("got %s\nwant %s", a, b)
		}
		again := rapid.Permutation(snapshots).Draw(t, "snapshots in another order")
		if a, b := written(t, RateOf(p, again, shuffled, now)), written(t, RateOf(p, snapshots, events, now)); a != b {
			t.Fatalf("order matters: got %s\nwant %s", a, b)
		}
	})
}

func TestARateLiesInItsIntervalAndFiguresBesideIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := RateOf(data(t))
		for _, x := range append([]Reading{r.Reading}, r.Beside...) {
			checkReading(t, r, x)
		}
	})
}

// checkReading is what holds of every reading, whatever the data.
func checkReading(t interface{ Fatalf(string, ...any) }, r Rate, x Reading) {
	if x.isKnown() {
		if !(0 <= *x.Low && *x.Low <= *x.Rate && *x.Rate <= *x.High && *x.High <= 1) {
			t.Fatalf("%v not in %v … %v", *x.Rate, *x.Low, *x.High)
		}
		if x.Shares == nil || x.Views == nil || *x.Rate != float64(*x.Shares)/float64(*x.Views) {
			t.Fatalf("rate %v without its figures", *x.Rate)
		}
	}
	if x.Until != nil && x.Until.After(r.To) {
		t.Fatalf("counted until %v, the window ends %v", x.Until, r.To)
	}
	if x.State == Final && (!x.isKnown() || !x.Until.Equal(r.From.Add(Span)) || *x.Views < enough || x.Estimated) {
		t.Fatalf("final without reason: %+v", x)
	}
	if (x.State == Provisional) && len(x.Notes) == 0 {
		t.Fatalf("provisional, and no note says why: %+v", x)
	}
}

func TestMoreViewsNeverLowerTheDenominator(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, snapshots, events, now := data(t)
		if len(snapshots) == 0 {
			return
		}
		before := RateOf(p, snapshots, events, now)
		i := rapid.IntRange(0, len(snapshots)-1).Draw(t, "of which")
		if snapshots[i].Views == nil || *snapshots[i].Views < 0 {
			return
		}
		more := *snapshots[i].Views + rapid.Int64Range(1, 1000).Draw(t, "more")
		raised := append([]pipeline.Snapshot{}, snapshots...)
		raised[i].Views = &more
		after := RateOf(p, raised, events, now)
		for _, a := range append([]Reading{before.Reading}, before.Beside...) {
			for _, b := range append([]Reading{after.Reading}, after.Beside...) {
				if a.Source == b.Source && a.Views != nil && *b.Views < *a.Views {
					t.Fatalf("%s: %d views before, %d after one more was seen", a.Source, *a.Views, *b.Views)
				}
			}
		}
	})
}

func TestADocumentOfARateSaysNothingIsNotNone(t *testing.T) {
	var got map[string]any
	if err := json.Unmarshal([]byte(written(t, RateOf(post(), nil, nil, after(13*time.Hour)))), &got); err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"shares", "views", "rate", "low", "high", "until"} {
		if v, ok := got[field]; !ok || v != nil {
			t.Errorf("%s is %v, want null", field, v)
		}
	}
	if got["state"] != "no_data" || !reflect.DeepEqual(codes(RateOf(post(), nil, nil, after(13*time.Hour)).Notes), []string{NoSnapshots}) {
		t.Errorf("state %v", got["state"])
	}
}
