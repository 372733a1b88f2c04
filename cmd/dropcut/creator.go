package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/pipeline/drop"
	"dropcut/storage"
)

// defaultsName is the file of a creator's defaults.
const defaultsName = ".dropcut.yaml"

// planNames are the files of a drop plan.
var planNames = []string{"drop.yaml", "drop.yml"}

// beforehand is what a creator wrote before the show: the plan of one drop, and
// defaults for all. Fields are zero where there is no such file.
type beforehand struct {
	plan     *pipeline.DropPlan
	defaults drop.Defaults
	files    struct{ plan, defaults written }
	asked    bool // the plan was named, not found
}

// written is one file.
type written struct {
	path string
	body []byte
}

// readBeforehand reads the plan and the defaults of a recording: the plan that
// was named, else the one that lies beside it, and the nearest defaults. A file
// that is wrong is Invalid, with its line and column.
func readBeforehand(recording, named string) (b beforehand, err error) {
	if path := nearestDefaults(recording); path != "" {
		if b.files.defaults, err = readWritten(path); err != nil {
			return b, err
		}
		if b.defaults, err = drop.ParseDefaults(filepath.Base(path), b.files.defaults.body); err != nil {
			return b, err
		}
	}
	b.asked = named != ""
	if named == "" {
		named = planBeside(recording)
	}
	if named == "" {
		return b, nil
	}
	if b.files.plan, err = readWritten(named); err != nil {
		return b, err
	}
	b.plan, err = drop.ParsePlan(filepath.Base(named), b.files.plan.body)
	return b, err
}

func readWritten(path string) (written, error) {
	body, err := readSidecar(path)
	return written{path, body}, err
}

// planBeside is the drop plan that lies beside a recording; "" for none.
func planBeside(recording string) string {
	folder, base := filepath.Split(recording)
	stem := strings.TrimSuffix(base, filepath.Ext(base))
	for _, at := range []func(name string) string{
		func(name string) string { return filepath.Join(folder, stem+"."+name) },
		func(name string) string { return filepath.Join(folder, stem, name) },
		func(name string) string { return filepath.Join(folder, name) },
	} {
		for _, name := range planNames {
			if stem != "" && isRegular(at(name)) {
				return at(name)
			}
		}
	}
	return ""
}

// nearestDefaults is the .dropcut.yaml in a recording's folder, else in the
// folders above it as far as the working folder; "" for none.
func nearestDefaults(recording string) string {
	path, err := filepath.Abs(recording)
	if err != nil {
		return ""
	}
	here, err := os.Getwd()
	if err != nil {
		here = ""
	}
	for folder := filepath.Dir(path); ; folder = filepath.Dir(folder) {
		if file := filepath.Join(folder, defaultsName); isRegular(file) {
			return file
		}
		below, err := filepath.Rel(here, folder)
		if err != nil || below == "." || !filepath.IsLocal(below) {
			return ""
		}
	}
}

func isRegular(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// isBeforehand reports whether a file is a plan or defaults by its name, and so
// neither marks nor words.
func isBeforehand(name string) bool {
	name = strings.ToLower(name)
	return name == defaultsName || slices.ContainsFunc(planNames, func(p string) bool { return name == p || strings.HasSuffix(name, "."+p) })
}

// into adds what was written beforehand to a brief in which stands what flags
// say: they win over defaults.
func (b beforehand) into(brief *pipeline.Brief) {
	d := b.defaults
	for _, f := range []struct {
		to    *[]string
		usual []string
	}{{&brief.Aspects, d.Aspects}, {&brief.Layouts, d.Layouts}, {&brief.Styles, d.Styles}, {&brief.Languages, d.Languages}} {
		if len(*f.to) == 0 {
			*f.to = f.usual
		}
	}
	if len(brief.Hooks) == 0 {
		brief.UsualHooks = d.Hooks
	}
	brief.Pointing = append(slices.Clone(brief.Pointing), d.Pointing...)
	brief.Zone, brief.Drop = d.Zone, b.plan
	if b.plan != nil {
		brief.Dictionary = slices.Clone(b.plan.Words)
		if brief.Zone == "" {
			brief.Zone = b.plan.Zone
		}
	}
	brief.Dictionary = append(brief.Dictionary, d.Dictionary...)
}

// keepBeforehand keeps both files in the data bucket, and names them in the brief.
func (h *workshop) keepBeforehand(ctx context.Context, b beforehand, brief *pipeline.Brief) error {
	for _, f := range []struct {
		file  written
		asked bool
		to    **pipeline.Sidecar
	}{{b.files.plan, b.asked, &brief.Plan}, {b.files.defaults, false, &brief.Defaults}} {
		if f.file.path == "" {
			continue
		}
		s := pipeline.Sidecar{Name: filepath.Base(f.file.path), Digest: storage.DigestBytes(f.file.body), Asked: f.asked}
		if _, err := h.data.Put(ctx, storage.SidecarKey(s.Digest), bytes.NewReader(f.file.body), s.Digest); err != nil {
			return err
		}
		*f.to = &s
	}
	return nil
}

// ownFonts are the files and folders of fonts that the defaults name.
func (b beforehand) ownFonts() (out []string) {
	for _, f := range b.defaults.Fonts {
		out = append(out, filepath.Join(filepath.Dir(b.files.defaults.path), filepath.FromSlash(f)))
	}
	return out
}

// useFonts sets captions in the fonts that creators bring, unless DROPCUT_FONTS
// names others. One run has one set of fonts: recordings whose defaults name
// different ones are Usage.
func (h *workshop) useFonts(all []beforehand) (err error) {
	if len(all) == 0 || os.Getenv("DROPCUT_FONTS") != "" {
		return nil
	}
	own := all[0].ownFonts()
	for _, b := range all[1:] {
		if !slices.Equal(own, b.ownFonts()) {
			return pipeline.Fail(pipeline.Usage, "usage", "run them one after the other", "%s and %s name different fonts",
				fileName(all[0].files.defaults.path), fileName(b.files.defaults.path))
		}
	}
	if len(own) == 0 {
		return nil
	}
	for _, path := range own {
		if _, err := os.Stat(path); err != nil {
			return pipeline.Fail(pipeline.NotFound, "no_such_file", "check fonts in "+all[0].files.defaults.path, "read fonts: %w", err)
		}
	}
	if h.fonts, err = captions.LoadOwnFonts(own); err != nil {
		return pipeline.Fail(pipeline.Internal, "fonts", "", "load fonts: %w", err)
	}
	return nil
}

func fileName(path string) string {
	if path == "" {
		return "a recording without defaults"
	}
	return path
}
