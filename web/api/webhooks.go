package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// Webhook is an address at which a creator is told what happens.
type Webhook struct {
	ID         string     `json:"id"`
	Creator    string     `json:"creator"`
	URL        string     `json:"url"`
	Kinds      []string   `json:"kinds" doc:"what it is told; none: everything"`
	Disabled   string     `json:"disabled,omitempty" enum:"by_hand,gone,failing" doc:"why nothing is sent: what it would be told is held"`
	DisabledAt *time.Time `json:"disabled_at,omitempty"`
	OldUntil   *time.Time `json:"old_secret_until,omitempty" doc:"messages are signed with the secret before this one too, until then"`
	Created    time.Time  `json:"created_at"`
}

// SecretWebhook is a webhook with its secret, which is shown once.
type SecretWebhook struct {
	Webhook
	Secret string `json:"secret" doc:"whsec_…, with which messages are signed; shown once"`
}

// WebhookBody is what a creator says of a webhook.
type WebhookBody struct {
	URL   string   `json:"url" minLength:"1" maxLength:"2000" doc:"https, a public address"`
	Kinds []string `json:"kinds,omitempty" maxItems:"20" enum:"variant.ready,variant.revoked,clip.posted,recording.failed,shares.window_closed" doc:"what it is told; none: everything"`
}

type newWebhookInput struct {
	Keyed
	Creator string `query:"creator" maxLength:"200" doc:"for tokens that reach everybody's"`
	Body    WebhookBody
}

type editWebhookInput struct {
	ByID
	IfMatch string `header:"If-Match" doc:"the webhook's ETag" json:"-"`
	Body    struct {
		WebhookBody
		Disabled string `json:"disabled,omitempty" maxLength:"20" doc:"by_hand has nothing sent; none enables it, and what was held is sent; what it says already leaves it"`
	}
}

type rotateInput struct {
	Once
	Body struct {
		OverlapMS int64 `json:"overlap_ms,omitempty" default:"86400000" minimum:"0" maximum:"2592000000" doc:"so long messages are signed with the secret before it too; 0: it is good for nothing at once"`
	}
}

type oneWebhook struct {
	ETag string `header:"ETag"`
	Body Webhook
}

func (a *API) webhooks() {
	s := scope(pipeline.ScopeCreator)
	huma.Register(a.huma, op(http.MethodGet, "/v1/webhooks", "list-webhooks", "Webhooks, without their secrets", s), a.listWebhooks)
	huma.Register(a.huma, answering(http.StatusCreated, op(http.MethodPost, "/v1/webhooks", "create-webhook", "Add a webhook; its secret is shown once", s)), a.createWebhook)
	huma.Register(a.huma, op(http.MethodGet, "/v1/webhooks/{id}", "get-webhook", "A webhook", s), a.getWebhook)
	huma.Register(a.huma, op(http.MethodPut, "/v1/webhooks/{id}", "edit-webhook", "Say anew what a webhook is, disable or enable it", s), a.editWebhook)
	huma.Register(a.huma, op(http.MethodDelete, "/v1/webhooks/{id}", "remove-webhook", "End a webhook; what it was to be told goes with it", s), a.removeWebhook)
	huma.Register(a.huma, op(http.MethodPost, "/v1/webhooks/{id}/rotate", "rotate-webhook", "Give a webhook a new secret, which is shown once", s), a.rotateWebhook)
	a.messages()
}

func webhookOf(w catalog.Webhook) Webhook {
	return Webhook{ID: w.ID, Creator: w.Creator, URL: w.URL, Kinds: append([]string{}, w.Kinds...), Disabled: w.Disabled,
		DisabledAt: some(w.DisabledAt), OldUntil: some(w.OldUntil), Created: w.Created}
}

