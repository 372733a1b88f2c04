package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"dropcut/pipeline"
)

// MessageState is where a message stands.
type MessageState string

// waiting → sending → delivered | failed, or waiting again; waiting ↔ held with
// its webhook disabled or enabled. A lease that ran out makes sending waiting again.
const (
	MessageWaiting   MessageState = "waiting"
	MessageSending   MessageState = "sending"
	MessageDelivered MessageState = "delivered"
	MessageFailed    MessageState = "failed" // every attempt failed
	MessageHeld      MessageState = "held"   // its webhook is disabled
)

// Message is one thing told to one webhook. The row is the outbox: it commits
// with the change that it tells of.
type Message struct {
	ID       string // the same in every attempt: receivers know by it what they have
	Webhook  string
	Kind     string
	Body     json.RawMessage
	State    MessageState
	Attempts int64           // that were begun
	Due      time.Time       // when the next attempt is due, of one that waits
	Status   int             // HTTP status of the last reply; 0: there was none
	Failure  *pipeline.Error // of the last attempt; nil where none failed
	Told     time.Time
	Ended    time.Time // delivered or given up; zero before
	fence    int64
}

// maxBody is the most bytes of a message: Standard Webhooks wants less than 20 kB.
const maxBody = 20_000 - 1

// Tell puts one message into the outbox for each of the creator's webhooks that
// asked for the kind, in the transaction that does what it tells of. data is
// plain, one of the types named beside pipeline.TellKinds; whoever calls bounds
// its texts. One that is too long, or a kind that is none, is Internal.
func (t *Tx) Tell(creator, kind string, data any) error {
	if !pipeline.IsTold(kind) {
		return pipeline.Fail(pipeline.Internal, "no_such_kind", "", "nobody can be told %q", kind)
	}
	var to []string
	states := map[string]MessageState{}
	var now int64
	if err := t.each(`SELECT id, kinds, disabled, now_ms FROM webhooks WHERE creator = $1 ORDER BY id`, []any{creator}, func(rows *sql.Rows) error {
		var id, kinds, disabled string
		if err := rows.Scan(&id, &kinds, &disabled, &now); err != nil || !asksFor(kinds, kind) {
			return err
		}
		to, states[id] = append(to, id), MessageWaiting
		if disabled != "" {
			states[id] = MessageHeld
		}
		return nil
	}); err != nil || len(to) == 0 {
		return err
	}
	body := text(told{kind, time.UnixMilli(now).UTC(), data})
	if len(body) > maxBody {
		return pipeline.Fail(pipeline.Internal, "message_too_long", "", "%s has %d bytes, and %d is the most", kind, len(body), maxBody)
	}
	for _, id := range to {
		if _, err := t.exec(`INSERT INTO messages (id, webhook_id, kind, body, state, not_before, told_ms)
			SELECT CAST($1 AS TEXT), id, CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS TEXT), CASE WHEN quiet_ms > now_ms THEN quiet_ms ELSE now_ms END, CAST($6 AS BIGINT)
			FROM webhooks WHERE id = $2`, pipeline.Mint(pipeline.MessageID), id, kind, body, states[id], now); err != nil {
			return err
		}
	}
	return nil
}

// told is the body of a message, as Standard Webhooks has it.
type told struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"` // when it happened, not when it is sent
	Data      any       `json:"data"`
}

func asksFor(kinds, kind string) bool { return kinds == "[]" || strings.Contains(kinds, text(kind)) }

// tellFailed tells of a recording that failed.
func (t *Tx) tellFailed(r pipeline.Recording) error {
	return t.Tell(r.Creator, pipeline.TellRecordingFailed, pipeline.FailedRecording{Recording: r.ID, Name: short(r.Name), Key: short(r.Key), Failure: toldOf(r.Failure)})
}

func toldOf(why *pipeline.Error) pipeline.Told {
	if why == nil {
		why = &pipeline.Error{Kind: pipeline.Internal, Code: string(pipeline.Internal)}
	}
	return pipeline.Told{Code: why.Code, Step: why.Step, Detail: short(why.Detail), Hint: short(why.Hint), Retryable: why.Retryable()}
}

// longest is how many bytes of one text are told.
const longest = 1000

// short is the beginning of a text that is too long to be told, in whole letters.
func short(s string) string {
	if len(s) <= longest {
		return s
	}
	end := longest
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}

const messageColumns = `id, webhook_id, kind, body, state, attempts, fence, not_before, status, failure, told_ms, ended_ms`

