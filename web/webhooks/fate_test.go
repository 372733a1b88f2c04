package webhooks

import (
	"testing"
	"time"
)

func TestWhatBecomesOfAMessage(t *testing.T) {
	t.Parallel()
	const last = int64(10)
	for why, c := range map[string]struct {
		attempt int64
		answer  answer
		want    fate
	}{
		"taken":                              {1, answer{status: 204}, fate{delivered: true}},
		"taken by the last":                  {last, answer{status: 200}, fate{delivered: true}},
		"nobody is there any more":           {1, answer{status: 410, asked: time.Hour}, fate{gone: true}},
		"the first failed":                   {1, answer{status: 500}, fate{after: 5 * time.Second}},
		"nothing came back":                  {2, answer{}, fate{after: 5 * time.Minute}},
		"a redirect":                         {3, answer{status: 301}, fate{after: 30 * time.Minute}},
		"the last but one":                   {last - 1, answer{status: 400}, fate{after: 24 * time.Hour}},
		"the last":                           {last, answer{status: 400}, fate{givenUp: true, after: 24 * time.Hour}},
		"one more, where the last was lost":  {last + 1, answer{}, fate{givenUp: true, after: 24 * time.Hour}},
		"it asks for more time than we give": {1, answer{status: 500, asked: time.Hour}, fate{after: time.Hour}},
		"it asks for less":                   {4, answer{status: 503, asked: time.Second}, fate{after: 2 * time.Hour, quiet: time.Second}},
		"too many":                           {1, answer{status: 429}, fate{after: 5 * time.Second, quiet: 30 * time.Second}},
		"too many, again and again":          {2, answer{status: 429}, fate{after: 5 * time.Minute, quiet: 5 * time.Minute}},
		"too many for days":                  {8, answer{status: 429}, fate{after: 20 * time.Hour, quiet: time.Hour}},
		"too many, come back in a minute":    {1, answer{status: 429, asked: time.Minute}, fate{after: time.Minute, quiet: time.Minute}},
		"a gateway":                          {1, answer{status: 502}, fate{after: 5 * time.Second, quiet: 30 * time.Second}},
		"a slow gateway":                     {1, answer{status: 504}, fate{after: 5 * time.Second, quiet: 30 * time.Second}},
	} {
		if got := decide(c.attempt, c.answer, 0); got != c.want {
			t.Errorf("%s: %+v, want %+v", why, got, c.want)
		}
	}
}

func TestChanceAddsToADelayAndNeverTakes(t *testing.T) {
	t.Parallel()
	for attempt := range int64(12) {
		least, most := decide(attempt+1, answer{}, 0).after, decide(attempt+1, answer{}, 0.999999).after
		if most <= least || most > least*6/5 {
			t.Errorf("after attempt %d: %s to %s", attempt+1, least, most)
		}
	}
}
