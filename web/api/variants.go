package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dropcut/pipeline"
	"dropcut/pipeline/inspect"
	"dropcut/pipeline/publish"
	"dropcut/storage/catalog"
)

// Variant is a variant, and its file where it is made.
type Variant struct {
	ID        string                    `json:"id"`
	Clip      string                    `json:"clip"`
	Kind      pipeline.ClipKind         `json:"kind"`
	Moment    string                    `json:"moment"`
	Recording string                    `json:"recording"`
	State     pipeline.VariantState     `json:"state"`
	Revision  int                       `json:"revision"`
	Aspect    string                    `json:"aspect"`
	Layout    string                    `json:"layout"`
	Style     string                    `json:"style"`
	Language  string                    `json:"language"`
	Hook      pipeline.Hook             `json:"hook"`
	File      *File                     `json:"file,omitempty"`
	Failure   *pipeline.ManifestFailure `json:"failure,omitempty"`
	Notes     []pipeline.Note           `json:"notes"`
	Progress  *inspect.Progress         `json:"progress,omitempty" doc:"how far putting it together is, which begins when all its pieces are there"`
	Recalled  bool                      `json:"recalled"`
	Verdict   *pipeline.Verdict         `json:"verdict,omitempty" doc:"the newest"`
}

// File is a made file.
type File struct {
	Digest     string           `json:"digest" doc:"sha256:…, of its bytes"`
	Bytes      int64            `json:"bytes"`
	Width      int              `json:"width"`
	Height     int              `json:"height"`
	DurationMS int64            `json:"duration_ms"`
	Loudness   *float64         `json:"loudness_lufs"`
	Checks     []pipeline.Check `json:"checks"`
	URL        string           `json:"url" doc:"signed; its path ends in .mp4; ranges may be asked for"`
	Expires    time.Time        `json:"url_expires_at"`
	Poster     string           `json:"poster_url,omitempty"`
	Captions   []CaptionFile    `json:"captions,omitempty" doc:"of one variant alone, not in lists"`
}

// CaptionFile is one language's captions beside a clip.
type CaptionFile struct {
	Language string `json:"language"`
	SRT      string `json:"srt_url,omitempty"`
	VTT      string `json:"vtt_url,omitempty"`
}

type variantsInput struct {
	Page
	Recording string `query:"recording" maxLength:"64"`
	Moment    string `query:"moment" maxLength:"64"`
	Clip      string `query:"clip" maxLength:"64"`
	State     string `query:"state" enum:"offered,rendering,made,approved,rejected,replaced,failed"`
}

type oneVariant struct {
	ETag string `header:"ETag"`
	Body Variant
}

func (a *API) variants() {
	reads := scope(pipeline.ScopeCreator, pipeline.ScopeEditor, pipeline.ScopeScheduler)
	huma.Register(a.huma, op(http.MethodGet, "/v1/variants", "list-variants", "Variants", reads), a.listVariants)
	huma.Register(a.huma, op(http.MethodGet, "/v1/variants/{id}", "get-variant", "A variant, with signed links to its files", reads), a.getVariant)
	huma.Register(a.huma, op(http.MethodGet, "/v1/variants/{id}/link", "link-variant", "A signed link to its file", reads), a.linkVariant)
	huma.Register(a.huma, answering(http.StatusAccepted, op(http.MethodPost, "/v1/variants/{id}/make", "make-variant", "Make a variant that is only offered", scope(pipeline.ScopeCreator, pipeline.ScopeEditor))), a.makeVariant)
	huma.Register(a.huma, op(http.MethodGet, "/v1/variants/{id}/text", "text-variant", "What to write beside it on a channel", reads), a.textVariant)
}

func (a *API) listVariants(ctx context.Context, in *variantsInput) (*Listed[Variant], error) {
	var works inspect.Works
	return listOf(a, ctx, in.Page, func(tx *catalog.Tx, before string) (all []pipeline.Variant, err error) {
		all, err = tx.VariantsBefore(catalog.VariantFilter{Creator: callerOf(ctx).Creator, Recording: in.Recording, Moment: in.Moment, Clip: in.Clip, State: in.State,
			Before: before, Limit: in.Limit + 1})
		if err == nil {
			works, err = tx.WorkCountsOfClips(idsOf(all, func(v pipeline.Variant) string { return v.Clip }))
		}
		return all, err
	}, func(v pipeline.Variant) string { return v.ID }, func(tx *catalog.Tx, v pipeline.Variant) (Variant, error) {
		out, err := a.variant(ctx, tx, v)
		out.Progress = works.Variant(v.ID)
		return out, err
	})
}

