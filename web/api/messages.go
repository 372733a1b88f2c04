package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dropcut/pipeline"
	"dropcut/pipeline/publish"
	"dropcut/storage/catalog"
)

// Message is one thing told to one webhook.
type Message struct {
	ID       string                    `json:"id" doc:"webhook-id, the same in every attempt"`
	Webhook  string                    `json:"webhook"`
	Kind     string                    `json:"kind"`
	State    catalog.MessageState      `json:"state" enum:"waiting,sending,delivered,failed,held"`
	Attempts int64                     `json:"attempts" doc:"that were begun"`
	Due      *time.Time                `json:"due_at,omitempty" doc:"when the next attempt is due, of one that waits"`
	Status   int                       `json:"last_status,omitempty" doc:"of the last reply"`
	Failure  *pipeline.ManifestFailure `json:"failure,omitempty" doc:"of the last attempt"`
	Told     time.Time                 `json:"told_at"`
	Ended    *time.Time                `json:"ended_at,omitempty" doc:"when it was delivered, or given up"`
	Body     json.RawMessage           `json:"body" doc:"what is sent: type, timestamp, data"`
}

type messagesInput struct {
	ByID
	Page
	State catalog.MessageState `query:"state" enum:"waiting,sending,delivered,failed,held"`
}

func (a *API) messages() {
	s := scope(pipeline.ScopeCreator)
	huma.Register(a.huma, op(http.MethodGet, "/v1/webhooks/{id}/messages", "list-messages", "What a webhook was told, and what became of it", s), a.listMessages)
	huma.Register(a.huma, answering(http.StatusAccepted, op(http.MethodPost, "/v1/messages/{id}/redeliver", "redeliver-message", "Send a message again now, under its ID", s)), a.redeliver)
}

func messageOf(m catalog.Message) (Message, error) {
	return Message{ID: m.ID, Webhook: m.Webhook, Kind: m.Kind, State: m.State, Attempts: m.Attempts, Due: some(m.Due), Status: m.Status, Failure: publish.Failure(m.Failure),
		Told: m.Told, Ended: some(m.Ended), Body: m.Body}, nil
}

// behind is the message that a page of messages begins behind: its ID, and when
// it was told.
func behind(cursor string) (m catalog.Message, err error) {
	if cursor == "" {
		return m, nil
	}
	id, at, _ := strings.Cut(cursor, " ")
	ms, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return m, badCursor()
	}
	return catalog.Message{ID: id, Told: time.UnixMilli(ms)}, nil
}

func (a *API) listMessages(ctx context.Context, in *messagesInput) (*Listed[Message], error) {
	text, err := in.before()
	if err != nil {
		return nil, err
	}
	before, err := behind(text)
	if err != nil {
		return nil, err
	}
	var all []catalog.Message
	err = a.read(ctx, func(tx *catalog.Tx) (err error) {
		all, err = tx.Messages(callerOf(ctx).Creator, in.ID, in.State, before, in.Limit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	return page(in.Page, all, func(m catalog.Message) string { return fmt.Sprintf("%s %d", m.ID, m.Told.UnixMilli()) }, messageOf)
}

func (a *API) redeliver(ctx context.Context, in *Once) (*Reply[Message], error) {
	return once(a, ctx, in, func(tx *catalog.Tx) (*Reply[Message], error) {
		m, err := tx.Redeliver(callerOf(ctx).Creator, in.ID)
		if err != nil {
			return nil, err
		}
		out, err := messageOf(m)
		return &Reply[Message]{Status: http.StatusAccepted, Body: &out}, err
	})
}
