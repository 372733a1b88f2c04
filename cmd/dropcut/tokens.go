package main

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"dropcut/pipeline"
)

// tokensCommand makes, lists and ends tokens of a running serve.
type tokensCommand struct {
	Create createToken `cmd:"" help:"Make a token; its text is shown once, on stdout."`
	List   listTokens  `cmd:"" help:"List tokens, without their texts."`
	Revoke revokeToken `cmd:"" help:"End a token at once."`
}

// createToken makes a token.
type createToken struct {
	remote
	Name    string        `required:"" placeholder:"TEXT" help:"Who uses it, and for what."`
	Scope   []string      `required:"" enum:"creator,editor,scheduler,admin" placeholder:"NAME" help:"What for: creator, editor, scheduler or admin; repeatable."`
	Creator string        `placeholder:"NAME" help:"Whose things it reaches (default: everybody's)."`
	Expires time.Duration `placeholder:"TIME" help:"How long it is good, such as 720h (default: for ever)."`
}

// Help is shown below the flags.
func (createToken) Help() string {
	return "Example:\n\n  dropcut tokens create --name postiz --scope scheduler --creator ada\n\n" +
		"The first one needs none: whoever may read --data of a serve on this machine may make it.\n\n" + exitHelp
}

// Run asks for it.
func (c *createToken) Run(ctx context.Context, con console) error {
	body := map[string]any{"name": c.Name, "scopes": c.Scope}
	if c.Creator != "" {
		body["creator"] = c.Creator
	}
	if c.Expires > 0 {
		body["expires_at"] = time.Now().Add(c.Expires).UTC()
	}
	var made struct{ ID, Token string }
	if err := c.send(ctx, http.MethodPost, "/v1/tokens", body, &made); err != nil {
		return err
	}
	fmt.Fprintf(con.Err, "%-10s %s, shown once\n", "made", made.ID)
	fmt.Fprintln(con.Out, made.Token)
	return nil
}

// listTokens lists tokens.
type listTokens struct{ remote }

// Run prints them, newest first.
func (c *listTokens) Run(ctx context.Context, con console) error {
	out := tabwriter.NewWriter(con.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "ID\tNAME\tCREATOR\tSCOPES\tSTATE\tUSED")
	for cursor := ""; ; {
		var list struct {
			Data []pipeline.Token
			Next *string `json:"next_cursor"`
		}
		if err := c.ask(ctx, http.MethodGet, "/v1/tokens?limit=100&cursor="+url.QueryEscape(cursor), &list); err != nil {
			return err
		}
		for _, k := range list.Data {
			fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, printable(k.Name), printable(cmp.Or(k.Creator, "everybody")), scopes(k), goodness(k, time.Now()), since(k.Used))
		}
		if list.Next == nil {
			return out.Flush()
		}
		cursor = *list.Next
	}
}

func scopes(k pipeline.Token) string {
	all := make([]string, len(k.Scopes))
	for i, s := range k.Scopes {
		all[i] = string(s)
	}
	return strings.Join(all, ",")
}

// goodness says whether a token lets in.
func goodness(k pipeline.Token, now time.Time) string {
	switch {
	case k.Revoked != nil:
		return "revoked"
	case k.Expires != nil && !k.Expires.After(now):
		return "over"
	}
	return "good"
}

func since(t *time.Time) string {
	if t == nil {
		return "never"
	}
	return t.Format(time.RFC3339)
}

// revokeToken ends a token.
type revokeToken struct {
	remote
	ID string `arg:"" help:"The ID of a token: t_…"`
}

// Run asks for it.
func (c *revokeToken) Run(ctx context.Context, con console) error {
	if err := c.ask(ctx, http.MethodDelete, "/v1/tokens/"+url.PathEscape(c.ID), nil); err != nil {
		return err
	}
	fmt.Fprintf(con.Err, "%-10s %s\n", "revoked", c.ID)
	return nil
}
