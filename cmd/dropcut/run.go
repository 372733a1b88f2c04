package main

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"golang.org/x/text/language"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/pipeline/beside"
	"dropcut/pipeline/marks"
	"dropcut/pipeline/publish"
	"dropcut/storage/catalog"
)

// runCommand walks the whole line here, in process, and writes to a folder.
type runCommand struct {
	Recordings []string `arg:"" name:"recording" help:"Recordings: MP4, MOV, MKV, WebM, TS or FLV."`

	Out          string   `default:"./clips" placeholder:"DIR" help:"Where clips go (default ${default})."`
	Data         string   `placeholder:"DIR" help:"Where the catalogue, segments and excerpts are kept (default OUT/.dropcut)."`
	Mark         []string `sep:"none" placeholder:"\"7:45-8:10 LABEL\"" help:"A mark, as a time or a range with a label. Repeatable."`
	Marks        string   `placeholder:"FILE" help:"A file of marks, in any of over two dozen formats, told by content: docs/marks.md."`
	Transcript   string   `placeholder:"FILE" help:"The words: SRT, VTT and most other captions, or the JSON of a recogniser; counted from the recording's start."`
	Recogniser   string   `placeholder:"NAME" help:"Who hears the words where no file has them: whisper, openai, none (default: what is set up)."`
	Spoken       string   `placeholder:"TAG" help:"The language spoken: of the words that clips are cut by, and for the recogniser; else it tells."`
	ProposeHooks bool     `help:"Let the configured service propose hooks too."`
	Translate    []string `sep:"none" placeholder:"TAG" help:"A further language for the captions, through the configured service. Repeatable."`
	Plan         string   `placeholder:"FILE" help:"The drop plan (default drop.yaml beside the recording)."`
	Hook         []string `sep:"none" placeholder:"TEXT" help:"An opening line. Repeatable."`
	Style        []string `sep:"none" placeholder:"NAME" help:"Caption style: karaoke, phrase, subtitle, none. Repeatable."`
	Aspect       []string `sep:"none" placeholder:"A:B" help:"Aspect: 9:16, 1:1, 16:9, 4:5. Repeatable."`
	Layout       []string `sep:"none" placeholder:"NAME" help:"How the picture fills the frame: fill, fit. Repeatable."`
	Language     []string `sep:"none" placeholder:"TAG" help:"Caption language, such as en. Repeatable."`
	Pointing     []string `sep:"none" placeholder:"WORD" help:"A further word that makes a chapter a mark when its label begins with it. Repeatable."`
	Mask         bool     `help:"Hide swear words in captions and hooks: f**k."`
	Shorts       *int     `placeholder:"N" help:"At most so many shorts a moment, 0 to 3 (default 3)."`
	AllVariants  bool     `help:"Make every combination of aspect, layout, style and hook."`
	NoProposals  bool     `help:"Propose nothing where nobody pointed at anything."`
	PlanOnly     bool     `help:"Say what would be cut and why; make nothing."`
	JSON         bool     `name:"json" help:"Print one manifest a line on stdout."`
	Quiet        bool     `short:"q" help:"Say nothing but errors."`

	Config kong.ConfigFlag `placeholder:"FILE" help:"Read flags from a JSON file."`

	found []beside.Found // with each recording
}

// Help is shown below the flags.
func (runCommand) Help() string {
	return `Example:

  dropcut run --mark "7:45-8:10 the reveal" --transcript stream.srt stream.mp4

Marks and words that lie beside the recording (stream.csv, stream.srt, …) are found by themselves,
and so are the drop plan (drop.yaml) and your defaults (.dropcut.yaml). Without any mark
dropcut listens to the whole recording and proposes what stands out in it.

` + exitHelp
}

// Run makes the clips.
func (c *runCommand) Run(ctx context.Context, con console) error {
	results, w, err := c.walk(ctx, con)
	if err != nil {
		return err
	}
	return c.tell(con, w, results)
}

// walk walks the line once and says how each recording ended.
func (c *runCommand) walk(ctx context.Context, con console) ([]result, *watch, error) {
	if err := c.validate(); err != nil {
		return nil, nil, err
	}
	if len(c.Recordings) == 1 {
		if _, _, refused := locate(c.Recordings[0]); refused != nil {
			return nil, nil, refused // before any folder is made
		}
	}
	c.found = nil
	for _, path := range c.Recordings {
		f, err := cameWith(ctx, path, c.Plan, c.Marks, c.Transcript)
		if err != nil {
			return nil, nil, err
		}
		c.found = append(c.found, f)
	}
	if c.Data == "" {
		c.Data = filepath.Join(c.Out, ".dropcut")
	}
	h, err := openWorkshop(ctx, c.Out, c.Data, con)
	if err != nil {
		return nil, nil, err
	}
	defer h.Close()
	if err := h.useFonts(c.found); err != nil {
		return nil, nil, err
	}
	if h.hears, err = recogniser(c.Recogniser, h.runner); err != nil {
		return nil, nil, err
	}
	if h.tells, err = translator(c.Translate); err != nil {
		return nil, nil, err
	}
	if h.writes, err = proposer(c.ProposeHooks); err != nil {
		return nil, nil, err
	}
	w := newWatch(con.Err, c.Quiet, h.outPath)
	w.name, w.marks = h.name, h.marksOf
	defer w.Close()
	results, err := c.make(ctx, h, w)
	return results, w, err
}

