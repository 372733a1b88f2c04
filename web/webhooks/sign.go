package webhooks

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"dropcut/pipeline"
)

// A secret is whsec_ and so many bytes in base 64.
const (
	secretPrefix = "whsec_"
	secretLeast  = 24
	secretMost   = 64
)

// tolerance is how far the clock of who signs may be from ours. Older messages
// are refused: a stranger may send again what was overheard.
const tolerance = 5 * time.Minute

// longestID is the most bytes of the ID of a message that comes in.
const longestID = 256

// CheckSecret says what is wrong with a secret; nil where it can sign. It never
// shows it. (The library takes any, also none.)
func CheckSecret(secret string) error {
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, secretPrefix))
	if err != nil || !strings.HasPrefix(secret, secretPrefix) || len(raw) < secretLeast || len(raw) > secretMost {
		return pipeline.Fail(pipeline.Invalid, "bad_secret", "echo whsec_$(openssl rand -base64 32)", "a secret is whsec_ and %d to %d bytes in base 64", secretLeast, secretMost)
	}
	return nil
}

// sign puts the headers of a message on a request: one signature for each secret.
func sign(h http.Header, secrets []string, id string, at time.Time, body []byte) error {
	var all []string
	for _, secret := range secrets {
		hook, err := hookOf(secret)
		if err != nil {
			return err
		}
		one, err := hook.Sign(id, at, body)
		if err != nil {
			return err
		}
		all = append(all, one)
	}
	h.Set(standardwebhooks.HeaderWebhookID, id)
	h.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	h.Set(standardwebhooks.HeaderWebhookSignature, strings.Join(all, " "))
	return nil
}

// Verify looks whether a message that came in was signed, with one of the
// secrets, over this body, not five minutes from now; and gives its ID, which is
// the same in every attempt of the sender. Whoever calls it keeps the ID, and
// counts nothing twice. Invalid with code not_signed, bad_signature, too_old or
// too_new says why not; bad_secret that a secret of ours is none.
func Verify(secrets []string, h http.Header, body []byte, now time.Time) (id string, err error) {
	id = h.Get(standardwebhooks.HeaderWebhookID)
	at, err := strconv.ParseInt(h.Get(standardwebhooks.HeaderWebhookTimestamp), 10, 64)
	// A full stop in the ID would let what was signed be cut elsewhere: in another ID, time and body.
	if id == "" || len(id) > longestID || strings.Contains(id, ".") || err != nil || h.Get(standardwebhooks.HeaderWebhookSignature) == "" {
		return "", pipeline.Fail(pipeline.Invalid, "not_signed", "send webhook-id, webhook-timestamp and webhook-signature, as Standard Webhooks has them", "the message is not signed")
	}
	switch skew := now.Sub(time.Unix(at, 0)); {
	case skew > tolerance:
		return "", pipeline.Fail(pipeline.Invalid, "too_old", "sign each attempt anew, and set the clock", "the message was signed more than 5 min ago")
	case skew < -tolerance:
		return "", pipeline.Fail(pipeline.Invalid, "too_new", "set the clock", "the message was signed more than 5 min from now")
	}
	for _, secret := range secrets {
		hook, err := hookOf(secret)
		if err != nil {
			return "", err
		}
		if err = hook.VerifyIgnoringTimestamp(body, h); err == nil {
			return id, nil
		} else if !errors.Is(err, standardwebhooks.ErrNoMatchingSignature) {
			break
		}
	}
	return "", pipeline.Fail(pipeline.Invalid, "bad_signature", "sign id.timestamp.body, of the bytes that are sent, with the secret of this address", "no signature of the message is right")
}

func hookOf(secret string) (*standardwebhooks.Webhook, error) {
	if err := CheckSecret(secret); err != nil {
		return nil, err
	}
	return standardwebhooks.NewWebhook(secret)
}
