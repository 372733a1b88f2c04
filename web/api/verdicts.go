package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

type verdictInput struct {
	Keyed
	Body struct {
		Variant string        `json:"variant" minLength:"1" maxLength:"64"`
		Digest  string        `json:"digest" pattern:"^sha256:[0-9a-f]{64}$" patternDescription:"the digest of the file that was looked at, sha256: and 64 digits, as GET /v1/variants lists it" doc:"of the file that was looked at"`
		Says    pipeline.Says `json:"says" enum:"approve,reject"`
		Reason  string        `json:"reason,omitempty" maxLength:"500" doc:"of a rejection"`
	}
}

func (a *API) verdicts() {
	huma.Register(a.huma, answering(http.StatusCreated, op(http.MethodPost, "/v1/verdicts", "create-verdict", "Approve or reject a made file", scope(pipeline.ScopeEditor))), a.judge)
	huma.Register(a.huma, op(http.MethodGet, "/v1/verdicts", "list-verdicts", "Verdicts", scope(pipeline.ScopeCreator, pipeline.ScopeEditor)), a.listVerdicts)
}

func (a *API) judge(ctx context.Context, in *verdictInput) (*Reply[pipeline.Verdict], error) {
	out, err := once(a, ctx, in, func(tx *catalog.Tx) (*Reply[pipeline.Verdict], error) {
		v, err := a.Desk.Judge(tx, who(ctx), in.Body.Variant, in.Body.Digest, in.Body.Says, in.Body.Reason)
		return &Reply[pipeline.Verdict]{Status: http.StatusCreated, Body: &v}, err
	})
	if err == nil {
		a.Wake() // its manifest is to say so
	}
	return out, err
}

func (a *API) listVerdicts(ctx context.Context, in *Page) (*Listed[pipeline.Verdict], error) {
	return listOf(a, ctx, *in, func(tx *catalog.Tx, before string) ([]pipeline.Verdict, error) {
		return tx.Verdicts(callerOf(ctx).Creator, before, in.Limit+1)
	}, func(v pipeline.Verdict) string { return v.ID }, asItIs[pipeline.Verdict])
}