func (c *runCommand) validate() error {
	usage := func(format string, args ...any) error {
		return pipeline.Fail(pipeline.Usage, "usage", "see dropcut run --help", format, args...)
	}
	if len(c.Recordings) > 1 && (len(c.Mark) > 0 || c.Marks != "" || c.Transcript != "") {
		return usage("--mark, --marks and --transcript belong to one recording; %d were named", len(c.Recordings))
	}
	if c.Shorts != nil && (*c.Shorts < 0 || *c.Shorts > pipeline.UsualShorts) {
		return usage("--shorts %d: 0 to %d", *c.Shorts, pipeline.UsualShorts)
	}
	for _, a := range c.Aspect {
		if !slices.Contains(pipeline.Aspects(), a) {
			return usage("--aspect %q: one of %s", a, strings.Join(pipeline.Aspects(), ", "))
		}
	}
	for _, l := range c.Layout {
		if !slices.Contains(pipeline.Layouts(), l) {
			return usage("--layout %q: one of %s", l, strings.Join(pipeline.Layouts(), ", "))
		}
	}
	for _, s := range c.Style {
		if !slices.Contains(captions.Styles(), s) {
			return usage("--style %q: one of %s", s, strings.Join(captions.Styles(), ", "))
		}
	}
	for _, tag := range append([]string{c.Spoken}, c.Translate...) {
		if _, err := language.Parse(tag); err != nil && tag != "" {
			return usage("%q is no language tag, such as de or pt-BR", tag)
		}
	}
	if _, err := recogniser(c.Recogniser, nil); err != nil {
		return err
	}
	if _, err := translator(c.Translate); err != nil {
		return err
	}
	if _, err := proposer(c.ProposeHooks); err != nil {
		return err
	}
	for _, m := range c.Mark {
		if _, err := marks.ParseFlag(m); err != nil {
			return pipeline.Fail(pipeline.Usage, "usage", pipeline.AsError(err, "").Hint, "--mark %q: %w", m, err)
		}
	}
	return nil
}

// make enqueues every recording, drains the rows and reads how each ended.
func (c *runCommand) make(ctx context.Context, h *workshop, w *watch) ([]result, error) {
	if err := h.db.Forget(ctx); err != nil {
		return nil, err
	}
	round := pipeline.Mint(pipeline.RoundID)
	for i := range c.Recordings {
		if err := c.enqueue(ctx, h, i, round); err != nil {
			return nil, err
		}
	}
	if err := h.drain(w, h.steps()).Run(ctx); err != nil {
		return nil, err
	}
	var out []result
	for _, path := range c.Recordings {
		r, err := h.result(ctx, path, round)
		if err != nil {
			return nil, err
		}
		if r.recording != nil && !c.PlanOnly {
			if err := publish.Tidy(ctx, h.db, h.output, r.recording.ID); err != nil {
				return nil, err
			}
		}
		out = append(out, r)
	}
	return out, nil
}

// enqueue pins a recording's sidecars and adds its first piece of work. What
// is wrong with one recording becomes that recording's failure, not the run's.
func (c *runCommand) enqueue(ctx context.Context, h *workshop, i int, round string) error {
	path := c.Recordings[i]
	brief := pipeline.Brief{Flags: c.Mark, Hooks: c.Hook, Aspects: c.Aspect, Layouts: c.Layout, Styles: c.Style,
		Languages: c.Language, Spoken: c.Spoken, Translate: c.Translate, ProposeHooks: c.ProposeHooks, Pointing: c.Pointing, Shorts: -1, Mask: c.Mask, AllVariants: c.AllVariants,
		PlanOnly: c.PlanOnly, NoProposals: c.NoProposals}
	if c.Shorts != nil {
		brief.Shorts = *c.Shorts
	}
	if err := c.found[i].Into(ctx, h.data, &brief); err != nil {
		return err
	}
	doc, err := request(path, brief)
	if err != nil {
		return err
	}
	return h.db.Write(ctx, func(tx *catalog.Tx) error {
		_, err := tx.Enqueue(catalog.Work{Kind: pipeline.Ingest, Subject: path, Input: round, Priority: int64(i) * 1000, Doc: doc})
		return err
	})
}
