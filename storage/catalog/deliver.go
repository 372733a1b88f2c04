package catalog

import (
	"context"
	"errors"
	"time"

	"dropcut/pipeline"
)

// Delivery is a message in hand, and what is needed to send it.
type Delivery struct {
	Message
	URL     string
	Secrets []string // the newest first; two while it is changed
}

const (
	// dueMessage is true of a message that may be sent now.
	dueMessage = `state IN ('waiting', 'sending') AND not_before <= now_ms AND (state = 'waiting' OR lease_ms < now_ms)`

	// sideBySide is how many messages of one webhook are in hand at most, about:
	// one that is slow leaves the others their turn.
	sideBySide = 4

	// givenUp is how many messages in a row are given up before their webhook is
	// disabled. Each was tried for three days.
	givenUp = 5
)

// TakeMessage takes the message that is due longest, or whose lease ran out, and
// holds it for lease; nil where there is none now.
func (db *DB) TakeMessage(ctx context.Context, lease time.Duration) (*Delivery, error) {
	for {
		var d Delivery
		var again bool
		err := db.run(ctx, db.single, func(t *Tx) (err error) {
			d, again, err = t.takeMessage(lease)
			return err
		})
		switch {
		case errors.Is(err, pipeline.NotFound):
			return nil, nil
		case err != nil:
			return nil, err
		case !again:
			return &d, nil
		}
	}
}

// takeMessage takes one. again says that it is not to be sent: its webhook was
// disabled, or removed, while it was being told, or in the hand of one who died.
func (t *Tx) takeMessage(lease time.Duration) (d Delivery, again bool, err error) {
	if err := t.row("message", `UPDATE messages SET state = 'sending', fence = fence + 1, attempts = attempts + 1, lease_ms = now_ms + $1
		WHERE id = (SELECT id FROM messages m WHERE `+dueMessage+`
		  AND (SELECT COUNT(*) FROM messages x WHERE x.webhook_id = m.webhook_id AND x.state = 'sending' AND x.lease_ms >= now_ms) < $2
		  ORDER BY not_before, id LIMIT 1 skip_locked) AND `+dueMessage+` RETURNING `+messageColumns,
		[]any{lease.Milliseconds(), sideBySide}, func(scan func(...any) error) (err error) {
			d.Message, err = scanMessage(scan)
			return err
		}); err != nil {
		return d, false, err
	}
	var disabled, newest, old string
	err = t.one("webhook", `SELECT url, disabled, secret, CASE WHEN old_until_ms > now_ms THEN old_secret ELSE '' END FROM webhooks WHERE id = $1`,
		[]any{d.Webhook}, &d.URL, &disabled, &newest, &old)
	if errors.Is(err, pipeline.NotFound) {
		_, err = t.exec(`DELETE FROM messages WHERE id = $1`, d.ID)
		return d, true, err
	}
	if err != nil {
		return d, false, err
	}
	if d.Secrets = []string{newest}; old != "" {
		d.Secrets = append(d.Secrets, old)
	}
	if disabled == "" {
		return d, false, nil
	}
	_, err = t.exec(`UPDATE messages SET state = 'held', attempts = attempts - 1, lease_ms = 0 WHERE id = $1 AND fence = $2`, d.ID, d.fence)
	return d, true, err
}

// Delivered marks m delivered. Conflict, of this and of all below: the claim is
// lost, and another attempt decides.
func (t *Tx) Delivered(m Message, status int) error {
	if err := t.sent(m, `state = 'delivered', ended_ms = now_ms, failure = '', status = $3`, status); err != nil {
		return err
	}
	_, err := t.exec(`UPDATE webhooks SET failed = 0 WHERE id = $1 AND failed <> 0`, m.Webhook)
	return err
}

// DeliverLater notes why an attempt failed, and has the next one made after a
// while.
func (t *Tx) DeliverLater(m Message, after time.Duration, status int, why *pipeline.Error) error {
	return t.sent(m, laterOrHeld+`, not_before = now_ms + $3, status = $4, failure = $5`, after.Milliseconds(), status, text(why))
}

// laterOrHeld is where a message goes that is not delivered yet.
const laterOrHeld = `state = CASE WHEN (SELECT disabled FROM webhooks w WHERE w.id = webhook_id) = '' THEN 'waiting' ELSE 'held' END`

// GiveUp marks m failed: every attempt was made. Where message after message of
// a webhook is given up, it is disabled, and disabled says so.
func (t *Tx) GiveUp(m Message, status int, why *pipeline.Error) (disabled bool, err error) {
	if err := t.sent(m, `state = 'failed', ended_ms = now_ms, status = $3, failure = $4`, status, text(why)); err != nil {
		return false, err
	}
	n, err := t.exec(`UPDATE webhooks SET failed = failed + 1 WHERE id = $1 AND disabled = ''`, m.Webhook)
	if err != nil || n == 0 {
		return false, err
	}
	var failed int64
	if err := t.one("webhook", `SELECT failed FROM webhooks WHERE id = $1`, []any{m.Webhook}, &failed); err != nil || failed < givenUp {
		return false, err
	}
	return true, t.disableWebhook(m.Webhook, WebhookFailing)
}

// Gone disables m's webhook, which wants nothing any more, and holds m.
func (t *Tx) Gone(m Message, status int, why *pipeline.Error) error {
	if err := t.sent(m, `state = 'held', status = $3, failure = $4`, status, text(why)); err != nil {
		return err
	}
	return t.disableWebhook(m.Webhook, WebhookGone)
}

// Quiet has nothing sent to a webhook for a while.
func (t *Tx) Quiet(webhook string, while time.Duration) error {
	if _, err := t.exec(`UPDATE webhooks SET quiet_ms = now_ms + $2 WHERE id = $1 AND quiet_ms < now_ms + $2`, webhook, while.Milliseconds()); err != nil {
		return err
	}
	_, err := t.exec(`UPDATE messages SET not_before = now_ms + $2 WHERE webhook_id = $1 AND state = 'waiting' AND not_before < now_ms + $2`, webhook, while.Milliseconds())
	return err
}

// PutBack gives m back without spending an attempt: a stop. It may have arrived
// all the same.
func (t *Tx) PutBack(m Message) error { return t.sent(m, laterOrHeld+`, attempts = attempts - 1`) }

// sent ends a claim; set may use $3 and more.
func (t *Tx) sent(m Message, set string, more ...any) error {
	n, err := t.exec(`UPDATE messages SET lease_ms = 0, `+set+` WHERE id = $1 AND fence = $2 AND state = 'sending'`, append([]any{m.ID, m.fence}, more...)...)
	if err == nil && n == 0 {
		err = pipeline.Fail(pipeline.Conflict, "claim_lost", "", "message %s: another attempt owns it now", m.ID)
	}
	return err
}
