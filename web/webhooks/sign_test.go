package webhooks

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"dropcut/pipeline"
)

var then = time.Unix(1614265330, 0)

func signed(t testing.TB, id string, body string, secrets ...string) http.Header {
	t.Helper()
	h := http.Header{}
	if err := sign(h, secrets, id, then, []byte(body)); err != nil {
		t.Fatal(err)
	}
	return h
}

func secretOf(b byte) string {
	return "whsec_" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat(string(b), 32)))
}

// TestAMessageIsSignedAsTheStandardSays: the example of its own libraries.
func TestAMessageIsSignedAsTheStandardSays(t *testing.T) {
	t.Parallel()
	h := signed(t, "msg_p5jXN8AQM9LWM0D4loKWxJek", `{"test": 2432232314}`, secretOfTests)
	if h.Get("webhook-signature") != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" || h.Get("webhook-timestamp") != "1614265330" {
		t.Errorf("%v", h)
	}
	if h = signed(t, "msg_1", "{}", secretOf('a'), secretOf('b')); len(strings.Fields(h.Get("webhook-signature"))) != 2 {
		t.Errorf("while the secret is changed: %v", h)
	}
}

func TestWhatComesInIsVerified(t *testing.T) {
	t.Parallel()
	old, fresh, strange := secretOf('o'), secretOf('f'), secretOf('s')
	good := func(change func(http.Header)) http.Header {
		h := signed(t, "msg_1", `{"n":1}`, old)
		if change != nil {
			change(h)
		}
		return h
	}
	set := func(name, value string) http.Header { return good(func(h http.Header) { h.Set(name, value) }) }
	for why, c := range map[string]struct {
		secrets []string
		header  http.Header
		body    string
		late    time.Duration
		code    string
	}{
		"signed":                             {[]string{old}, good(nil), `{"n":1}`, 0, ""},
		"signed with the second of ours":     {[]string{fresh, old}, good(nil), `{"n":1}`, 0, ""},
		"signed twice, once with ours":       {[]string{fresh}, signed(t, "msg_1", `{"n":1}`, strange, fresh), `{"n":1}`, 0, ""},
		"just within five minutes":           {[]string{old}, good(nil), `{"n":1}`, 5 * time.Minute, ""},
		"just within them, ahead":            {[]string{old}, good(nil), `{"n":1}`, -5 * time.Minute, ""},
		"too old":                            {[]string{old}, good(nil), `{"n":1}`, 5*time.Minute + time.Second, "too_old"},
		"too new":                            {[]string{old}, good(nil), `{"n":1}`, -5*time.Minute - time.Second, "too_new"},
		"another body":                       {[]string{old}, good(nil), `{"n":2}`, 0, "bad_signature"},
		"another ID":                         {[]string{old}, set("webhook-id", "msg_2"), `{"n":1}`, 0, "bad_signature"},
		"another time":                       {[]string{old}, set("webhook-timestamp", "1614265331"), `{"n":1}`, 0, "bad_signature"},
		"a stranger's secret":                {[]string{strange}, good(nil), `{"n":1}`, 0, "bad_signature"},
		"a signature of another kind":        {[]string{old}, good(func(h http.Header) { h.Set("webhook-signature", "v2"+h.Get("webhook-signature")[2:]) }), `{"n":1}`, 0, "bad_signature"},
		"half a signature":                   {[]string{old}, good(func(h http.Header) { h.Set("webhook-signature", h.Get("webhook-signature")[:20]) }), `{"n":1}`, 0, "bad_signature"},
		"an empty one":                       {[]string{old}, set("webhook-signature", "v1,"), `{"n":1}`, 0, "bad_signature"},
		"none":                               {[]string{old}, good(func(h http.Header) { h.Del("webhook-signature") }), `{"n":1}`, 0, "not_signed"},
		"no ID":                              {[]string{old}, good(func(h http.Header) { h.Del("webhook-id") }), `{"n":1}`, 0, "not_signed"},
		"no time":                            {[]string{old}, good(func(h http.Header) { h.Del("webhook-timestamp") }), `{"n":1}`, 0, "not_signed"},
		"a time that is none":                {[]string{old}, set("webhook-timestamp", "now"), `{"n":1}`, 0, "not_signed"},
		"an ID without end":                  {[]string{old}, set("webhook-id", strings.Repeat("x", 300)), `{"n":1}`, 0, "not_signed"},
		"no secret of ours":                  {nil, good(nil), `{"n":1}`, 0, "bad_signature"},
		"a secret of ours that is none":      {[]string{"whsec_"}, good(nil), `{"n":1}`, 0, "bad_secret"},
		"a secret of ours that is too short": {[]string{"whsec_c2hvcnQ="}, good(nil), `{"n":1}`, 0, "bad_secret"},
	} {
		id, err := Verify(c.secrets, c.header, []byte(c.body), then.Add(c.late))
		if c.code == "" && (err != nil || id != "msg_1") {
			t.Errorf("%s: %q, %v", why, id, err)
		}
		if c.code != "" && (err == nil || id != "" || pipeline.AsError(err, "").Code != c.code) {
			t.Errorf("%s: %q, %v", why, id, err)
		}
	}
}