func scanMessage(scan func(...any) error) (Message, error) {
	var m Message
	var body, failure string
	var due, toldAt, ended int64
	if err := scan(&m.ID, &m.Webhook, &m.Kind, &body, &m.State, &m.Attempts, &m.fence, &due, &m.Status, &failure, &toldAt, &ended); err != nil {
		return m, err
	}
	m.Body, m.Told, m.Ended = json.RawMessage(body), instant(toldAt), instant(ended)
	if m.State == MessageWaiting {
		m.Due = instant(due)
	}
	if failure == "" {
		return m, nil
	}
	m.Failure = new(pipeline.Error)
	return m, json.Unmarshal([]byte(failure), m.Failure)
}

// toCreator is true of the messages to a creator's webhooks ("": anybody's); $1
// is the creator.
const toCreator = `webhook_id IN (SELECT id FROM webhooks WHERE $1 = '' OR creator = $1)`

// Message is one message of a creator's; creator "" is anybody, here and below.
func (t *Tx) Message(creator, id string) (Message, error) {
	all, err := t.messages(`WHERE id = $2 AND `+toCreator, creator, id)
	if err == nil && len(all) == 0 {
		err = noSuch("message")
	}
	if err != nil {
		return Message{}, err
	}
	return all[0], nil
}

// Messages is at most so many messages of a creator's webhook, newest first,
// that were told before another: the last of those read before, or the zero
// Message. Of that only ID and Told are looked at, and it may be gone. state
// limits it to one state; "" for all.
func (t *Tx) Messages(creator, webhook string, state MessageState, before Message, limit int) ([]Message, error) {
	if _, err := t.Webhook(creator, webhook); err != nil {
		return nil, err
	}
	at := int64(1) << 62
	if !before.Told.IsZero() {
		at = before.Told.UnixMilli()
	}
	return t.messages(`WHERE webhook_id = $1 AND (told_ms < $2 OR told_ms = $2 AND id < $3) AND (state = $4 OR $4 = '')
		ORDER BY told_ms DESC, id DESC LIMIT $5`, webhook, at, before.ID, state, limit)
}

func (t *Tx) messages(which string, args ...any) ([]Message, error) {
	var out []Message
	err := t.each(`SELECT `+messageColumns+` FROM messages `+which, args, func(rows *sql.Rows) error {
		m, err := scanMessage(rows.Scan)
		out = append(out, m)
		return err
	})
	return out, err
}

// Redeliver has a creator's message sent again now, under its ID and with every
// attempt before it, whatever became of it. One that is being sent is left. A
// webhook that is disabled is Conflict.
func (t *Tx) Redeliver(creator, id string) (Message, error) {
	m, err := t.Message(creator, id)
	if err != nil {
		return m, err
	}
	w, err := t.Webhook(creator, m.Webhook)
	if err != nil {
		return m, err
	}
	if w.Disabled != "" {
		return m, pipeline.Fail(pipeline.Conflict, "webhook_disabled", "enable it: what is held is sent then", "webhook %s is disabled: %s", w.ID, w.Disabled)
	}
	if _, err := t.exec(`UPDATE messages SET state = 'waiting', attempts = 0, not_before = now_ms, ended_ms = 0
		WHERE id = $1 AND (state <> 'sending' OR lease_ms < now_ms)`, id); err != nil {
		return m, err
	}
	return t.Message(creator, id)
}

// ForgetMessages removes what was delivered or given up, and what was held, so
// long ago, and counts it.
func (t *Tx) ForgetMessages(keep time.Duration) (int64, error) {
	return t.exec(`DELETE FROM messages WHERE `+oldMessage, keep.Milliseconds())
}

// OldMessages counts what ForgetMessages would remove.
func (t *Tx) OldMessages(keep time.Duration) (int64, error) {
	var n int64
	err := t.one("count", `SELECT COUNT(*) FROM messages WHERE `+oldMessage, []any{keep.Milliseconds()}, &n)
	return n, err
}

const oldMessage = `state IN ('delivered', 'failed') AND ended_ms < now_ms - $1 OR state = 'held' AND told_ms < now_ms - $1`

// Outbox is what is still to be told.
type Outbox struct {
	Waiting int64         // or being sent
	Held    int64         // their webhooks are disabled
	Age     time.Duration // since the oldest of those that wait was told
}

// Outbox counts what is still to be told.
func (db *DB) Outbox(ctx context.Context) (Outbox, error) {
	var o Outbox
	var age int64
	err := db.run(ctx, db.single, func(t *Tx) error {
		if err := t.one("count", `SELECT COUNT(*), COALESCE(MAX(now_ms - told_ms), 0) FROM messages WHERE state IN ('waiting', 'sending')`, nil, &o.Waiting, &age); err != nil {
			return err
		}
		return t.one("count", `SELECT COUNT(*) FROM messages WHERE state = 'held'`, nil, &o.Held)
	})
	o.Age = max(millis(age), 0)
	return o, err
}
