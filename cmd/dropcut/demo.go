package main

import (
	"context"
	"fmt"
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

// Help is shown below the flags.
func (demoCommand) Help() string { return exitHelp }

// Run does all of it.
func (c *demoCommand) Run(ctx context.Context, con console) error {
	if c.Minutes < 3 || c.Minutes > 120 {
		return pipeline.Fail(pipeline.Usage, "usage", "see dropcut demo --help", "--minutes %d: 3 to 120", c.Minutes)
	}
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return pipeline.Fail(pipeline.Invalid, "bad_out", "name another folder with --out", "make %s: %w", c.Out, err)
	}
	r, err := ffmpeg.New(ffmpegConfig())
	if err != nil {
		return err
	}
	began := time.Now()
	drawn, err := c.draw(ctx, r, con)
	if err != nil {
		return err
	}
	figures := []demo.Figure{{Name: "drawn in", Value: inSeconds(time.Since(began))}}
	if drawn.Kept {
		figures = nil
	}
	if err := demo.Mishear(drawn.Words); err != nil {
		return err
	}
	before, err := c.round(ctx, con, drawn)
	if err != nil {
		return err
	}
	fix, after, err := c.correct(ctx, con, drawn, before)
	if err != nil {
		return err
	}
	return c.page(ctx, con, r, demo.PageInput{Folder: c.Out, Runner: r, Recording: drawn.Recording,
		Document: filepath.Join(filepath.Dir(filepath.Dir(after.path)), "recording.json"), Manifests: []string{after.path},
		Correction: fix, Figures: append(figures, demo.Figure{Name: "clips made in", Value: inSeconds(before.took)})})
}

func (c *demoCommand) draw(ctx context.Context, r *ffmpeg.Runner, con console) (demo.Drawn, error) {
	fmt.Fprintf(con.Err, "%-10s a night-market stream of %d minutes\n", "draw", c.Minutes)
	d, err := demo.Draw(ctx, r, c.Out, demo.Options{Length: time.Duration(c.Minutes) * time.Minute, Tell: tenths(con, "draw")})
	if err == nil && d.Kept {
		fmt.Fprintf(con.Err, "%-10s %s is there already, whole: it is not drawn again\n", "kept", d.Recording)
	}
	if err == nil && d.Babble {
		fmt.Fprintf(con.Err, "%-10s %s\n", "note", "espeak-ng is not installed: the host only babbles")
	}
	return d, err
}

// tenths says how far something is, ten times at most.
func tenths(con console, what string) func(float64) {
	said := 0
	return func(done float64) {
		if n := int(done * 10); n > said && n < 10 {
			said = n
			fmt.Fprintf(con.Err, "%-10s %d %%\n", what, n*10)
		}
	}
}

// demoRound is what one round of the demo left.
type demoRound struct {
	path string // of the manifest
	pipeline.Manifest
	took time.Duration
}

// demoData is where the demo keeps its catalogue: apart from that of a run into
// the same folder, which would put other clips of the recording in the place of
// those that the page shows.
const demoData = ".demo"

// round walks the line over the drawn recording, in two styles so that the
// page can show them in step.
func (c *demoCommand) round(ctx context.Context, con console, d demo.Drawn) (demoRound, error) {
	line := runCommand{Recordings: []string{d.Recording}, Out: c.Out, Data: filepath.Join(c.Out, demoData), Shorts: new(2), Style: []string{"karaoke", "phrase"}}
	began := time.Now()
	results, w, err := line.walk(ctx, con)
	if err == nil {
		err = line.tell(con, w, results)
	}
	if err != nil {
		return demoRound{}, err
	}
	if len(results) != 1 || len(results[0].manifests) == 0 {
		return demoRound{}, pipeline.Fail(pipeline.Internal, "no_moment", "", "the demo's own recording gave no moment")
	}
	m := results[0].manifests[0]
	return demoRound{path: m.Path, Manifest: m, took: time.Since(began)}, nil
}

// correct puts the one wrong word right and walks the line again.
func (c *demoCommand) correct(ctx context.Context, con console, d demo.Drawn, was demoRound) (*demo.Correction, demoRound, error) {
	kept, err := demo.Keep(c.Out, was.path, was.Manifest)
	if err != nil {
		return nil, demoRound{}, err
	}
	from, to, err := demo.Correct(d.Words)
	if err != nil {
		return nil, demoRound{}, err
	}
	fmt.Fprintf(con.Err, "%-10s %q becomes %q in %s\n", "correct", from, to, filepath.Base(d.Words))
	now, err := c.round(ctx, con, d)
	if err != nil {
		return nil, demoRound{}, err
	}
	return &demo.Correction{From: from, To: to, Was: was.Manifest, WasFile: kept, Took: now.took}, now, nil
}

func (c *demoCommand) page(ctx context.Context, con console, r *ffmpeg.Runner, in demo.PageInput) error {
	if err := demo.Page(ctx, in); err != nil {
		return err
	}
	fmt.Fprintf(con.Err, "%-10s open %s\n", "done", filepath.Join(c.Out, "index.html"))
	return nil
}

func inSeconds(d time.Duration) string { return fmt.Sprintf("%.0f s", d.Seconds()) }