// TestWhatWasSignedIsNotCutElsewhere: a message whose body holds a text of a
// stranger's, cut so that this is the body.
func TestWhatWasSignedIsNotCutElsewhere(t *testing.T) {
	t.Parallel()
	whole := `{"name":"x.1614265330.[1]`
	h := signed(t, "msg_1", whole, secretOfTests)
	h.Set("webhook-id", `msg_1.1614265330.{"name":"x`)
	if id, err := Verify([]string{secretOfTests}, h, []byte("[1]"), then); err == nil {
		t.Errorf("%q was never signed", id)
	}
	hook, err := standardwebhooks.NewWebhook(secretOfTests)
	if err != nil {
		t.Fatal(err)
	}
	if err := hook.VerifyIgnoringTimestamp([]byte("[1]"), h); err != nil {
		t.Errorf("the guard is not what refuses it: %v", err)
	}
}

func TestASecretThatIsNoneSignsNothing(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"", "whsec_", "whsec_%%%", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_" + strings.Repeat("YWJj", 22)} {
		h := http.Header{}
		err := sign(h, []string{secret}, "msg_1", then, nil)
		if err == nil || len(h) != 0 || secret != "" && secret != "whsec_" && strings.Contains(err.Error(), secret) {
			t.Errorf("%q: %v, %v", secret, h, err)
		}
	}
	if _, err := standardwebhooks.NewWebhook("whsec_"); err != nil {
		t.Errorf("the library refuses it now: %v", err)
	}
}

func FuzzOnlyWhatWasSignedIsVerified(f *testing.F) {
	f.Add("msg_1", []byte(`{}`), "v1,x", int64(0))
	f.Add("msg.1", []byte(`1.2`), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1a,x", int64(9))
	f.Fuzz(func(t *testing.T, id string, body []byte, signature string, skew int64) {
		h := http.Header{}
		h.Set("webhook-id", id)
		h.Set("webhook-timestamp", "1614265330")
		h.Set("webhook-signature", signature)
		if got, err := Verify([]string{secretOf('z')}, h, body, then.Add(time.Duration(skew))); err == nil {
			t.Errorf("%q was never signed", got)
		}
		if id = h.Get("webhook-id"); id == "" || len(id) > longestID || strings.ContainsAny(id, ".\r\n") {
			return
		}
		if got, err := Verify([]string{secretOf('z')}, signed(t, id, string(body), secretOf('y'), secretOf('z')), body, then); err != nil || got != id {
			t.Errorf("%q was signed: %q, %v", id, got, err)
		}
	})
}
