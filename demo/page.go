package demo

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"html/template"
	"os"
	"path/filepath"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
)

// PageInput is what the contact sheet is made from. Every path lies in Folder:
// the page names its files relative to itself, so that the folder can be moved.
type PageInput struct {
	Folder     string         // index.html and strip.jpg go there
	Runner     *ffmpeg.Runner // makes the strip
	Recording  string         // path of the recording
	Document   string         // path of its recording.json
	Manifests  []string       // paths of its manifest.json, as they stand now
	Correction *Correction    // nil: none is shown
	Figures    []Figure       // what it took, at the foot of the page
}

// Figure is one number that the page ends with.
type Figure struct {
	Name  string // "first short"
	Value string // "41 s"
}

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// mostFile bounds the documents that are read.
const mostFile = 64 << 20

// Page writes the contact sheet: index.html, and the strip of the recording
// beside it. It needs nothing from the network and no server. A document that
// cannot be read is NotFound or Corrupt.
func Page(ctx context.Context, in PageInput) error {
	var doc struct {
		Recording pipeline.ManifestRecording `json:"recording"`
		Marks     []pipeline.ManifestMark    `json:"marks"`
	}
	if err := readJSON(in.Document, &doc); err != nil {
		return err
	}
	p := page{rel: in.relative, Marks: pageMarks(doc.Marks, doc.Recording.DurationMS), Figures: in.Figures}
	p.describe(doc.Recording, filepath.Base(in.Recording))
	for _, file := range in.Manifests {
		var m pipeline.Manifest
		if err := readJSON(file, &m); err != nil {
			return err
		}
		if err := p.add(m, file, doc.Marks); err != nil {
			return err
		}
		if c := in.Correction; c != nil && c.Was.Moment.ID == m.Moment.ID {
			p.correct(*c, m, file)
			p.Moments[len(p.Moments)-1].cost(c.Was.Made) // what the moment took is what its first round took
		}
	}
	length := time.Duration(doc.Recording.DurationMS) * time.Millisecond
	if err := strip(ctx, in.Runner, in.Recording, length, in.Folder, p.Strip); err != nil {
		return err
	}
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, p); err != nil {
		return pipeline.Fail(pipeline.Internal, "page", "", "write the contact sheet: %w", err)
	}
	return replace(filepath.Join(in.Folder, "index.html"), out.Bytes())
}

// relative is a file's path as the page names it.
func (in PageInput) relative(file string) (string, error) {
	rel, err := filepath.Rel(in.Folder, file)
	if err != nil || !filepath.IsLocal(rel) {
		return "", pipeline.Fail(pipeline.Usage, "outside", "", "%s does not lie in %s", file, in.Folder)
	}
	return filepath.ToSlash(rel), nil
}

func readJSON(file string, v any) error {
	info, err := os.Stat(file)
	if err != nil {
		return pipeline.Fail(pipeline.NotFound, "no_document", "", "read %s: %w", filepath.Base(file), err)
	}
	if info.Size() > mostFile {
		return pipeline.Fail(pipeline.Corrupt, "document", "", "%s is larger than any of ours", filepath.Base(file))
	}
	b, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(b, v)
	}
	if err != nil {
		return pipeline.Fail(pipeline.Corrupt, "document", "run again: it is written anew", "read %s: %w", filepath.Base(file), err)
	}
	return nil
}

// replace writes a file whole or not at all.
func replace(file string, b []byte) error {
	temp := file + ".part"
	if err := os.WriteFile(temp, b, 0o644); err != nil {
		return pipeline.Fail(pipeline.Unavailable, "storage", "", "write %s: %w", filepath.Base(file), err)
	}
	if err := os.Rename(temp, file); err != nil {
		return pipeline.Fail(pipeline.Unavailable, "storage", "", "write %s: %w", filepath.Base(file), err)
	}
	return nil
}
