package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"dropcut/pipeline"
	"dropcut/pipeline/shares"
)

// mostNamed is how many sums are given names: each may cost two calls.
const mostNamed = 40

// namer finds what people call a thing that they know by its ID.
type namer struct {
	remote
	labels map[string]string // of moments
}

// names is what the first sums are of, as people call it, by their keys. What a
// serve does not tell any more, such as a channel that was removed, is left out.
func (r remote) names(ctx context.Context, by shares.By, sums []shares.Sum) map[string]string {
	n, out := namer{r, map[string]string{}}, map[string]string{}
	for _, s := range sums[:min(len(sums), mostNamed)] {
		if name := n.name(ctx, by, s.Key); s.Key != "" && name != "" {
			out[s.Key] = name
		}
	}
	return out
}

// name is one thing's; "" where its key says it all, or nothing is known.
func (n namer) name(ctx context.Context, by shares.By, key string) string {
	var doc struct {
		Name, Moment, Label string
		Kind                pipeline.ClipKind
		N                   int
		Aspect, Style       string
		Hook                pipeline.Hook
	}
	path := map[shares.By]string{shares.ByChannel: "channels", shares.ByMoment: "moments", shares.ByClip: "clips", shares.ByVariant: "variants"}[by]
	if path == "" || n.ask(ctx, http.MethodGet, "/v1/"+path+"/"+url.PathEscape(key), &doc) != nil {
		return ""
	}
	switch by {
	case shares.ByChannel:
		return doc.Name
	case shares.ByMoment:
		return fmt.Sprintf("%q", doc.Label)
	case shares.ByClip:
		return fmt.Sprintf("%s, %s %d", n.moment(ctx, doc.Moment), doc.Kind, doc.N)
	}
	return fmt.Sprintf("%s, %s %s, hook %q", n.moment(ctx, doc.Moment), doc.Aspect, doc.Style, doc.Hook.Text)
}

// moment is a moment's label, asked for once.
func (n namer) moment(ctx context.Context, id string) string {
	if _, known := n.labels[id]; !known {
		var doc struct{ Label string }
		_ = n.ask(ctx, http.MethodGet, "/v1/moments/"+url.PathEscape(id), &doc) // without one it has no label
		n.labels[id] = fmt.Sprintf("%q", doc.Label)
	}
	return n.labels[id]
}
