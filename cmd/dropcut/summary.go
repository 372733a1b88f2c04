package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"dropcut/pipeline"
)

// tell prints manifests and a summary, and gives the command's error.
func (c *runCommand) tell(con console, w *watch, results []result) error {
	made, failed := 0, []*pipeline.Error(nil)
	for _, r := range results {
		for _, m := range r.manifests {
			if c.JSON {
				if err := json.NewEncoder(con.Out).Encode(m); err != nil {
					return err
				}
			}
		}
		made += r.clips()
		failed = append(failed, r.failures...)
		c.summary(w, r)
	}
	if len(failed) == 0 {
		return nil
	}
	if made == 0 && len(failed) == 1 && len(results) == 1 {
		return failed[0]
	}
	for _, r := range results {
		for _, f := range r.failures {
			report(con.Err, fmt.Errorf("%s: %w", filepath.Base(r.path), f))
		}
	}
	if made > 0 || slices.ContainsFunc(results, func(r result) bool { return len(r.failures) == 0 }) {
		return errSome
	}
	return reported{failed[0]}
}

func (c *runCommand) summary(w *watch, r result) {
	said := map[string]bool{} // a recording's notes stand in each of its moments
	for _, m := range r.manifests {
		if c.PlanOnly {
			w.Line("%-10s %s: %s", "planned", quoteLabel(m.Moment.Label), wouldCut(m))
			explain(m.Clips, func(text string) { w.Line("%s", text) })
		} else {
			w.Line("%-10s %s: %s, %s; %d frames encoded, %d reused; %s", "made", quoteLabel(m.Moment.Label),
				count(len(m.Clips), "clip"), count(filesOf(m), "file"), m.Made.EncodedFrames, m.Made.ReusedFrames, m.Path)
		}
		for _, n := range m.Notes {
			if text := n.Detail + hintOf(n); !said[text] {
				said[text] = true
				w.Line("%-10s %s", "note", text)
			}
		}
	}
}

// wouldCut is what a moment's plan would cut, and what of it is there already.
func wouldCut(m pipeline.Manifest) string {
	var cores, shorts []string
	for _, c := range m.Clips {
		long := fmt.Sprintf("%d s", (c.OutMS-c.InMS+500)/1000)
		if c.Kind == pipeline.Core {
			cores = append(cores, "a core of "+long)
		} else {
			shorts = append(shorts, long)
		}
	}
	parts := cores
	switch len(shorts) {
	case 0:
	case 1:
		parts = append(parts, "a short of "+shorts[0])
	default:
		parts = append(parts, fmt.Sprintf("%d shorts of %s", len(shorts), inWords(shorts)))
	}
	if len(parts) == 0 {
		return "no clip"
	}
	text := inWords(parts) + "; nothing was made"
	if n := filesOf(m); n > 0 {
		text += fmt.Sprintf("; %s of earlier runs in %s", count(n, "file"), filepath.Dir(m.Path))
	}
	return text
}

// filesOf is how many clips' files a manifest names.
func filesOf(m pipeline.Manifest) (n int) {
	for _, c := range m.Clips {
		for _, v := range c.Variants {
			if v.File != "" {
				n++
			}
		}
	}
	return n
}

// inWords is a, b and c.
func inWords(all []string) string {
	if len(all) < 2 {
		return strings.Join(all, "")
	}
	last := len(all) - 1
	return strings.Join(all[:last], ", ") + " and " + all[last]
}

// count is 1 file, 2 files.
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func quoteLabel(label string) string {
	if label == "" {
		return "moment"
	}
	return fmt.Sprintf("%q", label)
}

func hintOf(n pipeline.Note) string {
	if n.Hint == "" {
		return ""
	}
	return " (" + n.Hint + ")"
}

// reported is an error that was printed already.
type reported struct{ error }

// Unwrap keeps its kind.
func (r reported) Unwrap() error { return r.error }
