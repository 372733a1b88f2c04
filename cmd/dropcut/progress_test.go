//go:build linux

package main

import (
	"reflect"
	"slices"
	"testing"

	"dropcut/pipeline"
	"dropcut/pipeline/inspect"
)

// tellsHowFar reads how far a moment, its clips and their variants are, from
// lists and one by one, as inspect says it.
func (v *served) tellsHowFar(t *testing.T, doc inspect.Document) {
	t.Helper()
	m := doc.Moments[0]
	clip := m.Clips[0]
	at := slices.IndexFunc(clip.Variants, func(x inspect.Variant) bool { return x.State == pipeline.VariantMade })
	if at < 0 || m.Progress == nil || clip.Progress == nil || clip.Variants[at].Progress == nil {
		t.Fatalf("nothing is told of the moment: %+v", m)
	}
	if p := m.Progress; p.Done < clip.Progress.Done+1 || p.Waiting+p.Running+p.Failed > 0 || p.Attempts < p.Done || p.BeganMS == 0 || p.EndedMS < p.BeganMS {
		t.Errorf("a moment that is made: %+v", p)
	}
	if p := clip.Variants[at].Progress; p.Done != 1 || p.EndedMS < p.BeganMS || clip.State != pipeline.VariantMade {
		t.Errorf("a variant that is made, of a clip that is %s: %+v", clip.State, p)
	}
	type far struct {
		ID       string
		Progress *inspect.Progress
	}
	for path, want := range map[string]far{"moments": {m.ID, m.Progress}, "clips": {clip.ID, clip.Progress}, "variants": {clip.Variants[at].ID, clip.Variants[at].Progress}} {
		var list struct{ Data []far }
		var one far
		v.ask(t, "GET", "/v1/"+path+"?limit=100", &list)
		v.ask(t, "GET", "/v1/"+path+"/"+want.ID, &one)
		listed := slices.IndexFunc(list.Data, func(f far) bool { return f.ID == want.ID })
		if listed < 0 || !reflect.DeepEqual(list.Data[listed], want) || !reflect.DeepEqual(one, want) {
			t.Errorf("%s: %+v, %+v, want %+v", path, list.Data, one, want)
		}
	}
}
