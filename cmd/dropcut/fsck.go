package main

import (
	"context"
	"encoding/json"
	"fmt"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/upkeep"
)

// fsckCommand proves on live data what is promised of it.
type fsckCommand struct {
	visited
	Deep   bool `help:"Read every byte, and decode every clip from end to end."`
	Repair bool `help:"Put right what can be made again."`
	JSON   bool `name:"json" help:"Print one JSON document."`
}

// Help is shown below the flags.
func (fsckCommand) Help() string {
	return `Example:

  dropcut fsck --data /srv/dropcut --deep

It may run beside a serve: what is in progress is no finding. A repair adds work, which a serve does,
or the next dropcut run over the recording. docs/findings.md says what each finding means.

Exit code 0 when all holds, or was repaired, and 6 when something is broken.

` + exitHelp
}

// Run checks, and says what was found.
func (c *fsckCommand) Run(ctx context.Context, con console) error {
	p, err := c.premises()
	if err != nil {
		return err
	}
	premises, leave, err := visit(ctx, p)
	if err != nil {
		return err
	}
	defer leave()
	if c.Deep {
		if premises.FFmpeg, err = ffmpeg.New(ffmpegConfig()); err != nil {
			return err
		}
	}
	r, err := upkeep.Check(ctx, premises, upkeep.CheckOptions{Deep: c.Deep, Repair: c.Repair})
	if err != nil {
		return err
	}
	if c.JSON {
		err = json.NewEncoder(con.Out).Encode(r)
	} else {
		err = c.print(con, r)
	}
	if n := r.Broken(); n > 0 && err == nil {
		hint := "docs/findings.md says what each means"
		if r.Mendable() > 0 && !c.Repair {
			hint = "dropcut fsck --repair puts right what can be"
		}
		err = pipeline.Fail(pipeline.Corrupt, "broken", hint, "%s broken", counted(n, "promise is", "promises are"))
	}
	return err
}

func (c *fsckCommand) print(con console, r upkeep.Report) error {
	for _, f := range r.Findings {
		state := "broken"
		if f.Repaired {
			state = "repaired"
		}
		if _, err := fmt.Fprintf(con.Out, "%-9s %s %-23s %s: %s\n%-9s %s\n", state, f.Promise, f.Code, printable(f.Subject), printable(f.Detail), "", f.Repair); err != nil {
			return err
		}
	}
	l := r.Looked
	deep := ""
	if r.Deep {
		deep = fmt.Sprintf(", %d of them decoded", l.Decoded)
	}
	_, err := fmt.Fprintf(con.Err, "%-9s %s, %s, %s%s; %d segments, %d excerpts\n", "looked at", counted(l.Recordings, "recording", "recordings"),
		counted(l.Moments, "moment", "moments"), counted(l.Variants, "clip file", "clip files"), deep, l.Segments, l.Excerpts)
	return err
}

// counted is a number of things in words.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
