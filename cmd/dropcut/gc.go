package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/upkeep"
)

// gcCommand removes what nothing names.
type gcCommand struct {
	visited
	DryRun bool          `help:"Say what would go, and remove nothing."`
	Grace  time.Duration `default:"24h" placeholder:"TIME" help:"What is younger stays, whether it is named or not (default ${default})."`
	retention
	JSON bool `name:"json" help:"Print one JSON document."`
}

// Help is shown below the flags.
func (gcCommand) Help() string {
	return `Example:

  dropcut gc --data /srv/dropcut --dry-run

It may run beside a serve. Clips, manifests and what a person judged stay; so does a file of a clip
that somebody changed. Once segments and excerpts are gone, an edit takes them anew from the recording.

` + exitHelp
}

// Run removes, and says what.
func (c *gcCommand) Run(ctx context.Context, con console) error {
	if c.Grace < 0 {
		return pipeline.Fail(pipeline.Usage, "usage", "see dropcut gc --help", "--grace %s may not be negative", c.Grace)
	}
	o, err := c.options()
	if err != nil {
		return err
	}
	p, err := c.premises()
	if err != nil {
		return err
	}
	premises, leave, err := visit(ctx, p)
	if err != nil {
		return err
	}
	defer leave()
	if o.Grace, o.DryRun = c.Grace, c.DryRun; c.Grace == 0 {
		o.Grace = upkeep.NoGrace
	}
	r, err := upkeep.Collect(ctx, premises, o)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(con.Out).Encode(r)
	}
	return c.print(con, r)
}

func (c *gcCommand) print(con console, r upkeep.Removed) error {
	verb := "removed"
	if r.DryRun {
		verb = "would go"
	}
	lines := 0
	var err error
	line := func(n int64, format string, args ...any) {
		if n > 0 && err == nil {
			lines++
			_, err = fmt.Fprintf(con.Out, "%-9s %s\n", verb, fmt.Sprintf(format, args...))
		}
	}
	for _, p := range []struct {
		what string
		pile upkeep.Pile
	}{{"of clips", r.Output}, {"of segments", r.Segments}, {"of excerpts", r.Excerpts}, {"that came with recordings", r.Sidecars}, {"of words", r.Words}} {
		line(int64(p.pile.Objects), "%s %s, %s", counted(p.pile.Objects, "file", "files"), p.what, megabytes(p.pile.Bytes))
	}
	line(int64(r.Halves), "%s", counted(r.Halves, "half-written file or upload", "half-written files and uploads"))
	rows := r.Rows.Segments + r.Rows.Excerpts + r.Rows.Work + r.Rows.Events + r.Rows.Messages + r.Rows.Failed
	line(rows, "%s of the catalogue", counted(int(rows), "row", "rows"))
	if lines == 0 {
		fmt.Fprintf(con.Err, "nothing %s\n", map[bool]string{true: "would go", false: "was to be removed"}[r.DryRun])
	}
	return err
}