// variant shows a variant.
func (a *API) variant(ctx context.Context, tx *catalog.Tx, v pipeline.Variant) (Variant, error) {
	c, m, r, err := tx.Lineage(v.Clip)
	if err != nil {
		return Variant{}, err
	}
	out := Variant{ID: v.ID, Clip: c.ID, Kind: c.Kind, Moment: m.ID, Recording: r.ID, State: v.State, Revision: v.Revision, Aspect: v.Look.Aspect, Layout: v.Look.Layout,
		Style: v.Look.Style, Language: v.Look.Language, Hook: v.Hook, Failure: publish.Failure(v.Failure), Notes: append([]pipeline.Note{}, v.Notes...)}
	recall, err := tx.RecallOf(v.ID)
	if err != nil {
		return out, err
	}
	out.Recalled = recall != nil
	verdicts, err := tx.VerdictsOf(v.ID)
	if err != nil {
		return out, err
	}
	if len(verdicts) > 0 {
		out.Verdict = &verdicts[0]
	}
	if v.Made == nil {
		return out, nil
	}
	out.Notes = append(out.Notes, v.Made.Notes...)
	out.File, err = a.file(ctx, v.Made, r, reviewLives)
	return out, err
}

// file shows a made file with links that live for a while.
func (a *API) file(ctx context.Context, f *pipeline.MadeFile, r pipeline.Recording, lives time.Duration) (*File, error) {
	out := &File{Digest: f.Digest, Bytes: f.Bytes, Width: f.Width, Height: f.Height, Loudness: f.Loudness, Checks: append([]pipeline.Check{}, f.Checks...)}
	if !r.Media.Rate.IsZero() {
		out.DurationMS = r.Media.Rate.Millis(f.Frames)
	}
	var err error
	if out.URL, out.Expires, err = a.link(ctx, f.Key, lives); err != nil || f.Poster == "" {
		return out, err
	}
	out.Poster, _, err = a.Links.Link(ctx, f.Poster, lives)
	return out, err
}

// link is a link to a file and until when it is good, in whole seconds: those
// of its signature, which are never later.
func (a *API) link(ctx context.Context, key string, lives time.Duration) (string, time.Time, error) {
	url, until, err := a.Links.Link(ctx, key, lives)
	return url, until.UTC().Truncate(time.Second), err
}

func (a *API) getVariant(ctx context.Context, in *ByID) (*oneVariant, error) {
	out := &oneVariant{}
	err := a.read(ctx, func(tx *catalog.Tx) error {
		v, err := tx.VariantFor(callerOf(ctx).Creator, in.ID)
		if err != nil {
			return err
		}
		_, m, _, err := tx.Lineage(v.Clip)
		if err != nil {
			return err
		}
		if out.Body, err = a.variant(ctx, tx, v); err == nil && out.Body.File != nil {
			out.Body.File.Captions, err = a.captions(ctx, m.CaptionsOf(v.Clip), reviewLives)
		}
		if err != nil {
			return err
		}
		out.ETag = etag(v.Revision)
		works, err := tx.WorkCountsOfClips([]string{v.Clip})
		out.Body.Progress = inspect.Works(works).Variant(v.ID)
		return err
	})
	return out, err
}

// captions is captions with links to their files.
func (a *API) captions(ctx context.Context, all []pipeline.ManifestCaption, lives time.Duration) (out []CaptionFile, err error) {
	for _, c := range all {
		one := CaptionFile{Language: c.Language}
		for key, url := range map[string]*string{c.SRT: &one.SRT, c.VTT: &one.VTT} {
			if key == "" {
				continue
			}
			if *url, _, err = a.Links.Link(ctx, key, lives); err != nil {
				return nil, err
			}
		}
		out = append(out, one)
	}
	return out, nil
}

// Link is a signed link to a file.
type Link struct {
	Body struct {
		ID      string `json:"id"`
		URL     string `json:"url"`
		Digest  string `json:"digest"`
		Expires string `json:"expires"`
	}
}

func (a *API) linkVariant(ctx context.Context, in *ByID) (*Link, error) {
	v, err := a.getVariant(ctx, in)
	if err != nil {
		return nil, err
	}
	if v.Body.File == nil {
		return nil, pipeline.Fail(pipeline.Conflict, "not_made", "make it first: POST /v1/variants/"+in.ID+"/make", "%s is %s and has no file", in.ID, v.Body.State)
	}
	out := &Link{}
	out.Body.ID, out.Body.URL, out.Body.Digest, out.Body.Expires = in.ID, v.Body.File.URL, v.Body.File.Digest, shown(v.Body.File.Expires)
	return out, nil
}

func (a *API) makeVariant(ctx context.Context, in *Once) (*Accepted, error) {
	out, err := onceIn(a, a.Catalog.Write, ctx, in, func(tx *catalog.Tx) (*Accepted, error) {
		if err := a.owned(ctx, tx, in.ID); err != nil {
			return nil, err
		}
		moment, err := tx.Ask(in.ID)
		return &Accepted{Status: http.StatusAccepted, Body: &Done{ID: in.ID, Moment: moment}}, err
	})
	if err == nil {
		a.Wake()
	}
	return out, err
}

// ask has an offered variant made.
func (a *API) ask(ctx context.Context, variant string) (moment string, err error) {
	err = a.Catalog.Write(ctx, func(tx *catalog.Tx) (err error) {
		moment, err = tx.Ask(variant)
		return err
	})
	if err == nil {
		a.Wake()
	}
	return moment, err
}
