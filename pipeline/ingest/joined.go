package ingest

import (
	"slices"

	"dropcut/pipeline"
)

// joined is one brief of what lies beside every name of a recording, the oldest
// name first: all marks and words, and of plans and defaults the first. Of a
// kind that lies beside none of them, it is what lay beside names that are gone,
// since who moves a recording does not mean to take its marks from it.
func joined(lie, gone []pipeline.Brief) pipeline.Brief {
	all := append(slices.Clone(lie), gone...)
	out := all[0]
	if i := slices.IndexFunc(lie, func(b pipeline.Brief) bool { return b.Defaults != nil }); i >= 0 {
		out = lie[i]
	}
	out.Marks = union(lie, gone, func(b pipeline.Brief) []pipeline.Sidecar { return b.Marks })
	out.Transcripts = union(lie, gone, func(b pipeline.Brief) []pipeline.Sidecar { return b.Transcripts })
	planned := out
	if i := slices.IndexFunc(all, func(b pipeline.Brief) bool { return b.Plan != nil }); i >= 0 {
		planned = all[i]
	}
	out.Plan, out.Drop = planned.Plan, planned.Drop
	out.Dictionary = terms(planned.Dictionary, out.Dictionary)
	if out.Zone == "" {
		out.Zone = planned.Zone
	}
	return out
}

// union is what of lies beside the names where a recording lies, each once;
// where nothing of it does, what lay beside those that are gone.
func union(lie, gone []pipeline.Brief, of func(pipeline.Brief) []pipeline.Sidecar) (out []pipeline.Sidecar) {
	for _, b := range lie {
		for _, s := range of(b) {
			if !slices.ContainsFunc(out, func(o pipeline.Sidecar) bool { return o.Digest == s.Digest }) {
				out = append(out, s)
			}
		}
	}
	if len(out) == 0 && len(gone) > 0 {
		return union(gone, nil, of)
	}
	return out
}

// terms is the words of two dictionaries; of those that both have, the first's.
func terms(first, second []pipeline.Term) []pipeline.Term {
	out := slices.Clone(first)
	for _, t := range second {
		if !slices.ContainsFunc(out, func(o pipeline.Term) bool { return o.Write == t.Write }) {
			out = append(out, t)
		}
	}
	return out
}
