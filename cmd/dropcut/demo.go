package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"dropcut/demo"
	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
)

// demoCommand draws a recording, makes its clips, corrects one word, and ends
// with a page that shows all of it.
type demoCommand struct {
	Out     string `default:"./clips" placeholder:"DIR" help:"Where the recording, its clips and index.html go (default ${default})."`
	Minutes int    `default:"10" placeholder:"N" help:"How long the drawn recording is (default ${default})."`
}

// Run does all of it.
func (c *demoCommand) Run(ctx context.Context, con console) error {
	if c.Minutes < 3 || c.Minutes > 120 {
		return pipeline.Fail(pipeline.Usage, "usage", "see dropcut demo --help", "--minutes %d: 3 to 120", c.Minutes)
	}
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return pipeline.Fail(pipeline.Invalid, "bad_out", "name another folder with --out", "make %s: %w", c.Out, err)
	}
	drawn, err := c.draw(ctx, con)
	if err != nil {
		return err
	}
	return errors.Join(c.run(ctx, con, drawn))
}

func (c *demoCommand) draw(ctx context.Context, con console) (demo.Drawn, error) {
	r, err := ffmpeg.New(ffmpegConfig())
	if err != nil {
		return demo.Drawn{}, err
	}
	w := newWatch(con.Err, false, nil)
	defer w.Close()
	w.Line("%-10s a night-market stream of %d minutes", "draw", c.Minutes)
	return demo.Draw(ctx, r, c.Out, demo.Options{Length: time.Duration(c.Minutes) * time.Minute})
}

func (c *demoCommand) run(ctx context.Context, con console, d demo.Drawn) error {
	line := runCommand{Recordings: []string{d.Recording}, Out: c.Out, Data: filepath.Join(c.Out, ".dropcut"), Shorts: 3}
	return line.Run(ctx, con)
}
