package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/marks"
)

// markCommand points at an instant while a show goes on.
type markCommand struct {
	remote
	Label     string `arg:"" optional:"" help:"What happens."`
	At        string `placeholder:"TIME" help:"When: 20:15:03 of today, or 2026-03-01T20:15:03+01:00 (default: now). With --recording also an offset on it, 7:45 or 7:45-8:10."`
	Creator   string `placeholder:"NAME" help:"Whose show, where the token reaches everybody's."`
	Recording string `placeholder:"ID" help:"The recording, where it is known: r_… (default: whichever runs then)."`
}

// Help is shown below the flags.
func (markCommand) Help() string {
	return "Example:\n\n  dropcut mark \"the hoodie\" --creator ada\n\nThe recording may land later. The page /mark of a serve is the same, for a phone.\n\n" + exitHelp
}

// Run asks for it.
func (c *markCommand) Run(ctx context.Context, con console) error {
	body := map[string]any{"source": "dropcut mark"}
	if c.Label != "" {
		body["label"] = c.Label
	}
	if err := c.when(body, time.Now()); err != nil {
		return err
	}
	var made struct {
		ID         string
		Recordings []string
	}
	if err := c.send(ctx, http.MethodPost, "/v1/marks?creator="+url.QueryEscape(c.Creator), body, &made); err != nil {
		return err
	}
	where := "waits for its recording"
	switch {
	case len(made.Recordings) > 0:
		where = strings.Join(made.Recordings, " ")
	case c.Recording != "":
		where = "and it lies outside " + c.Recording + " as far as that is known: nothing is made of it"
	}
	fmt.Fprintf(con.Err, "%-10s %s, %s\n", "marked", made.ID, where)
	return nil
}

// when puts the time into what is sent.
func (c *markCommand) when(body map[string]any, now time.Time) error {
	if c.Recording != "" {
		body["recording"] = c.Recording
	}
	if c.At == "" {
		body["at"] = now.UTC() // when it was called, not when the call arrives
		return nil
	}
	if t, err := time.Parse(time.RFC3339, c.At); err == nil {
		body["at"] = t
		return nil
	}
	if c.Recording != "" {
		e, err := marks.ParseFlag(c.At)
		if err != nil {
			return err
		}
		if body["at_ms"] = e.At.Milliseconds(); e.End != nil {
			body["end_ms"] = e.End.Milliseconds()
		}
		return nil
	}
	t, err := time.ParseInLocation("15:04:05", c.At, now.Location())
	if err != nil {
		return pipeline.Fail(pipeline.Usage, "bad_time", "write 20:15:03 of today, or 2026-03-01T20:15:03+01:00; with --recording also an offset on it, 7:45 or 7:45-8:10", "%q is no time", c.At)
	}
	body["at"] = time.Date(now.Year(), now.Month(), now.Day(), t.Hour(), t.Minute(), t.Second(), 0, now.Location())
	return nil
}
