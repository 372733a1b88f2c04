package render

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/publish"
	"dropcut/pipeline/timeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/storage/dir"
	"dropcut/workers"
)

func TestMain(m *testing.M) {
	code := m.Run()
	_ = os.RemoveAll(madeOnce.root)
	os.Exit(code)
}

// source describes a recording that a test draws.
type source struct {
	rate    string // of the drawing
	seconds int
	size    string // 320x180
	video   string // filters after the drawing
	encode  []string
	silent  bool   // no sound stream
	sound   string // lavfi source instead of the beeps
	late    int    // seconds after the picture at which sound begins
}

// flashes is a picture that is white for its first frame of every second.
// beeps is a tone of 50 ms at every second.
const beeps = "aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t\\,1)\\,0.05)':s=48000:c=stereo"

func flashes(rate, size string, seconds int) string {
	return fmt.Sprintf("testsrc2=s=%s:r=%s:d=%d,drawbox=c=black:t=fill:enable='gte(t,0)':x=0:y=0:w=iw:h=ih*0.5,drawbox=c=white:t=fill:w=iw:h=ih*0.5:enable='lt(mod(t+0.0005,1),1/(%s))'", size, rate, seconds, rate)
}

// draw makes an excerpt: Matroska, its timestamps the timeline's plus ten seconds.
func draw(t testing.TB, s source) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "excerpt.mkv")
	sound := s.sound
	if sound == "" {
		sound = beeps
	}
	args := []string{"-v", "error", "-y", "-f", "lavfi", "-i", flashes(s.rate, s.size, s.seconds) + s.video}
	if !s.silent {
		args = append(args, "-itsoffset", fmt.Sprint(s.late), "-f", "lavfi", "-t", fmt.Sprint(s.seconds), "-i", sound, "-c:a", "flac")
	}
	encode := s.encode
	if encode == nil {
		encode = []string{"-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-g", "90", "-bf", "2", "-pix_fmt", "yuv420p"}
	}
	args = append(append(args, encode...), "-fps_mode", "passthrough", "-output_ts_offset", "10", file)
	if out, err := exec.Command("ffmpeg", args...).CombinedOutput(); err != nil {
		t.Fatalf("draw: %v: %s", err, out)
	}
	return file
}

// mill is the whole of render on one machine, with a moment to work on.
type mill struct {
	t      testing.TB
	db     *catalog.DB
	bench  Bench
	data   *dir.Bucket
	output *dir.Bucket
	root   string
	folder string // of the clips
	rec    pipeline.Recording
	moment pipeline.Moment
	clips  []pipeline.Clip
	rounds int
	slots  int
	seen   *seen
	after  func(*catalog.Tx) error // what happens once, right after the next composing is kept
}

// seen counts what was done.
type seen struct {
	mu     sync.Mutex
	frames int64
	rows   map[pipeline.Step]int
	files  []string
	failed []*pipeline.Error
	done   map[string]float64
}

// told is how many frames the runs said they had done.
func (s *seen) told() int64 {
	var n float64
	for _, x := range s.done {
		n += x
	}
	return int64(n)
}

func (s *seen) Started(catalog.Work) {}
func (s *seen) Progress(w catalog.Work, done float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done[w.ID] = done
}
func (s *seen) Finished(w catalog.Work, made catalog.Made, err *pipeline.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.frames += made.Frames
	s.rows[w.Kind]++
	if made.File != "" {
		s.files = append(s.files, made.File)
	}
	if err != nil {
		s.failed = append(s.failed, err)
	}
}

// newMill keeps a moment whose excerpt is file. clips are windows in frames:
// those of 60 s and more are cores.
func newMill(t testing.TB, file string, media pipeline.Media, windows ...timeline.Window) *mill {
	t.Helper()
	m := openMill(t, t.TempDir())
	m.moment = pipeline.Moment{ID: pipeline.Mint(pipeline.MomentID), State: pipeline.MomentPlanned, Folder: "01-drop", Label: "drop",
		Window: timeline.Window{In: 0, Out: media.Frames}}
	m.rec = pipeline.Recording{ID: pipeline.Mint(pipeline.RecordingID), Creator: "local", Fingerprint: "sha256:test", Name: "s.mp4", Folder: "s", Media: media}
	m.moment.Recording = m.rec.ID
	x := pipeline.Excerpted{ID: pipeline.Mint(pipeline.ExcerptID), Moment: m.moment.ID, Recording: m.rec.ID, Window: media.Length(), HasSound: len(media.Audio) > 0}
	x.Key = storage.ExcerptKey(x.ID)
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	o, err := m.data.Put(t.Context(), x.Key, f, "")
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	x.Bytes = o.Size
	for _, w := range windows {
		kind, n := pipeline.Short, 1
		if w.Frames()*media.Rate.Den >= 60*media.Rate.Num {
			kind = pipeline.Core
		}
		for _, c := range m.clips {
			if c.Kind == kind {
				n++
			}
		}
		m.clips = append(m.clips, pipeline.Clip{ID: pipeline.Mint(pipeline.ClipID), Moment: m.moment.ID, Kind: kind, N: n, Revision: 1, Parts: []timeline.Window{w}})
	}
	m.write(func(tx *catalog.Tx) error {
		return errors.Join(tx.PutRecording(m.rec), tx.PutBrief(m.rec.ID, pipeline.Brief{}), tx.PutMoment(m.moment), tx.PutExcerpt(x))
	})
	m.keepClips()
	return m
}

