package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

type markInput struct {
	Keyed
	Creator string `query:"creator" maxLength:"200" doc:"for tokens that reach everybody's"`
	Body    struct {
		Recording string     `json:"recording,omitempty" maxLength:"64" doc:"its ID; none: whichever ran at that time, also one that lands later"`
		At        *time.Time `json:"at,omitempty" doc:"by wall clock; default: now, by our clock"`
		End       *time.Time `json:"end,omitempty" doc:"makes it a range"`
		AtMS      *int64     `json:"at_ms,omitempty" minimum:"0" maximum:"1000000000" doc:"on the recording's timeline, instead of at"`
		EndMS     *int64     `json:"end_ms,omitempty" minimum:"0" maximum:"1000000000"`
		Label     string     `json:"label,omitempty" maxLength:"200"`
		Source    string     `json:"source,omitempty" maxLength:"60" doc:"who or what pressed, such as phone"`
	}
}

// Marked is a mark, and where it lies.
type Marked struct {
	pipeline.LiveMark
	Recordings []string `json:"recordings" doc:"those that it lies in now; moments are found again there"`
}

func (a *API) marks() {
	s := scope(pipeline.ScopeCreator, pipeline.ScopeEditor)
	o := answering(http.StatusCreated, op(http.MethodPost, "/v1/marks", "create-mark", "Point at an instant or a range, while a show goes on or later", s))
	o.Description = "A point is taken for a press that comes up to 15 s late; a range is taken as it is. Where the recording has not landed yet, the mark waits for it. docs/marks.md says what marks are."
	huma.Register(a.huma, o, a.createMark)
	huma.Register(a.huma, op(http.MethodGet, "/v1/marks", "list-marks", "Live marks", s), a.listMarks)
	huma.Register(a.huma, op(http.MethodDelete, "/v1/marks/{id}", "remove-mark", "Take a live mark back", s), a.removeMark)
}

// liveMark is what was sent as a mark, or what is wrong with it.
func (in *markInput) liveMark() (pipeline.LiveMark, error) {
	b := in.Body
	bad := func(pointer, why string) error {
		return pipeline.Fail(pipeline.Invalid, "bad_mark", "send at, such as "+anInstant+", and for a range end; or recording, at_ms and for a range end_ms", "nothing is marked: %s", why).At(pointer)
	}
	m := pipeline.LiveMark{ID: pipeline.Mint(pipeline.LiveMarkID), Recording: b.Recording, At: b.At, End: b.End, AtMS: b.AtMS, EndMS: b.EndMS, Label: b.Label, Source: b.Source}
	long := time.Duration(0)
	switch {
	case b.AtMS != nil && (b.At != nil || b.End != nil):
		return m, bad("/at_ms", "it has a time on two clocks")
	case b.AtMS != nil && b.Recording == "":
		return m, bad("/recording", "an offset is on a recording")
	case b.EndMS != nil && b.AtMS == nil:
		return m, bad("/end_ms", "it ends on a clock on which it does not begin")
	case b.End != nil && b.At == nil:
		return m, bad("/end", "it ends and does not begin")
	case b.EndMS != nil:
		long = time.Duration(*b.EndMS-*b.AtMS) * time.Millisecond
	case b.End != nil:
		long = b.End.Sub(*b.At)
	default:
		return m, nil
	}
	if long <= 0 || long > pipeline.LongestMark {
		return m, bad(map[bool]string{true: "/end_ms", false: "/end"}[b.EndMS != nil], "it ends before it begins, or lasts more than an hour")
	}
	return m, nil
}

func (a *API) createMark(ctx context.Context, in *markInput) (*Reply[Marked], error) {
	m, err := in.liveMark()
	if err != nil {
		return nil, err
	}
	if m.Creator, err = owner(ctx, in.Creator); err != nil {
		return nil, err
	}
	out, err := once(a, ctx, in, func(tx *catalog.Tx) (*Reply[Marked], error) {
		kept, on, err := tx.PutLiveMark(m)
		return &Reply[Marked]{Status: http.StatusCreated, Body: &Marked{LiveMark: kept, Recordings: on}}, err
	})
	if err == nil && len(out.Body.Recordings) > 0 {
		a.Wake()
	}
	return out, err
}

func (a *API) listMarks(ctx context.Context, in *Page) (*Listed[pipeline.LiveMark], error) {
	return listOf(a, ctx, *in, func(tx *catalog.Tx, before string) ([]pipeline.LiveMark, error) {
		return tx.LiveMarks(callerOf(ctx).Creator, before, in.Limit+1)
	}, func(m pipeline.LiveMark) string { return m.ID }, asItIs[pipeline.LiveMark])
}

func (a *API) removeMark(ctx context.Context, in *ByID) (*Nothing, error) {
	err := a.Catalog.AtDesk(ctx, func(tx *catalog.Tx) error { return tx.RemoveLiveMark(callerOf(ctx).Creator, in.ID) })
	if err == nil {
		a.Wake()
	}
	return nil, err
}
