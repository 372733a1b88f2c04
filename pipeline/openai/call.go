package openai

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/stranger"
)

const (
	attempts    = 4
	firstPause  = time.Second
	longestWait = time.Minute // a service that wants more is not waited for
	mostAnswer  = 16 << 20    // bytes
	mostReason  = 300         // letters of a service's own words
)

// request is one call: its body can be sent again.
type request struct {
	path string // below the base
	kind string // Content-Type
	body []byte
}

// pause waits, or ends early with ctx.
type pause func(ctx context.Context, d time.Duration) error

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// call sends r until it is answered, at most four times: again when the
// service is busy (408, 429), broken (5xx) or out of reach, after as long as it
// asks for or twice as long as before. An answer is at most 16 MiB. Stopped
// when ctx ends; Usage, code bad_key, when the key is not taken; Invalid, code
// refused, when the request is; Unavailable for everything else.
func (c *Client) call(ctx context.Context, r request) ([]byte, error) {
	for n := 0; ; n++ {
		body, again, err := c.attempt(ctx, r)
		switch {
		case err == nil:
			return body, nil
		case ctx.Err() != nil:
			return nil, pipeline.Fail(pipeline.Stopped, "stopped", "", "ask %s: %w", c.place(), context.Cause(ctx))
		case again < 0 || n == attempts-1:
			return nil, err
		}
		if again == 0 {
			again = firstPause<<n + rand.N(firstPause/4)
		}
		if again > longestWait {
			return nil, err
		}
		if c.pause(ctx, again) != nil {
			return nil, pipeline.Fail(pipeline.Stopped, "stopped", "", "ask %s: %w", c.place(), context.Canceled)
		}
	}
}

// attempt sends r once. again is when to send it again: negative for never,
// zero when the service does not say.
func (c *Client) attempt(ctx context.Context, r request) (body []byte, again time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+r.path, bytes.NewReader(r.body))
	if err != nil {
		return nil, -1, pipeline.Fail(pipeline.Internal, "request", "", "%s", c.scrub(err.Error()))
	}
	req.Header.Set("Content-Type", r.kind)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "dropcut")
	if c.key != "" {
		req.Header.Set("Authorization", "Bearer "+string(c.key))
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, 0, c.unreachable(ctx, err)
	}
	defer res.Body.Close()
	body, err = io.ReadAll(io.LimitReader(res.Body, mostAnswer+1))
	switch {
	case len(body) > mostAnswer:
		return nil, -1, pipeline.Fail(pipeline.Unavailable, "answer_too_large", "", "%s answers with more than %d MiB", c.place(), mostAnswer>>20)
	case err != nil:
		return nil, 0, c.unreachable(ctx, err)
	case res.StatusCode == http.StatusOK:
		return body, 0, nil
	}
	again, err = c.refused(res, body)
	return nil, again, err
}

func (c *Client) unreachable(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return pipeline.Fail(pipeline.Unavailable, "too_slow", "", "%s did not answer within %v", c.place(), c.timeout)
	}
	return pipeline.Fail(pipeline.Unavailable, "unreachable", "check the address and the network", "reach %s: %s", c.place(), c.scrub(err.Error()))
}

// refused is what an answer that is not 200 means.
func (c *Client) refused(res *http.Response, body []byte) (again time.Duration, err error) {
	code, why := c.reason(body)
	said := fmt.Sprintf("%s answers %d: %s", c.place(), res.StatusCode, why)
	switch s := res.StatusCode; {
	case s == http.StatusUnauthorized || s == http.StatusForbidden:
		return -1, pipeline.Fail(pipeline.Usage, "bad_key", "check the key's variable", "%s", said)
	case code == "insufficient_quota":
		return -1, pipeline.Fail(pipeline.Unavailable, "no_quota", "the account's means are used up", "%s", said)
	case s == http.StatusRequestTimeout || s == http.StatusTooManyRequests || s >= 500:
		return stranger.RetryAfter(res.Header, time.Now()), pipeline.Fail(pipeline.Unavailable, "busy", "run again later", "%s", said)
	case s < 300 || s == http.StatusNotModified:
		return -1, pipeline.Fail(pipeline.Unavailable, "no_answer", "", "%s", said)
	case s < 400:
		return -1, pipeline.Fail(pipeline.Unavailable, "moved", "give the address it has moved to", "%s", said)
	}
	return -1, pipeline.Fail(pipeline.Invalid, "refused", "check the address and the model's name", "%s", said)
}

// reason is the service's own code and words, if it has any: short, printable,
// without the key.
func (c *Client) reason(body []byte) (code, why string) {
	var doc struct {
		Error struct {
			Message string `json:"message"`
			Code    any    `json:"code"`
		} `json:"error"`
	}
	why = string(body[:min(len(body), 4*mostReason)])
	if err := json.Unmarshal(body, &doc); err == nil && doc.Error.Message != "" {
		why = doc.Error.Message
	}
	code, _ = doc.Error.Code.(string)
	return code, c.scrub(why)
}

// scrub is a service's text as it may be logged.
func (c *Client) scrub(text string) string { return stranger.Words(text, c.key, mostReason) }

func (c *Client) place() string {
	place, _, _ := strings.Cut(c.Name(), " ")
	return place
}
