package main

import (
	"cmp"
	"runtime/debug"
	"slices"
	"strings"
)

// bom is a list of the parts that a program was built from, as CycloneDX 1.6
// writes it in JSON. ffmpeg and fonts are no parts: what of them is there,
// doctor says.
type bom struct {
	Format     string      `json:"bomFormat"`
	Spec       string      `json:"specVersion"`
	Version    int         `json:"version"`
	Metadata   bomMetadata `json:"metadata"`
	Components []bomPart   `json:"components"`
}

type bomMetadata struct {
	Component bomPart `json:"component"`
}

type bomPart struct {
	Type       string        `json:"type"`
	Name       string        `json:"name"`
	Version    string        `json:"version"`
	PURL       string        `json:"purl,omitempty"`
	Properties []bomProperty `json:"properties,omitempty"`
}

type bomProperty struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// partsOf lists what a build says of itself, by name: Go's standard library and
// every module that is in the program, with its sum from go.sum. Pure.
func partsOf(build *debug.BuildInfo) bom {
	out := bom{Format: "CycloneDX", Spec: "1.6", Version: 1, Metadata: bomMetadata{bomPart{Type: "application", Name: "dropcut", Version: version}}}
	stdlib := strings.TrimPrefix(build.GoVersion, "go")
	out.Components = append(out.Components, bomPart{Type: "library", Name: "stdlib", Version: stdlib, PURL: "pkg:golang/stdlib@" + stdlib})
	for _, m := range build.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		part := bomPart{Type: "library", Name: m.Path, Version: m.Version, PURL: "pkg:golang/" + m.Path + "@" + m.Version}
		if m.Sum != "" {
			part.Properties = []bomProperty{{"go:sum", m.Sum}}
		}
		out.Components = append(out.Components, part)
	}
	slices.SortFunc(out.Components, func(a, b bomPart) int { return cmp.Compare(a.Name, b.Name) })
	return out
}
