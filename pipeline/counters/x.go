package counters

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"dropcut/pipeline"
)

// OnX asks the API of X for public metrics. Re-shares are reposts and quotes:
// retweet_count does not hold quotes, and both put the clip before others. Views
// are impression_count, what X shows as views; non_public_metrics adds nothing
// to these, and only the author's own key may read it.
// https://docs.x.com/x-api/fundamentals/metrics
type OnX struct{ client }

// OpenX needs a bearer token; it asks nothing yet. Usage: an address or a key
// that cannot be used.
func OpenX(a Access) (*OnX, error) {
	c, err := newClient(a, "https://api.x.com")
	return &OnX{c}, err
}

// Name is X.
func (*OnX) Name() pipeline.Platform { return pipeline.X }

// Source is what its snapshots are kept under.
func (*OnX) Source() string { return "x_api" }

// Most is what one look-up takes.
func (*OnX) Most() int { return 100 }

// Pause keeps within 900 requests in 15 minutes.
func (*OnX) Pause() time.Duration { return time.Second }

// Counters implements Platform. Posts that are gone stand among errors beside
// those that are there, and are left out.
func (x *OnX) Counters(ctx context.Context, ids []string) (map[string]Counters, error) {
	var doc struct {
		Data []struct {
			ID     string `json:"id"`
			Public struct {
				Reposts  *int64 `json:"retweet_count"`
				Quotes   *int64 `json:"quote_count"`
				Views    *int64 `json:"impression_count"`
				Likes    *int64 `json:"like_count"`
				Comments *int64 `json:"reply_count"`
			} `json:"public_metrics"`
		} `json:"data"`
		Errors []struct {
			Title  string `json:"title"`
			Detail string `json:"detail"`
			ID     string `json:"resource_id"`
		} `json:"errors"`
	}
	query := url.Values{"ids": {strings.Join(ids, ",")}, "tweet.fields": {"public_metrics"}}
	if err := x.ask(ctx, http.MethodGet, "/2/tweets?"+query.Encode(), nil, &doc); err != nil {
		return nil, err
	}
	out := map[string]Counters{}
	for _, d := range doc.Data {
		p := d.Public
		shares := plus(p.Reposts, p.Quotes)
		if p.Quotes == nil {
			shares = p.Reposts
		}
		out[d.ID] = Counters{p.Views, shares, p.Likes, p.Comments}
	}
	for _, e := range doc.Errors {
		if len(doc.Data) == 0 && e.ID == "" {
			return nil, pipeline.Fail(pipeline.Unavailable, "no_answer", "", "%s says %s: %s", x.place, x.scrub(e.Title), x.scrub(e.Detail))
		}
	}
	return out, nil
}
