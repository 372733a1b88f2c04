package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/ingest"
	"dropcut/pipeline/inspect"
	"dropcut/pipeline/marks"
	"dropcut/storage/catalog"
	"dropcut/workers"
)

// inspectCommand shows what dropcut sees in a recording. It makes no clips.
type inspectCommand struct {
	Recording   string   `arg:"" name:"recording" help:"A recording, or the ID of one that is known under --data, or of a task that takes one in: r_…, w_…"`
	Mark        []string `sep:"none" placeholder:"\"7:45-8:10 LABEL\"" help:"A mark, as a time or a range with a label. Repeatable."`
	Marks       string   `placeholder:"FILE" help:"A file of marks, in any of over two dozen formats, told by content: docs/marks.md."`
	Plan        string   `placeholder:"FILE" help:"The drop plan (default drop.yaml beside the recording)."`
	Pointing    []string `sep:"none" placeholder:"WORD" help:"A further word that makes a chapter a mark when its label begins with it. Repeatable."`
	Transcript  string   `placeholder:"FILE" help:"The words: they help to propose moments where nobody pointed."`
	NoProposals bool     `help:"Propose nothing where nobody pointed at anything."`
	Data        string   `default:"./clips/.dropcut" placeholder:"DIR" help:"Where known recordings are kept (default ${default})."`
	Server      string   `env:"DROPCUT_SERVER" placeholder:"URL" help:"Ask a running serve about an ID, such as http://127.0.0.1:8420."`
	JSON        bool     `name:"json" help:"Print one JSON document."`
}

// Help is shown below the flags.
func (inspectCommand) Help() string {
	return `Example:

  dropcut inspect stream.mp4 --marks markers.csv
  dropcut inspect --server http://127.0.0.1:8420 r_06h1c542bnxnbg8768cpyhwn

Of an ID it also lists moments, clips and variants with theirs, which dropcut make and dropcut retry take.

` + exitHelp
}

// Run shows one recording.
func (c *inspectCommand) Run(ctx context.Context, con console) error {
	if pipeline.HasPrefix(c.Recording, pipeline.WorkID) {
		l, err := c.landing(ctx)
		if err != nil {
			return err
		}
		if l.Recording == "" {
			return c.printLanding(con, l)
		}
		c.Recording = l.Recording
	}
	doc, err := c.document(ctx, con)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(con.Out).Encode(doc)
	}
	if err := printDocument(con, doc); err != nil || !c.isID() {
		return err
	}
	return printKnown(con, doc)
}

// isID reports whether a recording was named that a catalogue knows.
func (c *inspectCommand) isID() bool { return pipeline.HasPrefix(c.Recording, pipeline.RecordingID) }

// serving is the data folder of a serve on this machine: --data, unless that is
// the one of a run.
func (c *inspectCommand) serving() string {
	if _, err := os.Stat(filepath.Join(c.Data, linkKeyName)); err != nil {
		return defaultServing
	}
	return c.Data
}

// document is what is known of a recording: of a serve, of a catalogue, or by
// looking at it.
func (c *inspectCommand) document(ctx context.Context, con console) (doc inspect.Document, err error) {
	read := func(db *catalog.DB, id string) error {
		return db.Write(ctx, func(tx *catalog.Tx) (err error) {
			doc, err = inspect.Recording(tx, id)
			return err
		})
	}
	if c.isID() {
		if c.Server != "" {
			return doc, remote{c.Server, c.serving()}.ask(ctx, http.MethodGet, "/v1/recordings/"+url.PathEscape(c.Recording), &doc)
		}
		db, err := c.known(ctx)
		if err != nil {
			return doc, err
		}
		defer db.Close()
		return doc, read(db, c.Recording)
	}
	scratch, err := os.MkdirTemp("", "dropcut-inspect-")
	if err != nil {
		return doc, pipeline.Fail(pipeline.NoRoom, "no_temp", "set TMPDIR to a folder with room", "make a temporary folder: %w", err)
	}
	defer os.RemoveAll(scratch)
	h, err := openWorkshop(ctx, scratch, scratch, con)
	if err != nil {
		return doc, err
	}
	defer h.Close()
	id, err := c.look(ctx, h, con)
	if err != nil {
		return doc, err
	}
	return doc, read(h.db, id)
}

// known is the catalogue under --data.
func (c *inspectCommand) known(ctx context.Context) (*catalog.DB, error) {
	file := filepath.Join(c.Data, "catalog.db")
	if _, err := os.Stat(file); err != nil {
		return nil, pipeline.Fail(pipeline.NotFound, "no_catalogue", "name the folder with --data, or a running serve with --server", "there is no catalogue in %s", c.Data)
	}
	return catalog.Open(ctx, file) // beside whoever works with it: SQLite lets readers in
}

