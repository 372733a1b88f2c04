package counters

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/stranger"
)

const (
	answerWithin = 20 * time.Second
	mostAnswer   = 4 << 20
	mostReason   = 200
)

// Counters is what a platform counts of one post. nil: not told.
type Counters struct{ Views, Shares, Likes, Comments *int64 }

// Platform is one that is asked for counters.
type Platform interface {
	// Name is which one it is, and Source what its snapshots are kept under.
	Name() pipeline.Platform
	Source() string
	// Most is how many posts one request may name, and Pause the time between two.
	Most() int
	Pause() time.Duration
	// Counters asks for posts by the platform's IDs. One that the platform does not
	// show (removed, private, of another account) is left out. Usage, code bad_key:
	// the key is not taken; a *Busy asks to wait; Unavailable is everything else.
	Counters(ctx context.Context, ids []string) (map[string]Counters, error)
}

// Busy is a platform that has had enough requests.
type Busy struct {
	Until time.Time // zero: it does not say
	err   error
}

// Error says who, and what it said.
func (b *Busy) Error() string { return b.err.Error() }

// Unwrap gives the cause.
func (b *Busy) Unwrap() error { return b.err }

// Access is where a platform's API is and the key to it.
type Access struct {
	URL string // its base; "": the platform's own
	Key stranger.Key
}

// client asks one platform.
type client struct {
	base, place string
	key         stranger.Key
	http        *http.Client
}

// newClient refuses addresses that a key must not be sent to: Usage.
func newClient(a Access, own string) (client, error) {
	if a.URL == "" {
		a.URL = own
	}
	u, err := stranger.Address(a.URL, a.Key)
	if err != nil {
		return client{}, err
	}
	if a.Key == "" || strings.ContainsFunc(string(a.Key), func(r rune) bool { return r <= ' ' || r > '~' }) {
		return client{}, pipeline.Fail(pipeline.Usage, "bad_key", "check the key's variable", "the key for %s is empty or has signs that no key has", u.Host)
	}
	return client{strings.TrimRight(a.URL, "/"), u.Host, a.Key, stranger.NewClient(answerWithin)}, nil
}

// ask sends one request and reads its JSON into doc.
func (c client) ask(ctx context.Context, method, path string, body []byte, doc any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return pipeline.Fail(pipeline.Internal, "request", "", "ask %s: %s", c.place, c.scrub(err.Error()))
	}
	req.Header.Set("Authorization", "Bearer "+string(c.key))
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "dropcut")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := c.http.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return pipeline.Fail(pipeline.Stopped, "stopped", "", "ask %s: %w", c.place, context.Cause(ctx))
		}
		return pipeline.Fail(pipeline.Unavailable, "unreachable", "check the network", "reach %s: %s", c.place, c.scrub(err.Error()))
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, mostAnswer+1))
	switch {
	case err != nil:
		return pipeline.Fail(pipeline.Unavailable, "unreachable", "check the network", "read the answer of %s: %s", c.place, c.scrub(err.Error()))
	case len(text) > mostAnswer:
		return pipeline.Fail(pipeline.Unavailable, "answer_too_large", "", "%s answers with more than %d MiB", c.place, mostAnswer>>20)
	case res.StatusCode != http.StatusOK:
		return c.refused(res, text)
	}
	if err := json.Unmarshal(text, doc); err != nil {
		return pipeline.Fail(pipeline.Unavailable, "no_answer", "", "%s answers with something else: %s", c.place, c.scrub(err.Error()))
	}
	return nil
}

// refused is what an answer that is not 200 means.
func (c client) refused(res *http.Response, text []byte) error {
	said := fmt.Sprintf("%s answers %d: %s", c.place, res.StatusCode, c.scrub(string(text)))
	switch res.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		return pipeline.Fail(pipeline.Usage, "bad_key", "renew the key in its variable, and start again", "%s", said)
	case http.StatusTooManyRequests:
		return &Busy{reset(res.Header, time.Now()), pipeline.Fail(pipeline.Unavailable, "busy", "", "%s", said)}
	}
	return pipeline.Fail(pipeline.Unavailable, "no_answer", "", "%s", said)
}

// reset is when a platform takes requests again, as it says: X by the second of
// the epoch (x-rate-limit-reset), others by Retry-After.
func reset(h http.Header, now time.Time) time.Time {
	if at, err := strconv.ParseInt(h.Get("x-rate-limit-reset"), 10, 64); err == nil && at > 0 {
		return time.Unix(at, 0)
	}
	if after := stranger.RetryAfter(h, now); after > 0 {
		return now.Add(after)
	}
	return time.Time{}
}

// scrub is a platform's text as it may be logged.
func (c client) scrub(text string) string { return stranger.Words(text, c.key, mostReason) }

// isBusy finds a Busy in err's chain.
func isBusy(err error) (*Busy, bool) {
	var b *Busy
	return b, errors.As(err, &b)
}
