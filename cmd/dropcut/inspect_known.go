package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"dropcut/pipeline"
	"dropcut/pipeline/inspect"
)

// printKnown prints what a catalogue keeps of a recording that was named by its
// ID: how far it is, what failed, and its moments, clips and variants by the IDs
// that make, retry and the API take.
func printKnown(con console, d inspect.Document) error {
	w := tabwriter.NewWriter(con.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "state\t%s\t%s\n", d.State, howFar(d.Progress))
	for _, f := range d.Failed {
		fmt.Fprintf(w, "failed\t%s of %s\t%s: %s (%s)\n", f.Step, f.Subject, f.Code, printable(f.Detail), printable(f.Hint))
	}
	if err := w.Flush(); err != nil || len(d.Moments) == 0 {
		return err
	}
	w = tabwriter.NewWriter(con.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nID\tSTATE\tWHAT")
	for _, m := range d.Moments {
		row(w, m.ID, string(m.State), m.Failure, m.Progress, fmt.Sprintf("moment %s-%s %q", clock(m.StartMS), clock(m.EndMS), printable(m.Label)))
		for _, c := range m.Clips {
			row(w, "  "+c.ID, string(c.State), nil, nil, fmt.Sprintf("%s %s-%s", c.Kind, clock(c.InMS), clock(c.OutMS)))
			for _, v := range c.Variants {
				row(w, "    "+v.ID, string(v.State), v.Failure, nil, fmt.Sprintf("%s %s %s %s %q", v.Aspect, v.Layout, v.Style, v.Language, printable(v.Hook)))
			}
		}
	}
	return w.Flush()
}

// row is one thing: its failure, or how far it is, where it goes on.
func row(w io.Writer, id, state string, failure *pipeline.ManifestFailure, p *inspect.Progress, what string) {
	switch {
	case failure != nil:
		state += " (" + failure.Code + ")"
	case p != nil && p.Running+p.Waiting > 0:
		state += " (" + howFar(p) + ")"
	}
	fmt.Fprintf(w, "%s\t%s\t%s\n", id, state, what)
}

// howFar is how far work is, in words.
func howFar(p *inspect.Progress) string {
	if p == nil {
		return "nothing was asked for"
	}
	text := counted(int(p.Done), "piece", "pieces") + " of work done"
	if left := p.Running + p.Waiting; left > 0 {
		text = fmt.Sprintf("%d of %d pieces of work done, at %s", p.Done, p.Done+p.Failed+left, p.Step)
	}
	if p.Failed > 0 {
		text += fmt.Sprintf(", %d failed", p.Failed)
	}
	return text
}
