package api

import (
	"context"
	"encoding/base64"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"dropcut/pipeline"
	"dropcut/pipeline/desk"
	"dropcut/storage/catalog"
)

// Page is what every list takes.
type Page struct {
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"100" doc:"at most so many"`
	Cursor string `query:"cursor" maxLength:"4096" doc:"next_cursor of the page before"`
}

// List is a page of a list, newest first.
type List[T any] struct {
	Data []T     `json:"data"`
	Next *string `json:"next_cursor" doc:"null on the last page"`
}

// Listed is an answer that is a page of a list.
type Listed[T any] struct {
	Body List[T]
}

// before is the ID that a page begins behind.
func (p Page) before() (string, error) {
	if p.Cursor == "" {
		return "", nil
	}
	text, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	if err != nil || !strings.Contains(string(text), "_") {
		return "", badCursor()
	}
	return string(text), nil
}

func badCursor() error {
	return pipeline.Fail(pipeline.Invalid, "bad_cursor", "send next_cursor of the page before as it is", "the cursor is none of ours")
}

// page makes an answer of what was read with a limit of one more than p.Limit.
func page[T, R any](p Page, all []T, id func(T) string, show func(T) (R, error)) (*Listed[R], error) {
	out := &Listed[R]{Body: List[R]{Data: []R{}}}
	if len(all) > p.Limit {
		all = all[:p.Limit]
		next := base64.RawURLEncoding.EncodeToString([]byte(id(all[len(all)-1])))
		out.Body.Next = &next
	}
	for _, one := range all {
		r, err := show(one)
		if err != nil {
			return nil, err
		}
		out.Body.Data = append(out.Body.Data, r)
	}
	return out, nil
}

// listOf answers with a page of what read reads behind an ID, each shown in the
// same transaction.
func listOf[T, R any](a *API, ctx context.Context, p Page, read func(tx *catalog.Tx, before string) ([]T, error), id func(T) string,
	show func(tx *catalog.Tx, one T) (R, error)) (*Listed[R], error) {
	before, err := p.before()
	if err != nil {
		return nil, err
	}
	var out *Listed[R]
	err = a.read(ctx, func(tx *catalog.Tx) error {
		all, err := read(tx, before)
		if err != nil {
			return err
		}
		out, err = page(p, all, id, func(one T) (R, error) { return show(tx, one) })
		return err
	})
	return out, err
}

// asItIs shows what is shown as it is kept.
func asItIs[T any](_ *catalog.Tx, v T) (T, error) { return v, nil }

// operationKey is where the operation's name lies in a context.
type operationKey struct{}

func operationOf(ctx context.Context) string {
	s, _ := ctx.Value(operationKey{}).(string)
	return s
}

// named puts the operation's name and path into the context.
func named(ctx huma.Context) context.Context {
	r, _ := humago.Unwrap(ctx)
	return context.WithValue(ctx.Context(), operationKey{}, ctx.Operation().OperationID+" "+r.URL.Path)
}

// who is the caller as a desk knows it.
func who(ctx context.Context) desk.Who {
	c := callerOf(ctx)
	return desk.Who{Token: c.Token, Creator: c.Creator, Over: c.May(pipeline.ScopeEditor)}
}

// owner is the creator that something new belongs to: the token's, or the one
// that is named.
func owner(ctx context.Context, named string) (string, error) {
	c := callerOf(ctx)
	switch {
	case c.Creator == "" && named == "":
		return "", pipeline.Fail(pipeline.Invalid, "no_creator", "say whose it is: ?creator=NAME in the address of the call, --creator NAME for a command", "this token reaches everybody's").At("/creator")
	case c.Creator == "":
		return named, nil
	case named != "" && named != c.Creator:
		return "", pipeline.Fail(pipeline.NotFound, "no_such_creator", "leave it out", "there is no such creator").At("/creator")
	}
	return c.Creator, nil
}
