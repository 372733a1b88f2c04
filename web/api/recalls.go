package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dropcut/pipeline"
	"dropcut/pipeline/desk"
	"dropcut/storage/catalog"
)

type recallInput struct {
	Keyed
	Body struct {
		Variant   string `json:"variant,omitempty" maxLength:"64" doc:"this one"`
		Moment    string `json:"moment,omitempty" maxLength:"64" doc:"all of it that speaks of an offer, also what is planned or made later"`
		Recording string `json:"recording,omitempty" maxLength:"64" doc:"all of it that speaks of an offer, also what is planned or made later"`
		Reason    string `json:"reason" pattern:"^[a-z][a-z0-9_]{0,63}$" patternDescription:"one word in snake_case, such as sold_out or by_hand" doc:"snake_case, such as sold_out or by_hand"`
	}
}

// Recalled is what was recalled.
type Recalled struct {
	Variants []string               `json:"variants" doc:"those that are there now: no scheduler is handed them again"`
	Claims   []pipeline.RevokedWork `json:"claims" doc:"that are not over, at most 500: to be removed by hand where they are posted, and not to be posted where they are not"`
	Count    int                    `json:"claims_count" doc:"of those that are not over, listed here or not"`
	At       string                 `json:"claims_at" doc:"where all of them are listed; of a moment or a recording, with what else of it was recalled"`
}

// Recall says what is not to be posted any more: one of variant, moment and
// recording is named.
type Recall struct {
	Variant   string    `json:"variant,omitempty"`
	Moment    string    `json:"moment,omitempty" doc:"all of it that speaks of an offer, also what is planned or made later"`
	Recording string    `json:"recording,omitempty" doc:"all of it that speaks of an offer, also what is planned or made later"`
	Reason    string    `json:"reason"`
	By        string    `json:"by,omitempty" doc:"a token; none where its offer ended"`
	At        time.Time `json:"at"`
}

type recalledInput struct {
	Of string `path:"of" maxLength:"64" doc:"the ID of what is recalled: a variant, a moment or a recording"`
}

func (a *API) recalls() {
	huma.Register(a.huma, answering(http.StatusCreated, op(http.MethodPost, "/v1/recalls", "create-recall", "Take variants back: sold out, or wrong", scope(pipeline.ScopeEditor, pipeline.ScopeCreator))), a.recall)
	huma.Register(a.huma, op(http.MethodGet, "/v1/recalls", "list-recalls", "What is recalled", scope(pipeline.ScopeEditor, pipeline.ScopeCreator, pipeline.ScopeScheduler)), a.listRecalls)
	lift := op(http.MethodDelete, "/v1/recalls/{of}", "lift-recall", "Allow what was recalled to be approved again", scope(pipeline.ScopeEditor, pipeline.ScopeCreator))
	lift.Description = "A moment's or a recording's ID lifts the recall of all there; a variant that was recalled by itself, or whose offer ended, stays recalled. " +
		"A variant's ID lifts that one alone, also where it is recalled with all there."
	huma.Register(a.huma, lift, a.lift)
}

func (a *API) recall(ctx context.Context, in *recallInput) (*Reply[Recalled], error) {
	o := desk.Over{Variant: in.Body.Variant, Moment: in.Body.Moment, Recording: in.Body.Recording}
	n := 0
	for _, s := range []string{o.Variant, o.Moment, o.Recording} {
		if s != "" {
			n++
		}
	}
	if n != 1 {
		return nil, pipeline.Fail(pipeline.Invalid, "name_one", "name a variant, a moment or a recording", "%d things are named", n).At("/variant")
	}
	return once(a, ctx, in, func(tx *catalog.Tx) (*Reply[Recalled], error) {
		b, err := a.Desk.Recall(tx, who(ctx), o, in.Body.Reason)
		if err != nil {
			return nil, err
		}
		return &Reply[Recalled]{Status: http.StatusCreated, Body: &Recalled{Variants: append([]string{}, b.Variants...), Claims: desk.Revoked(b.Claims), Count: b.Count, At: b.At}}, nil
	})
}

func (a *API) listRecalls(ctx context.Context, in *Page) (*Listed[Recall], error) {
	return listOf(a, ctx, *in, func(tx *catalog.Tx, before string) ([]catalog.Recall, error) {
		return tx.Recalls(callerOf(ctx).Creator, before, in.Limit+1)
	}, func(r catalog.Recall) string { return r.ID }, func(_ *catalog.Tx, r catalog.Recall) (Recall, error) {
		return Recall{Variant: r.Variant, Moment: r.Moment, Recording: r.Recording, Reason: r.Reason, By: r.By, At: r.At}, nil
	})
}

func (a *API) lift(ctx context.Context, in *recalledInput) (*Nothing, error) {
	return nil, a.Catalog.AtDesk(ctx, func(tx *catalog.Tx) error { return a.Desk.Lift(tx, who(ctx), in.Of) })
}