// some is a time, nil where it is the zero one.
func some(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (a *API) listWebhooks(ctx context.Context, in *Page) (*Listed[Webhook], error) {
	return listOf(a, ctx, *in, func(tx *catalog.Tx, before string) ([]catalog.Webhook, error) {
		return tx.Webhooks(callerOf(ctx).Creator, before, in.Limit+1)
	}, func(w catalog.Webhook) string { return w.ID }, func(_ *catalog.Tx, w catalog.Webhook) (Webhook, error) { return webhookOf(w), nil })
}

func (a *API) createWebhook(ctx context.Context, in *newWebhookInput) (*Reply[SecretWebhook], error) {
	if err := a.Guard.Check(in.Body.URL); err != nil {
		return nil, err
	}
	return a.withSecret(ctx, in, http.StatusCreated, func(tx *catalog.Tx) (w catalog.Webhook, secret string, err error) {
		if w.Creator, err = owner(ctx, in.Creator); err != nil {
			return w, "", err
		}
		if err := tx.Enter(w.Creator); err != nil { // there are at most so many
			return w, "", err
		}
		w.URL, w.Kinds = in.Body.URL, in.Body.Kinds
		return tx.AddWebhook(w)
	})
}

func (a *API) rotateWebhook(ctx context.Context, in *rotateInput) (*Reply[SecretWebhook], error) {
	return a.withSecret(ctx, in, http.StatusOK, func(tx *catalog.Tx) (catalog.Webhook, string, error) {
		return tx.RotateWebhook(callerOf(ctx).Creator, in.ID, time.Duration(in.Body.OverlapMS)*time.Millisecond)
	})
}

// withSecret answers with a webhook and the secret that f made. The answer that
// is kept has none, and so cannot be given again.
func (a *API) withSecret(ctx context.Context, in keyed, status int, f func(tx *catalog.Tx) (catalog.Webhook, string, error)) (*Reply[SecretWebhook], error) {
	var secret string
	out, err := once(a, ctx, in, func(tx *catalog.Tx) (*Reply[SecretWebhook], error) {
		w, made, err := f(tx)
		secret = made
		return &Reply[SecretWebhook]{Status: status, ETag: etag(int(w.Revision)), Body: &SecretWebhook{Webhook: webhookOf(w)}}, err
	})
	if err != nil {
		return nil, err
	}
	if out.Replayed != "" {
		return nil, pipeline.Fail(pipeline.Conflict, "shown_once", "rotate "+out.Body.ID+", which gives it another", "the secret of %s was made by this call before, and is shown once", out.Body.ID)
	}
	out.Body.Secret = secret
	return out, nil
}

func (a *API) getWebhook(ctx context.Context, in *ByID) (*oneWebhook, error) {
	out := &oneWebhook{}
	return out, a.read(ctx, func(tx *catalog.Tx) error {
		w, err := tx.Webhook(callerOf(ctx).Creator, in.ID)
		out.ETag, out.Body = etag(int(w.Revision)), webhookOf(w)
		return err
	})
}

func (a *API) editWebhook(ctx context.Context, in *editWebhookInput) (*oneWebhook, error) {
	revision, err := revisionOf(in.IfMatch, true)
	if err != nil {
		return nil, err
	}
	if err := a.Guard.Check(in.Body.URL); err != nil {
		return nil, err
	}
	out := &oneWebhook{}
	return out, a.Catalog.AtDesk(ctx, func(tx *catalog.Tx) error {
		w, err := tx.Webhook(callerOf(ctx).Creator, in.ID)
		if err != nil {
			return err
		}
		if revision != 0 {
			w.Revision = int64(revision)
		}
		w.URL, w.Kinds, w.Disabled = in.Body.URL, in.Body.Kinds, in.Body.Disabled
		w, err = tx.EditWebhook(w)
		out.ETag, out.Body = etag(int(w.Revision)), webhookOf(w)
		return err
	})
}

func (a *API) removeWebhook(ctx context.Context, in *ByID) (*Nothing, error) {
	return nil, a.Catalog.AtDesk(ctx, func(tx *catalog.Tx) error { return tx.RemoveWebhook(callerOf(ctx).Creator, in.ID) })
}
