package inspect

import (
	"reflect"
	"testing"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

func TestEachThingHasItsOwnProgress(t *testing.T) {
	t.Parallel()
	row := func(moment, clip, variant string, kind pipeline.Step, state catalog.WorkState, attempts, began, ended int64) catalog.WorkCount {
		return catalog.WorkCount{Moment: moment, Clip: clip, Variant: variant, Kind: kind, State: state, Rows: 1, Attempts: attempts, BeganMS: began, EndedMS: ended}
	}
	works := Works{
		row("", "", "", pipeline.Detect, catalog.WorkDone, 1, 10, 20),
		row("m", "", "", pipeline.Render, catalog.WorkDone, 3, 30, 60),
		row("m", "c", "", pipeline.Sound, catalog.WorkDone, 1, 35, 40),
		row("m", "c", "v", pipeline.Assemble, catalog.WorkDone, 2, 60, 70),
		row("m", "c", "w", pipeline.Assemble, catalog.WorkRunning, 1, 61, 0),
		row("m", "d", "x", pipeline.Assemble, catalog.WorkReady, 0, 0, 0),
		row("n", "", "", pipeline.Excerpt, catalog.WorkFailed, 5, 25, 90),
	}
	for what, c := range map[string]struct{ got, want *Progress }{
		"all":                        {works.All(), &Progress{4, 1, 1, 1, 13, pipeline.Assemble, 10, 0}},
		"a moment":                   {works.Moment("m"), &Progress{3, 0, 1, 1, 7, pipeline.Assemble, 30, 0}},
		"a moment that failed":       {works.Moment("n"), &Progress{0, 1, 0, 0, 5, "", 25, 90}},
		"a clip":                     {works.Clip("c"), &Progress{2, 0, 1, 0, 4, pipeline.Assemble, 35, 0}},
		"a clip not begun":           {works.Clip("d"), &Progress{0, 0, 0, 1, 0, pipeline.Assemble, 0, 0}},
		"a variant":                  {works.Variant("v"), &Progress{1, 0, 0, 0, 2, "", 60, 70}},
		"a variant nobody asked for": {works.Variant("y"), nil},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s: %+v, want %+v", what, c.got, c.want)
		}
	}
}

func TestAClipIsAsFarAsItsFurthestVariant(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		of   []pipeline.VariantState
		want pipeline.VariantState
	}{
		{nil, ""},
		{[]pipeline.VariantState{pipeline.VariantOffered}, pipeline.VariantOffered},
		{[]pipeline.VariantState{pipeline.VariantOffered, pipeline.VariantRendering}, pipeline.VariantRendering},
		{[]pipeline.VariantState{pipeline.VariantFailed, pipeline.VariantMade, pipeline.VariantOffered}, pipeline.VariantMade},
		{[]pipeline.VariantState{pipeline.VariantRejected, pipeline.VariantApproved, pipeline.VariantMade}, pipeline.VariantApproved},
		{[]pipeline.VariantState{pipeline.VariantOffered, pipeline.VariantFailed}, pipeline.VariantFailed},
	} {
		if got := ClipState(c.of); got != c.want {
			t.Errorf("%v: %q, want %q", c.of, got, c.want)
		}
	}
}
