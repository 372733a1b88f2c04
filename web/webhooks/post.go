package webhooks

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/stranger"
	"dropcut/storage/catalog"
)

const (
	patience   = 15 * time.Second // for one attempt, from the name to the end of the reply
	mostReply  = 64 << 10         // bytes that are read of a reply, and thrown away
	mostHeader = 64 << 10
)

// posts sends requests to strangers: past no proxy, after no redirect.
type posts struct {
	guard  Guard
	secure *http.Client
	plain  *http.Client // into named networks alone
}

// newPosts makes a posts; roots are whom it believes, nil for the system's.
func newPosts(g Guard, config *tls.Config) *posts {
	client := func(secure bool) *http.Client {
		dialer := &net.Dialer{Timeout: patience, Control: g.control(secure)}
		return &http.Client{
			Transport: &http.Transport{DialContext: dialer.DialContext, TLSClientConfig: config, TLSHandshakeTimeout: patience, DisableCompression: true,
				MaxResponseHeaderBytes: mostHeader, MaxIdleConnsPerHost: 2, MaxIdleConns: 50, IdleConnTimeout: 30 * time.Second},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	return &posts{guard: g, secure: client(true), plain: client(false)}
}

func (p *posts) close() {
	p.secure.CloseIdleConnections()
	p.plain.CloseIdleConnections()
}

// post makes one attempt. The error says why it failed; nil where the message
// was taken.
func (p *posts) post(ctx context.Context, d catalog.Delivery, now time.Time) (answer, *pipeline.Error) {
	if err := p.guard.Check(d.URL); err != nil {
		return answer{}, pipeline.AsError(err, "")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.URL, bytes.NewReader(d.Body))
	if err == nil {
		err = sign(req.Header, d.Secrets, d.ID, now, d.Body)
	}
	if err != nil {
		return answer{}, pipeline.AsError(err, "")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "dropcut")
	client := p.secure
	if req.URL.Scheme == "http" {
		client = p.plain
	}
	reply, err := client.Do(req)
	if err != nil {
		return answer{}, noAnswer(err)
	}
	_, _ = io.CopyN(io.Discard, reply.Body, mostReply) // the status says it all; what follows only frees the connection
	_ = reply.Body.Close()
	return answer{status: reply.StatusCode, asked: stranger.RetryAfter(reply.Header, now)}, refusal(reply.StatusCode)
}

// refusal is what a status says of an attempt; nil where it was taken.
func refusal(status int) *pipeline.Error {
	code := "refused"
	switch {
	case status >= 200 && status < 300:
		return nil
	case status >= 300 && status < 400:
		return pipeline.Fail(pipeline.Unavailable, "redirected", "give the address that it leads to: redirects are not followed", "it answered %d", status)
	case status == http.StatusGone:
		code = "gone"
	}
	return pipeline.Fail(pipeline.Unavailable, code, "", "it answered %d", status)
}

// noAnswer says why nothing came back, and nothing of networks inside: neither
// the address, which may hold a secret, nor who was asked for the name.
func noAnswer(err error) *pipeline.Error {
	var ours *pipeline.Error
	var name *net.DNSError
	var cert *tls.CertificateVerificationError
	var call *url.Error
	switch {
	case errors.As(err, &ours):
		return &pipeline.Error{Kind: ours.Kind, Code: ours.Code, Detail: ours.Detail, Hint: ours.Hint}
	case errors.As(err, &name) && !name.IsTimeout:
		return pipeline.Fail(pipeline.Unavailable, "no_such_host", "", "its name leads nowhere")
	case errors.As(err, &cert):
		return pipeline.Fail(pipeline.Unavailable, "bad_certificate", "", "its certificate is not good: %s", cert.Err)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &call) && call.Timeout():
		return pipeline.Fail(pipeline.Unavailable, "no_answer", "answer within 15 s, and do the work after", "it did not answer within %s", patience)
	}
	for next := err; next != nil; next = errors.Unwrap(next) {
		err = next
	}
	return pipeline.Fail(pipeline.Unavailable, "unreachable", "", "%s", fmt.Sprintf("it cannot be reached: %s", err))
}
