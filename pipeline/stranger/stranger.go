// Package stranger is how programs elsewhere are asked: at addresses to which a
// key may be sent, with keys that never print, over connections that end, and
// with their words made fit for a log.
package stranger

import (
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"dropcut/pipeline"
)

// Key lets us in somewhere. It never prints, whatever verb or encoder is used on it.
type Key string

// String is not the key.
func (k Key) String() string {
	if k == "" {
		return ""
	}
	return "[secret]"
}

// GoString is not the key either.
func (k Key) GoString() string { return k.String() }

// MarshalText is not the key either, in logs and in JSON.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Address reads the base of a service, such as https://api.openai.com/v1. One
// that a key, or a recording, must not be sent to is Usage, code bad_service.
func Address(base string, key Key) (*url.URL, error) {
	u, err := url.Parse(base)
	bad := func(hint, why string) (*url.URL, error) {
		return nil, pipeline.Fail(pipeline.Usage, "bad_service", hint, "the service's address %s", why)
	}
	const example = "give its base, such as https://api.openai.com/v1"
	switch {
	case err != nil: // the error's own text repeats the address, and with it what may be a key
		return bad(example, "cannot be read")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return bad("give the key by its variable, and the address without name, password, ? and #", "holds more than a place")
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return bad(example, "is no http or https address")
	case u.Scheme == "http" && key != "" && !IsLoopback(u.Hostname()):
		return bad("use https", "would send the key in the clear")
	}
	return u, nil
}

// IsLoopback reports whether a host is this machine alone, by name or number.
func IsLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// NewClient is a client with connections of its own, bounded where the default
// has no bounds. It follows no redirect. within is for one call, from its start
// to the last byte; 0 leaves that to the call's context.
func NewClient(within time.Duration) *http.Client {
	return &http.Client{Timeout: within,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 2, IdleConnTimeout: 30 * time.Second,
			DialContext:         (&net.Dialer{Timeout: 15 * time.Second}).DialContext,
			TLSHandshakeTimeout: 15 * time.Second, MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true}}
}

// Words is a stranger's text as it may be logged: one line, at most so many
// letters, without the key.
func Words(text string, key Key, most int) string {
	if key != "" {
		text = strings.ReplaceAll(text, string(key), key.String())
	}
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsGraphic(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	text = strings.Join(strings.Fields(text), " ")
	if all := []rune(text); len(all) > most {
		text = string(all[:most]) + "…"
	}
	if text == "" {
		return "it says nothing"
	}
	return text
}

// longestAsked is the most that a Retry-After may ask for: a wrong number is
// not a year.
const longestAsked = 24 * time.Hour

// RetryAfter is how long an answer asks to be left alone, as seconds or as a
// date: at most a day, zero where it does not say.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	text, after := h.Get("Retry-After"), time.Duration(0)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		after = time.Duration(min(n, int64(longestAsked/time.Second))) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		after = at.Sub(now)
	}
	return min(max(after, 0), longestAsked)
}