// openMill opens what lies in a folder, or begins there.
func openMill(t testing.TB, root string) *mill {
	t.Helper()
	m := &mill{t: t, root: root, folder: filepath.Join(root, "clips")}
	var err error
	if m.data, err = dir.Open(filepath.Join(root, "data")); err != nil {
		t.Fatal(err)
	}
	if m.output, err = dir.Open(m.folder); err != nil {
		t.Fatal(err)
	}
	if m.db, err = catalog.Open(t.Context(), filepath.Join(root, "catalog.db")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _, _ = m.db.Close(), m.data.Close(), m.output.Close() })
	runner, err := ffmpeg.New(ffmpeg.Config{})
	if err != nil {
		t.Fatal(err)
	}
	fonts, err := captions.LoadFonts([]string{})
	if err != nil {
		t.Fatal(err)
	}
	m.bench = Bench{Catalog: m.db, Data: m.data, Output: m.output, FFmpeg: runner, Fonts: fonts, Temp: t.TempDir(), Build: "test build", Scale: 4}
	return m
}

func (m *mill) write(f func(*catalog.Tx) error) {
	m.t.Helper()
	if err := m.db.Write(m.t.Context(), f); err != nil {
		m.t.Fatal(err)
	}
}

func (m *mill) keepClips() {
	m.t.Helper()
	m.write(func(tx *catalog.Tx) error {
		for _, c := range m.clips {
			if err := tx.PutClip(c, false); err != nil {
				return err
			}
		}
		return nil
	})
}

func (m *mill) brief(b pipeline.Brief) {
	m.t.Helper()
	m.write(func(tx *catalog.Tx) error { return tx.PutBrief(m.rec.ID, b) })
}

func (m *mill) words(words ...captions.Word) {
	m.t.Helper()
	m.write(func(tx *catalog.Tx) error {
		return tx.PutTranscripts(m.moment.ID, []captions.Transcript{{Language: "en", Words: words}})
	})
}

// round composes the moment and does everything that follows from it.
func (m *mill) round() *seen {
	m.t.Helper()
	m.rounds++
	m.seen = &seen{rows: map[pipeline.Step]int{}, done: map[string]float64{}}
	round := fmt.Sprintf("o_%d", m.rounds)
	m.write(func(tx *catalog.Tx) error {
		_, err := tx.Enqueue(catalog.Work{Kind: pipeline.Compose, Subject: m.moment.ID, Input: round, Recording: m.rec.ID, Priority: 5})
		return err
	})
	d := workers.Drain{Slots: cmp.Or(m.slots, 2), Hand: workers.Hand{DB: m.db, Backoff: 1, Watch: m.seen, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Steps: map[pipeline.Step]workers.Step{
		pipeline.Compose: workers.StepFunc(m.compose), pipeline.Render: &Run{m.bench}, pipeline.Sound: &Sound{m.bench}, pipeline.Assemble: &Assembly{m.bench},
		pipeline.Publish: &publish.Step{Catalog: m.db, Output: m.output, SRT: captions.SRT, VTT: captions.VTT},
	}}}
	if err := d.Run(m.t.Context()); err != nil {
		m.t.Fatal(err)
	}
	return m.seen
}

func (m *mill) compose(ctx context.Context, w catalog.Work, tell func(float64)) (catalog.Outcome, error) {
	out, err := (&Compose{m.bench}).Do(ctx, w, tell)
	if after := m.after; err == nil && after != nil {
		keep := out.Keep
		m.after, out.Keep = nil, func(tx *catalog.Tx) error { return firstOf(keep(tx), after(tx)) }
	}
	return out, err
}

// whole is a round in which nothing may fail.
func (m *mill) whole() *seen {
	m.t.Helper()
	s := m.round()
	for _, f := range s.failed {
		m.t.Fatalf("%s: %s", f.Step, f.Detail)
	}
	return s
}

// made is every made variant, by clip in the order of the mill's clips.
func (m *mill) made() []pipeline.Variant {
	m.t.Helper()
	var out []pipeline.Variant
	m.write(func(tx *catalog.Tx) error {
		out = nil
		for _, c := range m.clips {
			all, err := tx.VariantsOf(c.ID)
			if err != nil {
				return err
			}
			for _, v := range all {
				if v.State == pipeline.VariantMade {
					out = append(out, v)
				}
			}
		}
		return nil
	})
	return out
}

func (m *mill) path(v pipeline.Variant) string {
	return filepath.Join(m.folder, filepath.FromSlash(v.Made.Key))
}

// output of a command of a test.
func command(t testing.TB, name string, args ...string) string {
	t.Helper()
	var stderr strings.Builder
	c := exec.Command(name, args...)
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s %v: %v: %s", name, args, err, stderr.String())
	}
	return string(out)
}

// media describes a drawn recording.
func media(rate timeline.Rate, seconds int64, w, h int, sound bool) pipeline.Media {
	m := pipeline.Media{Rate: rate, Frames: rate.FramesFloor(0) + seconds*rate.Num/rate.Den, Pieces: timeline.Pieces{{From: 0, To: timeline.Forever, At: 0}},
		Video: pipeline.Video{Width: w, Height: h, SAR: timeline.Rate{Num: 1, Den: 1}, PixFmt: "yuv420p", SourceRate: rate}}
	if sound {
		m.Audio = []pipeline.Audio{{Index: 1, Codec: "flac", SampleRate: 48000, Channels: 2}}
	}
	return m
}
