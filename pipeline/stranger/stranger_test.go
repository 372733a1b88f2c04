package stranger

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
)

const key Key = "sk-a-key-of-the-test"

func TestAddressesThatWouldTellAKeyAreRefused(t *testing.T) {
	for _, c := range []struct {
		url string
		key Key
		ok  bool
	}{
		{"https://api.example/v1", key, true}, {"http://127.0.0.1:8080/v1", key, true}, {"http://[::1]:1/v1", key, true}, {"http://localhost/v1", key, true},
		{"http://192.168.1.5:8000/v1", "", true}, {"http://192.168.1.5:8000/v1", key, false}, {"http://localhost.evil.example/v1", key, false},
		{"ftp://api.example/v1", "", false}, {"https://name:pass@api.example", key, false}, {"https://api.example/v1?key=1", "", false}, {"", "", false}, {"://", "", false},
		{"/v1", "", false}, {"https://", "", false}, {"http://\x7f", "", false},
	} {
		_, err := Address(c.url, c.key)
		if (err == nil) != c.ok || err != nil && pipeline.KindOf(err) != pipeline.Usage {
			t.Errorf("%q: %v", c.url, err)
		}
		if err != nil && strings.Contains(err.Error(), "pass") {
			t.Errorf("told: %v", err)
		}
	}
}

func TestAKeyNeverPrints(t *testing.T) {
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "key", key)
	text, err := json.Marshal(struct{ Key Key }{key})
	if err != nil {
		t.Fatal(err)
	}
	for _, said := range []string{fmt.Sprint(key), fmt.Sprintf("%v %+v %#v %s %q", key, key, key, key, struct{ K Key }{key}), log.String(), string(text), Words("your key "+string(key)+" is bad", key, 100)} {
		if strings.Contains(said, string(key)) || !strings.Contains(said, "[secret]") {
			t.Error(said)
		}
	}
}

func TestAStrangersWordsAreOneShortLine(t *testing.T) {
	for text, want := range map[string]string{"two\nlines\tand\x1b[31m red": "two lines and[31m red", "": "it says nothing", " \x00 ": "it says nothing",
		strings.Repeat("é", 50): strings.Repeat("é", 30) + "…", "bad \xff byte": "bad byte"} {
		if got := Words(text, "", 30); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestARetryAfterIsSecondsOrADateAndBounded(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{"": 0, "7": 7 * time.Second, "-7": 0, "0": 0, "99999999999": longestAsked, "99999999999999999999999": 0, "soon": 0, "1e3": 0,
		"Sun, 01 Mar 2026 12:00:30 GMT": 30 * time.Second, "Sun, 01 Mar 2026 11:00:30 GMT": 0, "Sun, 01 Mar 2099 12:00:30 GMT": longestAsked} {
		if got := RetryAfter(http.Header{"Retry-After": {text}}, now); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestNoRedirectIsFollowed(t *testing.T) {
	if c := NewClient(time.Second); c.CheckRedirect(nil, nil) != http.ErrUseLastResponse || c.Timeout != time.Second {
		t.Error("a redirect takes the key elsewhere")
	}
}
