package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/counters"
)

// sharesCommand is what is counted of posts.
type sharesCommand struct {
	Show   sharesShowCommand   `cmd:"" default:"withargs" help:"Micro-share rates, the best first."`
	Import sharesImportCommand `cmd:"" help:"Tell a serve what platforms' exports, and files of one's own, count."`
}

// sharesImportCommand reads exports and tells a running serve.
type sharesImportCommand struct {
	remote
	Files    []string `arg:"" name:"file" help:"Exports of TikTok, Meta, YouTube or X, or files of one's own: docs/imports.md."`
	Observed string   `placeholder:"TIME" help:"When the counters were so (default: when the file was last changed)."`
	Zone     string   `placeholder:"ZONE" help:"Zone of times that have none, such as Europe/Berlin: the channel's (default: this machine's)."`
	Events   bool     `help:"The files are share events, in JSON."`
	Creator  string   `placeholder:"NAME" help:"Whose posts they are of; needed with a token that reaches everybody's."`
	DryRun   bool     `name:"dry-run" help:"Say what is read, and tell nobody."`
	JSON     bool     `name:"json" help:"Print one JSON document of what became of the rows."`
}

// Help is shown below the flags.
func (sharesImportCommand) Help() string {
	return "Example:\n\n  dropcut shares import --zone Europe/Berlin Content.csv\n\n" +
		"What a file is, its columns say. Rows that cannot be used are listed with their line and why. A row whose post\n" +
		"is not reported yet waits for it. The same file again counts nothing twice.\n\n" + exitHelp
}

// importBatch is how many rows one call tells.
const importBatch = 500

// imported is what became of the rows of all files.
type imported struct {
	Read       int         `json:"read"` // rows that could be read
	Counted    int         `json:"counted"`
	Known      int         `json:"known"`
	Unresolved int         `json:"unresolved"` // of those, rows whose post is not reported yet
	Unused     []unusedRow `json:"unused"`
}

// unusedRow is a row that was not taken, and why.
type unusedRow struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Why  string `json:"why"`
}

// importItem is a row as the API takes it, and where it stood.
type importItem struct {
	line int
	body any
}

// Run reads every file before it tells of any.
func (c *sharesImportCommand) Run(ctx context.Context, con console) error {
	out := imported{Unused: []unusedRow{}}
	all := map[string][]importItem{}
	for _, file := range c.Files {
		items, unused, err := c.read(file, con)
		if err != nil {
			return err
		}
		all[file], out.Unused = items, append(out.Unused, unused...)
	}
	for _, file := range slices.Compact(slices.Clone(c.Files)) {
		out.Read += len(all[file])
		if c.DryRun {
			continue
		}
		for batch := range slices.Chunk(all[file], importBatch) {
			if err := c.tell(ctx, file, batch, &out); err != nil {
				return err
			}
		}
	}
	return c.say(con, out)
}

// read is the rows of one file.
func (c *sharesImportCommand) read(file string, con console) (items []importItem, unused []unusedRow, err error) {
	at, zone, err := c.when(file)
	if err != nil {
		return nil, nil, err
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, nil, pipeline.Fail(pipeline.NotFound, "no_file", "", "open %s: %w", file, err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, counters.MostBytes+1))
	if err != nil {
		return nil, nil, pipeline.Fail(pipeline.Unavailable, "unreadable", "", "read %s: %w", file, err)
	}
	if c.Events {
		items, unused, err = readEvents(file, b)
		return items, unused, err
	}
	r, err := counters.Read(b, counters.Options{Observed: at, Zone: zone})
	if err != nil {
		e := pipeline.AsError(err, "")
		return nil, nil, pipeline.Fail(e.Kind, e.Code, e.Hint, "import %s: %w", file, err)
	}
	for _, u := range r.Unused {
		unused = append(unused, unusedRow{file, u.Line, u.Why})
	}
	for _, row := range r.Rows {
		items = append(items, importItem{row.Line, snapshotItem{row.Of, row.Source, row.At, row.Views, row.Shares, row.Likes, row.Comments, row.Grain}})
	}
	fmt.Fprintf(con.Err, "%-10s %s: %s, %d rows\n", "read", printable(file), r.Export, len(r.Rows))
	return items, unused, nil
}

// snapshotItem is one of the items of POST /v1/snapshots.
type snapshotItem struct {
	pipeline.Named
	Source   string         `json:"source"`
	At       time.Time      `json:"observed_at"`
	Views    *int64         `json:"views,omitempty"`
	Shares   *int64         `json:"shares,omitempty"`
	Likes    *int64         `json:"likes,omitempty"`
	Comments *int64         `json:"comments,omitempty"`
	Grain    pipeline.Grain `json:"grain,omitempty"`
}

