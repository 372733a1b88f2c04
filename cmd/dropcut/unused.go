package main

import (
	"context"
	"fmt"
	"strings"

	"dropcut/pipeline"
	"dropcut/pipeline/detect"
	"dropcut/pipeline/marks"
	"dropcut/storage/catalog"
)

// mostAlike is how many marks of files are shown one by one that are unused for
// the same reason.
const mostAlike = 3

// together is why many marks are unused, by code.
var together = map[string]string{
	detect.UnusedStructure: "they tile the recording",
	detect.UnusedOutside:   "they lie outside the recording",
	detect.UnusedDuplicate: "each says again what another says",
	detect.UnusedDeadAir:   "nothing is heard or seen there",
	detect.UnusedTooMany:   "surer moments are kept",
	marks.PassLeftOut:      "their file leaves them out",
}

// unused is a line for every mark that somebody made and that is not used: what
// was typed one by one, what files bring summed up where it is much. What
// dropcut itself proposed is nobody's.
func unused(all []pipeline.Mark) (lines []string) {
	alike := map[string]int{}
	for _, m := range all {
		if !m.Used() && m.Source != marks.SourceFlag {
			alike[m.UnusedCode]++
		}
	}
	summed := map[string]bool{}
	for _, m := range all {
		switch n := alike[m.UnusedCode]; {
		case m.Used() || m.Source == marks.SourceSignal:
		case m.Source == marks.SourceFlag || n <= mostAlike:
			lines = append(lines, fmt.Sprintf("%s %q: %s", strings.TrimSuffix(clock(m.At.Milliseconds()), ".000"), m.Label, shortly(m)))
		case !summed[m.UnusedCode]:
			summed[m.UnusedCode] = true
			lines = append(lines, fmt.Sprintf("%d %s: %s (see dropcut inspect)", n, thing(m), manyOf(m)))
		}
	}
	return lines
}

// shortly is why a mark is not used, without what else could be said of it.
func shortly(m pipeline.Mark) string {
	why, _, _ := strings.Cut(m.Unused, "; ")
	return why
}

func thing(m pipeline.Mark) string {
	if m.UnusedCode == detect.UnusedStructure {
		return "chapters"
	}
	return "marks"
}

func manyOf(m pipeline.Mark) string {
	if why := together[m.UnusedCode]; why != "" {
		return why
	}
	return "such as: " + shortly(m)
}

// marksOf is every mark of a recording; none where they cannot be read.
func (h *workshop) marksOf(ctx context.Context, id string) (all []pipeline.Mark) {
	_ = h.db.Write(ctx, func(tx *catalog.Tx) (err error) {
		all, err = tx.Marks(id)
		return err
	})
	return all
}
