package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"dropcut/pipeline"
	"dropcut/pipeline/inspect"
	"dropcut/pipeline/publish"
	"dropcut/storage/catalog"
)

// Moment is a moment in a list.
type Moment struct {
	ID           string                    `json:"id"`
	Recording    string                    `json:"recording"`
	State        pipeline.MomentState      `json:"state"`
	StartMS      int64                     `json:"start_ms"`
	EndMS        int64                     `json:"end_ms"`
	Label        string                    `json:"label"`
	Confidence   float64                   `json:"confidence"`
	SupersededBy string                    `json:"superseded_by,omitempty"`
	Failure      *pipeline.ManifestFailure `json:"failure,omitempty"`
	Progress     *inspect.Progress         `json:"progress,omitempty" doc:"how far it is, with its clips and variants"`
}

// Clip is a clip in a list.
type Clip struct {
	ID       string                `json:"id"`
	Moment   string                `json:"moment"`
	Kind     pipeline.ClipKind     `json:"kind"`
	State    pipeline.VariantState `json:"state,omitempty" doc:"of its variant that is furthest; none where it has none yet"`
	Progress *inspect.Progress     `json:"progress,omitempty" doc:"how far its sound and its variants are; pictures are made for a whole moment"`
	N        int                   `json:"n" doc:"among all clips of its kind that the moment ever had"`
	InMS     int64                 `json:"in_ms"`
	OutMS    int64                 `json:"out_ms"`
	Why      []string              `json:"why"`
	Text     string                `json:"text" doc:"what is said in it"`
	Hooks    []pipeline.Hook       `json:"hooks"`
}

type momentsInput struct {
	Page
	Recording string `query:"recording" maxLength:"64"`
}

type clipsInput struct {
	Page
	Moment string `query:"moment" maxLength:"64"`
}

func (a *API) moments() {
	reads := scope(pipeline.ScopeCreator, pipeline.ScopeEditor, pipeline.ScopeScheduler)
	huma.Register(a.huma, op(http.MethodGet, "/v1/moments", "list-moments", "Moments", reads), a.listMoments)
	huma.Register(a.huma, op(http.MethodGet, "/v1/moments/{id}", "get-moment", "A moment", reads), a.getMoment)
	huma.Register(a.huma, op(http.MethodGet, "/v1/clips", "list-clips", "Clips", reads), a.listClips)
	huma.Register(a.huma, op(http.MethodGet, "/v1/clips/{id}", "get-clip", "A clip", reads), a.getClip)
}

func (a *API) listMoments(ctx context.Context, in *momentsInput) (*Listed[Moment], error) {
	id := func(m pipeline.Moment) string { return m.ID }
	var works inspect.Works
	return listOf(a, ctx, in.Page, func(tx *catalog.Tx, before string) (all []pipeline.Moment, err error) {
		if all, err = tx.MomentsBefore(callerOf(ctx).Creator, in.Recording, before, in.Limit+1); err == nil {
			works, err = tx.WorkCountsOfMoments(idsOf(all, id))
		}
		return all, err
	}, id, func(tx *catalog.Tx, m pipeline.Moment) (Moment, error) {
		out, err := moment(tx, m)
		out.Progress = works.Moment(m.ID)
		return out, err
	})
}

// idsOf is the IDs of what is listed, once each.
func idsOf[T any](all []T, id func(T) string) (out []string) {
	for _, one := range all {
		out = append(out, id(one))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func moment(tx *catalog.Tx, m pipeline.Moment) (Moment, error) {
	r, err := tx.Recording(m.Recording)
	rate := r.Media.Rate
	if err != nil || rate.IsZero() {
		return Moment{ID: m.ID, Recording: m.Recording, State: m.State, Label: m.Label}, err
	}
	return Moment{ID: m.ID, Recording: m.Recording, State: m.State, StartMS: rate.Millis(m.Window.In), EndMS: rate.Millis(m.Window.Out), Label: m.Label,
		Confidence: m.Confidence, SupersededBy: m.SupersededBy, Failure: publish.Failure(m.Failure)}, nil
}

type oneMoment struct{ Body Moment }
type oneClip struct{ Body Clip }

func (a *API) getMoment(ctx context.Context, in *ByID) (*oneMoment, error) {
	out := &oneMoment{}
	err := a.read(ctx, func(tx *catalog.Tx) error {
		m, err := tx.MomentFor(callerOf(ctx).Creator, in.ID)
		if err != nil {
			return err
		}
		if out.Body, err = moment(tx, m); err != nil {
			return err
		}
		works, err := tx.WorkCountsOfMoments([]string{m.ID})
		out.Body.Progress = inspect.Works(works).Moment(m.ID)
		return err
	})
	return out, err
}

func (a *API) listClips(ctx context.Context, in *clipsInput) (*Listed[Clip], error) {
	id := func(c pipeline.Clip) string { return c.ID }
	var far clipsFar
	return listOf(a, ctx, in.Page, func(tx *catalog.Tx, before string) (all []pipeline.Clip, err error) {
		if all, err = tx.ClipsBefore(callerOf(ctx).Creator, in.Moment, before, in.Limit+1); err == nil {
			far, err = howFar(tx, idsOf(all, id))
		}
		return all, err
	}, id, func(tx *catalog.Tx, c pipeline.Clip) (Clip, error) {
		out, err := clip(tx, c)
		out.State, out.Progress = far.of(c.ID)
		return out, err
	})
}

// clipsFar is how far clips are.
type clipsFar struct {
	works  inspect.Works
	states map[string][]pipeline.VariantState
}

func howFar(tx *catalog.Tx, clips []string) (far clipsFar, err error) {
	if far.works, err = tx.WorkCountsOfClips(clips); err == nil {
		far.states, err = tx.VariantStates(clips)
	}
	return far, err
}

func (f clipsFar) of(clip string) (pipeline.VariantState, *inspect.Progress) {
	return inspect.ClipState(f.states[clip]), f.works.Clip(clip)
}

func clip(tx *catalog.Tx, c pipeline.Clip) (Clip, error) {
	_, _, r, err := tx.Lineage(c.ID)
	out := Clip{ID: c.ID, Moment: c.Moment, Kind: c.Kind, N: c.N, Why: append([]string{}, c.Why...), Text: c.Text, Hooks: append([]pipeline.Hook{}, c.Hooks...)}
	if rate := r.Media.Rate; err == nil && !rate.IsZero() && len(c.Parts) > 0 {
		out.InMS, out.OutMS = rate.Millis(c.Window().In), rate.Millis(c.Window().Out)
	}
	return out, err
}

func (a *API) getClip(ctx context.Context, in *ByID) (*oneClip, error) {
	out := &oneClip{}
	err := a.read(ctx, func(tx *catalog.Tx) error {
		c, err := tx.ClipFor(callerOf(ctx).Creator, in.ID)
		if err != nil {
			return err
		}
		if out.Body, err = clip(tx, c); err != nil {
			return err
		}
		far, err := howFar(tx, []string{c.ID})
		out.Body.State, out.Body.Progress = far.of(c.ID)
		return err
	})
	return out, err
}
