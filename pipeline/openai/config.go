package openai

import (
	"net/http"
	"strings"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/stranger"
)

// Config says where the service is. URL and Model are needed.
type Config struct {
	URL     string        // its base, such as https://api.openai.com/v1
	Model   string        // as the service calls it, such as whisper-1
	Key     stranger.Key  // empty: none is sent
	Timeout time.Duration // of one attempt, from its start to the last byte; default 5 min
}

// Validate refuses addresses that a key or a recording must not be sent to:
// Usage, code bad_service.
func (c Config) Validate() error {
	u, err := stranger.Address(c.URL, c.Key)
	if err == nil && c.Model == "" {
		err = pipeline.Fail(pipeline.Usage, "bad_service", "name the model, as the service calls it", "no model is named for %s", u.Host)
	}
	return err
}

// Client asks one service. It may be used by many goroutines at once.
type Client struct {
	base    string
	model   string
	key     stranger.Key
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
	return &Client{base: strings.TrimRight(c.URL, "/"), model: c.Model, key: c.Key, timeout: c.Timeout, pause: wait, http: stranger.NewClient(0)}, nil
}

// Name is the service and its model, as a person knows them and as results are
// kept under: "api.openai.com/v1 whisper-1".
func (c *Client) Name() string {
	_, place, _ := strings.Cut(c.base, "://")
	return place + " " + c.model
}
