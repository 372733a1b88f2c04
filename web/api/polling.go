package api

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// ReadyClip is an approved file as tools that poll see it.
type ReadyClip struct {
	ID         string            `json:"id" doc:"of the variant and its file: a newer file is another"`
	Variant    string            `json:"variant"`
	Clip       string            `json:"clip"`
	Kind       pipeline.ClipKind `json:"kind"`
	Moment     string            `json:"moment"`
	Aspect     string            `json:"aspect"`
	Language   string            `json:"language"`
	Hook       string            `json:"hook"`
	Label      string            `json:"label"`
	DurationMS int64             `json:"duration_ms"`
	Bytes      int64             `json:"bytes"`
	Digest     string            `json:"digest"`
	URL        string            `json:"url" doc:"signed for 15 minutes: claim it to post it"`
	ApprovedAt string            `json:"approved_at"`
}

type pollInput struct {
	Limit int `query:"limit" default:"50" minimum:"1" maximum:"100"`
}

type pollOutput struct{ Body []ReadyClip }

func (a *API) polling() {
	o := op(http.MethodGet, "/v1/ready-clips", "poll-ready-clips", "Approved files as a bare array, newest first, for tools that poll", scope(pipeline.ScopeScheduler, pipeline.ScopeEditor, pipeline.ScopeCreator))
	o.Description = "Each has an id of its own, so that Zapier, n8n and Make tell what is new. To see one is not to have it: claim it before it is posted."
	huma.Register(a.huma, o, a.poll)
}

func (a *API) poll(ctx context.Context, in *pollInput) (*pollOutput, error) {
	var all []pipeline.Ready
	err := a.read(ctx, func(tx *catalog.Tx) (err error) {
		if all, err = tx.ReadyClips(callerOf(ctx).Creator, in.Limit); err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(r pipeline.Ready) bool { // until the next sweep takes it back
			recall, failed := tx.RecallOf(r.Variant)
			err = errors.Join(err, failed)
			return recall != nil
		})
		return err
	})
	out := &pollOutput{Body: []ReadyClip{}}
	for _, r := range all {
		url, _, err := a.Links.Link(ctx, r.File, reviewLives)
		if err != nil {
			return nil, err
		}
		out.Body = append(out.Body, ReadyClip{ID: r.Variant + "-" + short(r.Digest), Variant: r.Variant, Clip: r.Clip, Kind: r.Kind, Moment: r.Moment, Aspect: r.Look.Aspect,
			Language: r.Look.Language, Hook: r.Hook.Text, Label: r.Label, DurationMS: r.LengthMS, Bytes: r.Bytes, Digest: r.Digest, URL: url, ApprovedAt: shown(r.Approved)})
	}
	return out, err
}

// short is the first eight letters of a digest.
func short(digest string) string {
	const scheme = len("sha256:")
	return digest[min(scheme, len(digest)):min(scheme+8, len(digest))]
}
