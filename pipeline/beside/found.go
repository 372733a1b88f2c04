package beside

import (
	"bytes"
	"context"
	"errors"
	"path"
	"slices"

	"dropcut/captions/transcript"
	"dropcut/pipeline"
	"dropcut/pipeline/drop"
	"dropcut/pipeline/marks"
	"dropcut/storage"
)

// File is one file that came with a recording.
type File struct {
	Path  string
	Body  []byte
	Asked bool // named by a person, not found
}

func (f File) sidecar() pipeline.Sidecar {
	return pipeline.Sidecar{Name: path.Base(f.Path), Digest: storage.DigestBytes(f.Body), Asked: f.Asked}
}

// Found is what came with one recording. Fields are zero where there is none.
type Found struct {
	Marks    []File
	Words    []File
	Plan     *File
	Defaults *File

	Drop  *pipeline.DropPlan // what Plan says
	Usual drop.Defaults      // what Defaults says
}

// Look reads what Find named. A sidecar that is no plain file, too large or gone
// is left out: nobody named it. One that the place does not give up now is that
// error, since who takes the rest would never read it again. A plan or defaults
// that are wrong are Invalid, with line and column.
func Look(ctx context.Context, p Place, paths Paths) (f Found, err error) {
	if paths.Defaults != "" {
		body, err := p.Read(ctx, paths.Defaults)
		if err != nil {
			return f, err
		}
		f.Defaults = &File{Path: paths.Defaults, Body: body}
		if f.Usual, err = drop.ParseDefaults(path.Base(paths.Defaults), body); err != nil {
			return f, err
		}
	}
	if paths.Plan != "" {
		body, err := p.Read(ctx, paths.Plan)
		if err != nil {
			return f, err
		}
		if err := f.UsePlan(File{Path: paths.Plan, Body: body}); err != nil {
			return f, err
		}
	}
	for _, file := range paths.Sidecars {
		body, err := p.Read(ctx, file)
		if errors.Is(err, pipeline.Invalid) || errors.Is(err, pipeline.NotFound) {
			continue
		}
		if err != nil {
			return f, err
		}
		switch kindOf(body) {
		case "words":
			f.Words = append(f.Words, File{Path: file, Body: body})
		case "marks":
			f.Marks = append(f.Marks, File{Path: file, Body: body})
		}
	}
	return f, nil
}

// UsePlan takes a drop plan; one that is wrong is Invalid, with line and column.
func (f *Found) UsePlan(file File) (err error) {
	f.Plan = &file
	f.Drop, err = drop.ParsePlan(path.Base(file.Path), file.Body)
	return err
}

// kindOf is what a file's content is: words, marks, or neither. WebVTT is marks
// only where its cues are chapters.
func kindOf(body []byte) string {
	source, pointed := marks.Told(body)
	switch {
	case pointed && source == marks.SourceWebVTT:
		return "marks"
	case transcript.Is(body):
		return "words"
	case pointed:
		return "marks"
	}
	return ""
}

// Into keeps every file in the data bucket under its digest and adds what they
// say to a brief in which stands what a person asked for: that wins over
// defaults.
func (f Found) Into(ctx context.Context, data storage.Bucket, brief *pipeline.Brief) error {
	f.merge(brief)
	for _, file := range f.Marks {
		if err := pin(ctx, data, file, &brief.Marks); err != nil {
			return err
		}
	}
	for _, file := range f.Words {
		if err := pin(ctx, data, file, &brief.Transcripts); err != nil {
			return err
		}
	}
	for _, one := range []struct {
		file *File
		to   **pipeline.Sidecar
	}{{f.Plan, &brief.Plan}, {f.Defaults, &brief.Defaults}} {
		if one.file == nil {
			continue
		}
		var kept []pipeline.Sidecar
		if err := pin(ctx, data, *one.file, &kept); err != nil {
			return err
		}
		*one.to = &kept[0]
	}
	return nil
}

// merge adds what plan and defaults say.
func (f Found) merge(brief *pipeline.Brief) {
	d := f.Usual
	if brief.Shorts < 0 {
		brief.Shorts = pipeline.UsualShorts
		if d.Shorts != nil {
			brief.Shorts = *d.Shorts
		}
	}
	for _, one := range []struct {
		to    *[]string
		usual []string
	}{{&brief.Aspects, d.Aspects}, {&brief.Layouts, d.Layouts}, {&brief.Styles, d.Styles}, {&brief.Languages, d.Languages}} {
		if len(*one.to) == 0 {
			*one.to = one.usual
		}
	}
	if len(brief.Hooks) == 0 {
		brief.UsualHooks = d.Hooks
	}
	brief.Pointing = append(slices.Clone(brief.Pointing), d.Pointing...)
	brief.Zone, brief.Drop = d.Zone, f.Drop
	if f.Drop != nil {
		brief.Dictionary = slices.Clone(f.Drop.Words)
		if brief.Zone == "" {
			brief.Zone = f.Drop.Zone
		}
	}
	brief.Dictionary = append(brief.Dictionary, d.Dictionary...)
}

// pin keeps one file under its digest and lists it, unless the list has it.
func pin(ctx context.Context, data storage.Bucket, file File, list *[]pipeline.Sidecar) error {
	s := file.sidecar()
	if slices.ContainsFunc(*list, func(o pipeline.Sidecar) bool { return o.Digest == s.Digest }) {
		return nil
	}
	if _, err := data.Put(ctx, storage.SidecarKey(s.Digest), bytes.NewReader(file.Body), s.Digest); err != nil {
		return err
	}
	*list = append(*list, s)
	return nil
}
