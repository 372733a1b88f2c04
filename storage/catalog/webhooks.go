package catalog

import (
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"dropcut/pipeline"
)

// Webhook is an address at which a creator is told what happens. Its secret is
// shown when it is made and when it is changed, and never again.
type Webhook struct {
	ID         string
	Creator    string
	URL        string
	Kinds      []string // what it is told, of pipeline.TellKinds; none: everything
	Disabled   string   // why nothing is sent: see below; "" where it is
	DisabledAt time.Time
	OldUntil   time.Time // messages are signed with the secret before this one too, until then; zero: they are not
	Revision   int64     // 1 …, raised by every edit, and where it is disabled by itself
	Created    time.Time
}

// Why nothing is sent to a webhook. What it would be told is held meanwhile, and
// sent once it is enabled again.
const (
	DisabledByHand = "by_hand"
	WebhookGone    = "gone"    // it answered 410
	WebhookFailing = "failing" // message after message was given up
)

// MaxWebhooks is how many webhooks a creator may have.
const MaxWebhooks = 20

const (
	webhookColumns = `id, creator, url, kinds, disabled, disabled_ms, CASE WHEN old_until_ms > now_ms THEN old_until_ms ELSE 0 END, revision, created_ms`
	secretPrefix   = "whsec_"
	secretBytes    = 32
)

// AddWebhook adds a webhook of w's creator, address and kinds, and gives it with
// its secret. Whoever calls it has checked the address. An unknown kind is
// Invalid; a creator who has MaxWebhooks is Conflict.
func (t *Tx) AddWebhook(w Webhook) (Webhook, string, error) {
	if err := knownKinds(w.Kinds); err != nil {
		return w, "", err
	}
	var n int64
	if err := t.one("webhook", `SELECT COUNT(*) FROM webhooks WHERE creator = $1`, []any{w.Creator}, &n); err != nil {
		return w, "", err
	}
	if n >= MaxWebhooks {
		return w, "", pipeline.Fail(pipeline.Conflict, "too_many_webhooks", "remove one that is not needed", "%s has %d webhooks, and %d is the most", w.Creator, n, MaxWebhooks)
	}
	w.ID = pipeline.Mint(pipeline.WebhookID)
	secret := newSecret()
	if _, err := t.exec(`INSERT INTO webhooks (id, creator, url, kinds, secret, created_ms) VALUES ($1, $2, $3, $4, $5, now_ms)`,
		w.ID, w.Creator, w.URL, text(listed(w.Kinds)), secret); err != nil {
		return w, "", err
	}
	made, err := t.Webhook(w.Creator, w.ID)
	return made, secret, err
}

// Webhooks is a creator's webhooks (creator "": everybody's), newest first,
// behind the ID before; "" begins.
func (t *Tx) Webhooks(creator, before string, limit int) ([]Webhook, error) {
	query, args := page("id", creator, before, limit)
	return t.webhooks(query, args...)
}

// Webhook is one of a creator's webhooks; creator "" is anybody, here and below.
func (t *Tx) Webhook(creator, id string) (Webhook, error) {
	all, err := t.webhooks(`WHERE ($1 = '' OR creator = $1) AND id = $2`, creator, id)
	if err == nil && len(all) == 0 {
		err = noSuch("webhook")
	}
	if err != nil {
		return Webhook{}, err
	}
	return all[0], nil
}

// EditWebhook changes address, kinds and whether it is disabled: "" enables it
// and has what was held sent, DisabledByHand disables it, what it says already
// leaves it. The revision is the one that w was read with; Conflict with code
// stale where it was changed since.
func (t *Tx) EditWebhook(w Webhook) (Webhook, error) {
	before, err := t.Webhook(w.Creator, w.ID)
	if err != nil {
		return w, err
	}
	if err := knownKinds(w.Kinds); err != nil {
		return before, err
	}
	n, err := t.exec(`UPDATE webhooks SET url = $3, kinds = $4, revision = revision + 1 WHERE id = $1 AND revision = $2`, w.ID, w.Revision, w.URL, text(listed(w.Kinds)))
	if err != nil {
		return before, err
	}
	if n == 0 {
		return before, Stale("webhook", w.ID)
	}
	switch w.Disabled {
	case before.Disabled:
	case "":
		err = t.enableWebhook(w.ID)
	case DisabledByHand:
		err = t.disableWebhook(w.ID, DisabledByHand)
	default:
		err = pipeline.Fail(pipeline.Invalid, "bad_disabled", "say "+DisabledByHand+", or nothing", "a webhook is not disabled as %q", w.Disabled).At("/disabled")
	}
	if err != nil {
		return before, err
	}
	return t.Webhook(w.Creator, w.ID)
}

