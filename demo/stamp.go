package demo

import (
	"crypto/sha256"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
)

// stampName is what Draw leaves beside a recording to know it by again.
const stampName = ".night-market.json"

// stamp says how a recording was drawn, and what else Draw gave.
type stamp struct {
	Drawing string        `json:"drawing"` // which version of the drawing
	Length  time.Duration `json:"length_ns"`
	Width   int           `json:"width"`
	Height  int           `json:"height"`
	Digest  string        `json:"sha256"`  // of the recording
	Words   string        `json:"words"`   // what stood in the file of words
	Markers string        `json:"markers"` // and in that of markers
	Drawn   Drawn         `json:"drawn"`   // its paths are empty
}

// drawingFiles is all that decides what is seen and heard.
//
//go:embed canvas.go crowd.go draw.go film.go host.go lamp.go letters.go marks.go mix.go music.go overlay.go people.go
//go:embed script.go shape.go shots.go speech.go sprite.go stage.go stall.go street.go
var drawingFiles embed.FS

// drawing names this version of the drawing by its own source.
var drawing = sync.OnceValue(func() string {
	all, err := drawingFiles.ReadDir(".")
	if err != nil {
		panic(err) // it was embedded
	}
	sum := sha256.New()
	for _, f := range all {
		b, err := drawingFiles.ReadFile(f.Name())
		if err != nil {
			panic(err)
		}
		sum.Write(b)
	}
	return fmt.Sprintf("%x", sum.Sum(nil))
})

// kept is the recording that dir holds already, if it is whole and would be
// drawn the same: by this drawing, with these options, by a voice no worse. Its
// words and markers are written anew, as they were drawn.
func (o Options) kept(dir string, r *ffmpeg.Runner) (Drawn, bool) {
	b, err := os.ReadFile(filepath.Join(dir, stampName))
	var s stamp
	if err != nil || json.Unmarshal(b, &s) != nil {
		return Drawn{}, false
	}
	if s.Drawing != drawing() || s.Length != o.Length || s.Width != o.Width || s.Height != o.Height {
		return Drawn{}, false
	}
	if _, err := r.Find(ffmpeg.Speaker); err == nil && s.Drawn.Babble {
		return Drawn{}, false // somebody can speak by now
	}
	if digest, err := digestOf(filepath.Join(dir, RecordingName)); err != nil || digest != s.Digest {
		return Drawn{}, false
	}
	for name, text := range map[string]string{WordsName: s.Words, MarkersName: s.Markers} {
		if replace(filepath.Join(dir, name), []byte(text)) != nil {
			return Drawn{}, false
		}
	}
	d := s.Drawn.in(dir)
	d.Kept = true
	return d, true
}

// stamped writes the stamp of what was drawn into dir.
func (o Options) stamped(dir string, d Drawn) error {
	s := stamp{Drawing: drawing(), Length: o.Length, Width: o.Width, Height: o.Height, Drawn: d.in("")}
	for name, to := range map[string]*string{WordsName: &s.Words, MarkersName: &s.Markers} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return pipeline.Fail(pipeline.Unavailable, "storage", "", "read %s: %w", name, err)
		}
		*to = string(b)
	}
	var err error
	if s.Digest, err = digestOf(filepath.Join(dir, RecordingName)); err != nil {
		return pipeline.Fail(pipeline.Unavailable, "storage", "", "read %s: %w", RecordingName, err)
	}
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return replace(filepath.Join(dir, stampName), b)
}

// in is what was drawn, with its files in dir; "" leaves their paths out.
func (d Drawn) in(dir string) Drawn {
	d.Recording, d.Words, d.Markers = "", "", ""
	if dir != "" {
		d.Recording, d.Words, d.Markers = filepath.Join(dir, RecordingName), filepath.Join(dir, WordsName), filepath.Join(dir, MarkersName)
	}
	return d
}

func digestOf(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", sum.Sum(nil)), nil
}