// when is the time that a file's counters are of, and the zone of its times.
func (c *sharesImportCommand) when(file string) (time.Time, *time.Location, error) {
	zone, err := time.LoadLocation(c.Zone)
	if c.Zone == "" {
		zone, err = time.Local, nil
	}
	if err != nil {
		return time.Time{}, nil, pipeline.Fail(pipeline.Usage, "usage", "give an IANA name, such as Europe/Berlin", "%q is no zone", c.Zone)
	}
	if c.Observed != "" {
		for _, form := range []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"} {
			if t, err := time.ParseInLocation(form, c.Observed, zone); err == nil {
				return t, zone, nil
			}
		}
		return time.Time{}, nil, pipeline.Fail(pipeline.Usage, "usage", "write --observed \"2026-07-20 11:00\"", "%q is no time", c.Observed)
	}
	at, err := os.Stat(file)
	if err != nil {
		return time.Time{}, nil, pipeline.Fail(pipeline.NotFound, "no_file", "", "open %s: %w", file, err)
	}
	return at.ModTime(), zone, nil
}

// readEvents reads share events: a list, a list below items, or one a line.
func readEvents(file string, b []byte) (items []importItem, unused []unusedRow, err error) {
	var list []json.RawMessage
	var doc struct{ Items []json.RawMessage }
	switch {
	case len(b) > counters.MostBytes:
		return nil, nil, pipeline.Fail(pipeline.Invalid, "too_large", "split it", "%s has more than %d MiB", file, counters.MostBytes>>20)
	case json.Unmarshal(b, &list) == nil:
	case json.Unmarshal(b, &doc) == nil && doc.Items != nil:
		list = doc.Items
	default:
		for text := range bytes.Lines(b) {
			list = append(list, bytes.TrimSpace(text))
		}
	}
	for i, raw := range list {
		var members map[string]json.RawMessage
		switch {
		case len(raw) == 0:
		case json.Unmarshal(raw, &members) != nil || members == nil:
			unused = append(unused, unusedRow{file, i + 1, "it is no JSON object"})
		default:
			items = append(items, importItem{i + 1, raw})
		}
	}
	if len(items)+len(unused) == 0 {
		return nil, nil, pipeline.Fail(pipeline.Invalid, "no_events", "write one JSON object a line", "%s has no events", file)
	}
	return items, unused, nil
}

// tell tells a serve of a batch. It is safe to tell it again.
func (c *sharesImportCommand) tell(ctx context.Context, file string, batch []importItem, out *imported) error {
	bodies := make([]any, len(batch))
	for i, item := range batch {
		bodies[i] = item.body
	}
	var answer struct {
		Counted, Known, Unresolved int
		Refused                    []struct {
			Index  int
			Detail string
		}
	}
	path := "/v1/snapshots"
	if c.Events {
		path = "/v1/share-events"
	}
	if c.Creator != "" {
		path += "?creator=" + url.QueryEscape(c.Creator)
	}
	if err := c.tellOnce(ctx, path, map[string]any{"items": bodies}, &answer); err != nil {
		return err
	}
	out.Counted, out.Known, out.Unresolved = out.Counted+answer.Counted, out.Known+answer.Known, out.Unresolved+answer.Unresolved
	for _, r := range answer.Refused {
		if r.Index >= 0 && r.Index < len(batch) {
			out.Unused = append(out.Unused, unusedRow{file, batch[r.Index].line, r.Detail})
		}
	}
	return nil
}

// say tells what became of the rows. Some that were not taken are exit 9.
func (c *sharesImportCommand) say(con console, out imported) error {
	for _, u := range out.Unused {
		fmt.Fprintf(con.Err, "%-10s %s, line %d: %s\n", "not used", printable(u.File), u.Line, printable(u.Why))
	}
	switch {
	case c.JSON:
		if err := json.NewEncoder(con.Out).Encode(out); err != nil {
			return err
		}
	case c.DryRun:
		fmt.Fprintf(con.Out, "%d read, %d not used; nobody was told\n", out.Read, len(out.Unused))
	default:
		fmt.Fprintf(con.Out, "%d counted, %d known already, %d of a post that is not reported yet, %d not used\n", out.Counted, out.Known, out.Unresolved, len(out.Unused))
	}
	switch {
	case len(out.Unused) == 0:
		return nil
	case out.Counted+out.Known == 0 && !(c.DryRun && out.Read > 0):
		return pipeline.Fail(pipeline.Invalid, "nothing_used", "", "no row could be used")
	}
	return errSome
}