// RotateWebhook gives a webhook a new secret, and returns it. For so long
// messages are signed with the one before too; 0 drops that at once.
func (t *Tx) RotateWebhook(creator, id string, overlap time.Duration) (Webhook, string, error) {
	secret := newSecret()
	n, err := t.exec(`UPDATE webhooks SET old_secret = CASE WHEN CAST($4 AS BIGINT) > 0 THEN secret ELSE '' END, old_until_ms = CASE WHEN CAST($4 AS BIGINT) > 0 THEN now_ms + CAST($4 AS BIGINT) ELSE 0 END,
		secret = $3, revision = revision + 1 WHERE ($1 = '' OR creator = $1) AND id = $2`, creator, id, secret, overlap.Milliseconds())
	if err == nil && n == 0 {
		err = noSuch("webhook")
	}
	if err != nil {
		return Webhook{}, "", err
	}
	w, err := t.Webhook(creator, id)
	return w, secret, err
}

// RemoveWebhook removes a webhook and all its messages, sent or not.
func (t *Tx) RemoveWebhook(creator, id string) error {
	if _, err := t.Webhook(creator, id); err != nil {
		return err
	}
	if _, err := t.exec(`DELETE FROM messages WHERE webhook_id = $1`, id); err != nil {
		return err
	}
	_, err := t.exec(`DELETE FROM webhooks WHERE id = $1`, id)
	return err
}

func (t *Tx) webhooks(which string, args ...any) ([]Webhook, error) {
	var out []Webhook
	err := t.each(`SELECT `+webhookColumns+` FROM webhooks `+which, args, func(rows *sql.Rows) error {
		var w Webhook
		var kinds string
		var disabled, old, created int64
		if err := rows.Scan(&w.ID, &w.Creator, &w.URL, &kinds, &w.Disabled, &disabled, &old, &w.Revision, &created); err != nil {
			return err
		}
		w.DisabledAt, w.OldUntil, w.Created = instant(disabled), instant(old), instant(created)
		out = append(out, w)
		return json.Unmarshal([]byte(kinds), &out[len(out)-1].Kinds)
	})
	return out, err
}

// disableWebhook has nothing sent to a webhook any more, and says why.
func (t *Tx) disableWebhook(id, why string) error {
	if _, err := t.exec(`UPDATE webhooks SET disabled = $2, disabled_ms = now_ms, revision = revision + 1 WHERE id = $1`, id, why); err != nil {
		return err
	}
	_, err := t.exec(`UPDATE messages SET state = 'held' WHERE webhook_id = $1 AND state = 'waiting'`, id)
	return err
}

// enableWebhook has what was held sent, with every attempt before it.
func (t *Tx) enableWebhook(id string) error {
	if _, err := t.exec(`UPDATE webhooks SET disabled = '', disabled_ms = 0, failed = 0, quiet_ms = 0 WHERE id = $1`, id); err != nil {
		return err
	}
	_, err := t.exec(`UPDATE messages SET state = 'waiting', attempts = 0, not_before = now_ms WHERE webhook_id = $1 AND state = 'held'`, id)
	return err
}

func knownKinds(kinds []string) error {
	for i, k := range kinds {
		if !pipeline.IsTold(k) {
			return pipeline.Fail(pipeline.Invalid, "no_such_kind", "see docs/webhooks.md", "nobody is ever told %q", k).At("/kinds/" + strconv.Itoa(i))
		}
	}
	return nil
}

// listed is kinds in order, each once, and never null as JSON.
func listed(kinds []string) []string {
	out := append([]string{}, kinds...)
	slices.Sort(out)
	return slices.Compact(out)
}

func newSecret() string {
	b := make([]byte, secretBytes)
	_, _ = rand.Read(b) // never fails since Go 1.24
	return secretPrefix + base64.StdEncoding.EncodeToString(b)
}

// instant is a time of the database's clock; 0 is the zero time.
func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
