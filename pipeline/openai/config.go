package openai

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"dropcut/pipeline"
)

// Secret is a key. It never prints, whatever verb or encoder is used on it.
type Secret string

// String is not the key.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "[secret]"
}

// GoString is not the key either.
func (s Secret) GoString() string { return s.String() }

// MarshalText is not the key either, in logs and in JSON.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Config says where the service is. URL and Model are needed.
type Config struct {
	URL     string        // its base, such as https://api.openai.com/v1
	Model   string        // as the service calls it, such as whisper-1
	Key     Secret        // empty: none is sent
	Timeout time.Duration // of one attempt, from its start to the last byte; default 5 min
}

// Validate refuses addresses that a key or a recording must not be sent to:
// Usage, code bad_service.
func (c Config) Validate() error {
	u, err := url.Parse(c.URL)
	bad := func(hint, why string) error {
		return pipeline.Fail(pipeline.Usage, "bad_service", hint, "the service's address %s", why)
	}
	const example = "give its base, such as https://api.openai.com/v1"
	switch {
	case err != nil: // the error's own text repeats the address, and with it what may be a key
		return bad(example, "cannot be read")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return bad("give the key by its variable, and the address without name, password, ? and #", "holds more than a place")
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return bad(example, "is no http or https address")
	case u.Scheme == "http" && c.Key != "" && !isLoopback(u.Hostname()):
		return bad("use https", "would send the key in the clear")
	case c.Model == "":
		return pipeline.Fail(pipeline.Usage, "bad_service", "name the model, as the service calls it", "no model is named for %s", u.Host)
	}
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Client asks one service. It may be used by many goroutines at once.
type Client struct {
	base    string
	model   string
	key     Secret
	timeout time.Duration
	http    *http.Client
	pause   pause
}

// New makes a client; it does not call the service. Errors as of Validate.
func New(c Config) (*Client, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if c.Timeout == 0 {
		c.Timeout = 5 * time.Minute
	}
	return &Client{base: strings.TrimRight(c.URL, "/"), model: c.Model, key: c.Key, timeout: c.Timeout, pause: wait,
		http: &http.Client{Transport: transport(), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

// transport is a connection pool of our own, bounded where the default is not.
func transport() *http.Transport {
	return &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 2, IdleConnTimeout: 30 * time.Second,
		DialContext:         (&net.Dialer{Timeout: 15 * time.Second}).DialContext,
		TLSHandshakeTimeout: 15 * time.Second, MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true}
}

// Name is the service and its model, as a person knows them and as results are
// kept under: "api.openai.com/v1 whisper-1".
func (c *Client) Name() string {
	_, place, _ := strings.Cut(c.base, "://")
	return place + " " + c.model
}
