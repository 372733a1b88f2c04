package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

type tokenInput struct {
	Keyed
	Body struct {
		Name    string           `json:"name" minLength:"1" maxLength:"100" doc:"who uses it, and for what"`
		Creator string           `json:"creator,omitempty" maxLength:"200" doc:"whose things it reaches; none: everybody's"`
		Scopes  []pipeline.Scope `json:"scopes" minItems:"1" maxItems:"4" enum:"creator,editor,scheduler,admin"`
		Expires *time.Time       `json:"expires_at,omitempty" doc:"none: never"`
	}
}

// NewTokenBody is a token that was made, and its text, which is shown once.
type NewTokenBody struct {
	pipeline.Token
	Text string `json:"token" doc:"shown once, kept nowhere"`
}

func (a *API) tokens() {
	s := scope()
	huma.Register(a.huma, answering(http.StatusCreated, op(http.MethodPost, "/v1/tokens", "create-token", "Make a token; its text is shown once", s)), a.createToken)
	huma.Register(a.huma, op(http.MethodGet, "/v1/tokens", "list-tokens", "Tokens, without their texts", s), a.listTokens)
	huma.Register(a.huma, op(http.MethodDelete, "/v1/tokens/{id}", "revoke-token", "End a token at once", s), a.revokeToken)
}

func (a *API) createToken(ctx context.Context, in *tokenInput) (*Reply[NewTokenBody], error) {
	c := callerOf(ctx)
	if c.Creator != "" && in.Body.Creator != c.Creator {
		return nil, pipeline.Fail(pipeline.Invalid, "not_allowed", "make it for "+c.Creator, "this token makes tokens for %s alone", c.Creator).At("/creator")
	}
	if in.Body.Expires != nil && !in.Body.Expires.After(time.Now()) {
		return nil, pipeline.Fail(pipeline.Invalid, "over_already", "give a time to come", "a token that is over at once lets nobody in").At("/expires_at")
	}
	text, hash := NewToken()
	k := pipeline.Token{ID: pipeline.Mint(pipeline.TokenID), Name: in.Body.Name, Creator: in.Body.Creator, Expires: in.Body.Expires, Created: time.Now().UTC()}
	for _, s := range in.Body.Scopes {
		if !slices.Contains(k.Scopes, s) {
			k.Scopes = append(k.Scopes, s)
		}
	}
	out, err := once(a, ctx, in, func(tx *catalog.Tx) (*Reply[NewTokenBody], error) {
		return &Reply[NewTokenBody]{Status: http.StatusCreated, Body: &NewTokenBody{Token: k}}, tx.PutToken(k, hash)
	})
	if err != nil {
		return nil, err
	}
	if out.Replayed != "" {
		return nil, pipeline.Fail(pipeline.Conflict, "shown_once", "revoke "+out.Body.ID+" and make another", "the token %s was made by this call before, and its text is kept nowhere", out.Body.ID)
	}
	out.Body.Text = text // after the answer was kept: its text is not
	return out, nil
}

func (a *API) listTokens(ctx context.Context, in *Page) (*Listed[pipeline.Token], error) {
	return listOf(a, ctx, *in, func(tx *catalog.Tx, before string) ([]pipeline.Token, error) {
		return tx.Tokens(callerOf(ctx).Creator, before, in.Limit+1)
	}, func(k pipeline.Token) string { return k.ID }, asItIs[pipeline.Token])
}

func (a *API) revokeToken(ctx context.Context, in *ByID) (*Nothing, error) {
	return nil, a.Catalog.AtDesk(ctx, func(tx *catalog.Tx) error {
		k, err := tx.Token(callerOf(ctx).Creator, in.ID)
		if err != nil {
			return err
		}
		return tx.RevokeToken(k.ID)
	})
}
