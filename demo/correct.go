package demo

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"dropcut/pipeline"
)

// Correction is one word that was wrong, as the page shows it.
type Correction struct {
	From, To string            // as it was, as it is
	Was      pipeline.Manifest // before
	WasFile  string            // a copy of one of its files, from Keep
	Took     time.Duration     // the round that made it right
}

// The demo's first words have a slip in them, as a transcriber's would.
const (
	heard = "The Moon Lamb!"
	meant = "The Moon Lamp!"
)

// Mishear puts one wrong word into the demo's words.
func Mishear(words string) error { return swap(words, meant, heard) }

// Correct puts it right, and says what the word was and is.
func Correct(words string) (from, to string, err error) {
	return "Lamb", "Lamp", swap(words, heard, meant)
}

func swap(file, from, to string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return pipeline.Fail(pipeline.NotFound, "no_words", "", "read the demo's words: %w", err)
	}
	if strings.Count(string(b), from) != 1 {
		return pipeline.Fail(pipeline.Conflict, "other_words", "draw the recording again", "%s does not say %q once", filepath.Base(file), from)
	}
	temp := file + ".part"
	if err := os.WriteFile(temp, []byte(strings.Replace(string(b), from, to, 1)), 0o644); err != nil {
		return pipeline.Fail(pipeline.Unavailable, "storage", "", "write the demo's words: %w", err)
	}
	return os.Rename(temp, file)
}

// Keep copies the file of a moment that the page will show as "before" to
// folder/before.mp4: the next round replaces it. manifest is the path of the
// moment's manifest.json, m what stands in it.
func Keep(folder, manifest string, m pipeline.Manifest) (file string, err error) {
	v, ok := shown(m)
	if !ok {
		return "", pipeline.Fail(pipeline.NotFound, "nothing_made", "", "no file of %s is made", filepath.Base(filepath.Dir(manifest)))
	}
	in, err := os.Open(filepath.Join(filepath.Dir(manifest), filepath.Base(v.File)))
	if err != nil {
		return "", pipeline.Fail(pipeline.NotFound, "nothing_made", "", "open the file to keep: %w", err)
	}
	defer in.Close()
	file = filepath.Join(folder, "before.mp4")
	out, err := os.Create(file)
	if err != nil {
		return "", pipeline.Fail(pipeline.Unavailable, "storage", "", "keep a copy: %w", err)
	}
	if _, err = io.Copy(out, in); err != nil {
		_ = out.Close()
		return "", pipeline.Fail(pipeline.Unavailable, "storage", "", "keep a copy: %w", err)
	}
	return file, out.Close()
}

// shown is the file that the page shows first: of the best short, else of the core.
func shown(m pipeline.Manifest) (pipeline.ManifestVariant, bool) {
	for _, kind := range []pipeline.ClipKind{pipeline.Short, pipeline.Core} {
		for _, c := range m.Clips {
			for _, v := range c.Variants {
				if c.Kind == kind && v.File != "" {
					return v, true
				}
			}
		}
	}
	return pipeline.ManifestVariant{}, false
}
