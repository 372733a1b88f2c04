package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"text/tabwriter"

	"dropcut/pipeline"
	"dropcut/pipeline/inspect"
	"dropcut/storage/catalog"
)

// landing is what a task takes in: of a serve, or of a catalogue.
func (c *inspectCommand) landing(ctx context.Context) (l inspect.Landing, err error) {
	if c.Server != "" {
		return l, remote{c.Server, c.serving()}.ask(ctx, http.MethodGet, "/v1/tasks/"+url.PathEscape(c.Recording), &l)
	}
	db, err := c.known(ctx)
	if err != nil {
		return l, err
	}
	defer db.Close()
	return l, db.Write(ctx, func(tx *catalog.Tx) (err error) {
		l, err = inspect.Task(tx, c.Recording)
		return err
	})
}

// printLanding shows what is no recording yet, and why.
func (c *inspectCommand) printLanding(con console, l inspect.Landing) error {
	if c.JSON {
		return json.NewEncoder(con.Out).Encode(l)
	}
	w := tabwriter.NewWriter(con.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "task\t%s\t%s of %s, %s\n", l.Task, printable(l.Key), printable(l.Source), l.State)
	for _, f := range []struct {
		what string
		why  *pipeline.ManifestFailure
	}{{"failed", l.Failure}, {"waits", l.Delayed}} {
		if f.why != nil {
			fmt.Fprintf(w, "%s\t%s\t%s (%s)\n", f.what, f.why.Code, printable(f.why.Detail), printable(f.why.Hint))
		}
	}
	return w.Flush()
}