// look walks the line as far as detect.
func (c *inspectCommand) look(ctx context.Context, h *workshop, con console) (string, error) {
	brief := pipeline.Brief{Flags: c.Mark, Pointing: c.Pointing, NoProposals: c.NoProposals}
	found, err := cameWith(ctx, c.Recording, c.Plan, c.Marks, c.Transcript)
	if err != nil {
		return "", err
	}
	if err := found.Into(ctx, h.data, &brief); err != nil {
		return "", err
	}
	body, err := request(c.Recording, brief)
	if err != nil {
		return "", err
	}
	round := pipeline.Mint(pipeline.RoundID)
	err = h.db.Write(ctx, func(tx *catalog.Tx) error {
		_, err := tx.Enqueue(catalog.Work{Kind: pipeline.Ingest, Subject: c.Recording, Input: round, Doc: body})
		return err
	})
	if err != nil {
		return "", err
	}
	steps := h.steps()
	if take, ok := steps[pipeline.Ingest].(*ingest.Step); ok {
		take.Least = time.Nanosecond // one that is too short for a clip has marks to be seen
	}
	stop := workers.StepFunc(func(context.Context, catalog.Work, func(float64)) (catalog.Outcome, error) {
		return catalog.Outcome{}, nil
	})
	steps[pipeline.Excerpt], steps[pipeline.Publish] = stop, stop
	w := newWatch(con.Err, false, h.outPath)
	w.hushed, w.name = true, h.name
	defer w.Close()
	if err := h.drain(w, steps).Run(ctx); err != nil {
		return "", err
	}
	r, err := h.result(ctx, c.Recording, round)
	switch {
	case err != nil:
		return "", err
	case r.recording == nil:
		return "", r.failures[0]
	}
	for _, f := range r.failures {
		if f.Code != "no_moment" && pipeline.KindOf(f) != pipeline.NotFound {
			return "", f
		}
	}
	return r.recording.ID, nil
}

// startedBy is who says when a recording began, for people.
var startedBy = map[string]string{
	pipeline.StartFromName: "name", pipeline.StartFromContainer: "creation time", pipeline.StartFromModified: "time of last writing",
}

// printDocument is a recording as a person reads it.
func printDocument(con console, d inspect.Document) error {
	w := tabwriter.NewWriter(con.Out, 0, 0, 2, ' ', 0)
	r := d.Recording
	fmt.Fprintf(w, "recording\t%s\t%s, %s, %dx%d, %s frames/s\n", r.ID, printable(d.Name), clock(r.DurationMS), r.Width, r.Height, r.FrameRate)
	if r.StartedAt != nil {
		fmt.Fprintf(w, "started\t%s\tby its %s ± %d ms\n", r.StartedAt.Format(time.RFC3339), startedBy[r.StartedFrom], r.StartedPrecisionMS)
	}
	if d.BytesRead > 0 {
		fmt.Fprintf(w, "read\t%s\tof it, by all steps\n", megabytes(d.BytesRead))
	}
	for _, n := range d.Notes {
		fmt.Fprintf(w, "note\t%s\t%s%s\n", n.Code, printable(n.Detail), printable(hintOf(n)))
	}
	for _, x := range d.Delayed {
		fmt.Fprintf(w, "waits\t%s of %s\t%s: %s (%s)\n", x.Step, x.Subject, x.Code, printable(x.Detail), x.Hint)
	}
	for _, m := range d.Marks {
		said := "used"
		if !m.Used {
			said = "unused: " + m.Unused
		}
		if m.Source == marks.SourceSignal {
			fmt.Fprintf(w, "candidate\t%s\tconfidence %.2f, %s: %s\n", clock(m.AtMS), m.Confidence, printable(weighed(m)), printable(strings.Join(m.Why, "; ")))
			continue
		}
		at := clock(m.AtMS)
		if m.EndMS != nil {
			at += "-" + clock(*m.EndMS)
		}
		fmt.Fprintf(w, "mark\t%s\t%q (%s ± %d ms): %s\n", at, printable(m.Label), m.Source, m.PrecisionMS, printable(said))
	}
	for _, m := range d.Moments {
		fmt.Fprintf(w, "moment\t%s-%s\t%q, payoff %s-%s, confidence %.2f, %s\n", clock(m.StartMS), clock(m.EndMS), printable(m.Label),
			clock(m.PayoffStartMS), clock(m.PayoffEndMS), m.Confidence, standing(m.State))
		for _, x := range m.Clips {
			fmt.Fprintf(w, "  %s\t%s-%s\t%d points: %s\n", x.Kind, clock(x.InMS), clock(x.OutMS), x.Points, printable(strings.Join(x.Why, "; ")))
			for _, o := range x.Over {
				fmt.Fprintf(w, "    not\t%s-%s\t%d points: %s\n", clock(o.InMS), clock(o.OutMS), o.Points, o.Lost)
			}
		}
	}
	return w.Flush()
}

// weighed says whether a candidate that nobody pointed at won, or why it lost.
func weighed(m pipeline.ManifestMark) string {
	if m.Used {
		return "proposed"
	}
	return "not proposed (" + m.Unused + ")"
}

// standing is a moment's state, and why it is no further where that is a choice.
func standing(s pipeline.MomentState) string {
	if s == pipeline.MomentOffered {
		return "offered: five surer ones are made first"
	}
	return string(s)
}

// clock is milliseconds as a person reads them: 1:02:03.400.
func clock(ms int64) string {
	d := time.Duration(ms) * time.Millisecond
	h, m, s := int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60
	text := fmt.Sprintf("%d:%02d.%03d", m, s, ms%1000)
	if h > 0 {
		text = fmt.Sprintf("%d:%02d:%02d.%03d", h, m, s, ms%1000)
	}
	return text
}
