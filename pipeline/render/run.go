package render

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/timeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// Run makes the segments of one run by one process.
type Run struct{ Bench }

// runInput is what a run works from.
type runInput struct {
	order    runOrder
	rate     timeline.Rate
	excerpt  pipeline.Excerpted
	existing map[string][]catalog.Segment
}

// Do makes the run that w's Doc orders. tell is told pictures encoded. When
// all of it exists nothing is made.
func (s *Run) Do(ctx context.Context, w catalog.Work, tell func(float64)) (catalog.Outcome, error) {
	in, err := s.load(ctx, w)
	if err != nil {
		return catalog.Outcome{}, err
	}
	release := func(tx *catalog.Tx) error { return tx.Release(w.ID) }
	if whole, err := s.whole(ctx, in); err != nil || whole {
		return catalog.Outcome{Keep: release}, err
	}
	if err := s.reserve(ctx, w, in.need(s.Data)); err != nil {
		return catalog.Outcome{}, err
	}
	dir, remove, err := s.attempt("run")
	if err != nil {
		return catalog.Outcome{}, err
	}
	defer remove()
	made, cpu, err := s.make(ctx, in, dir, tell)
	if err != nil {
		return catalog.Outcome{}, err
	}
	return catalog.Outcome{Made: catalog.Made{Moment: in.order.Moment, Frames: in.order.frames(), CPU: cpu},
		Keep: func(tx *catalog.Tx) error {
			for _, seg := range made {
				if _, err := tx.PutSegment(seg); err != nil {
					return err
				}
			}
			return release(tx)
		}}, nil
}

func (s *Run) load(ctx context.Context, w catalog.Work) (runInput, error) {
	in := runInput{existing: map[string][]catalog.Segment{}}
	var err error
	if in.order, err = read[runOrder](w.Doc); err != nil {
		return in, err
	}
	if len(in.order.Strands) == 0 || slices.ContainsFunc(in.order.Strands, func(s strand) bool { return len(s.Segments) == 0 }) {
		return in, pipeline.Fail(pipeline.Internal, "empty_run", "", "a run without segments")
	}
	if len(in.order.Fonts) > 0 && !slices.Equal(in.order.Fonts, s.Fonts.Digests(in.order.scripts()...)) {
		return in, pipeline.Fail(pipeline.Unavailable, "other_fonts", "give every worker the same fonts",
			"this run was ordered with fonts that this machine does not have")
	}
	err = s.Catalog.Write(ctx, func(tx *catalog.Tx) error {
		m, err := tx.Moment(in.order.Moment)
		if err != nil {
			return err
		}
		rec, err := tx.Recording(m.Recording)
		if err != nil {
			return err
		}
		in.rate = rec.Media.Rate
		if in.excerpt, err = tx.ExcerptOf(m.ID); err != nil {
			return err
		}
		for _, st := range in.order.Strands {
			for _, ref := range st.Segments {
				if in.existing[ref.Recipe], err = tx.Segments(ref.Recipe); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return in, err
}

// whole reports whether everything ordered exists already, made by this build:
// what another made may be just what does not fit.
func (s *Run) whole(ctx context.Context, in runInput) (bool, error) {
	for _, rows := range in.existing {
		i := slices.IndexFunc(rows, func(row catalog.Segment) bool { return row.Encoder == s.Build })
		if i < 0 {
			return false, nil
		}
		if ok, err := s.there(ctx, s.Data, storage.SegmentKey(rows[i].Digest), rows[i].Bytes); err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

// make runs the process, proves what it wrote and stores it.
func (s *Run) make(ctx context.Context, in runInput, dir string, tell func(float64)) ([]catalog.Segment, time.Duration, error) {
	excerpt, err := s.Bench.excerpt(ctx, in.excerpt, dir)
	if err != nil {
		return nil, 0, err
	}
	if err := s.prepare(in.order, dir); err != nil {
		return nil, 0, err
	}
	res, err := s.FFmpeg.Run(ctx, s.command(in, excerpt, dir, tell))
	if err != nil {
		return nil, res.CPU, err
	}
	doc := notesDoc(sourceNotes(res.Stderr))
	cpu := res.CPU
	var made []catalog.Segment
	for n, st := range in.order.Strands {
		segs, spent, err := s.prove(ctx, st, filepath.Join(dir, strandFile(n)), in.rate)
		cpu += spent
		if err != nil {
			return nil, cpu, err
		}
		for _, seg := range segs {
			seg.Doc = doc
			made = append(made, seg)
		}
	}
	return made, cpu, nil
}

// command is the run's one process. Its reports count the first strand's pictures.
func (s *Run) command(in runInput, excerpt, dir string, tell func(float64)) ffmpeg.Command {
	o := in.order
	all, first := float64(o.frames()), float64(o.Strands[0].window().Frames())
	return ffmpeg.Command{Args: arguments(o, excerpt, encoderOf(s.scale()), in.rate, encoderThreads(len(o.Strands))), Dir: dir, Read: []string{excerpt},
		Limits:   ffmpeg.Limits{Stall: stall},
		Progress: func(frames int64) { tell(min(float64(frames)/first, 1) * all) }}
}

// stall is how long a run may show no progress: its reports tell of the first
// strand, and on a machine that does much else the others may take their time.
const stall = 5 * time.Minute

// prepare writes what the process reads besides the excerpt.
func (s *Run) prepare(o runOrder, dir string) error {
	if err := os.WriteFile(filepath.Join(dir, "fonts.conf"), []byte(noSystemFonts), 0o600); err != nil {
		return disk(err, "prepare a run")
	}
	for n, st := range o.Strands {
		if st.Script == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, scriptFile(n)), []byte(st.Script), 0o600); err != nil {
			return disk(err, "prepare a run")
		}
	}
	if len(o.Fonts) == 0 {
		return nil
	}
	folder := filepath.Join(dir, fontFolder)
	if err := os.Mkdir(folder, 0o700); err != nil {
		return disk(err, "prepare a run")
	}
	return disk(s.Fonts.Install(folder, o.scripts()...), "prepare a run")
}

// noSystemFonts keeps text from being set in whatever a machine happens to have.
const noSystemFonts = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig></fontconfig>` + "\n"

// prove splits one strand's file into its segments, decodes all of it, and
// stores each segment.
func (s *Run) prove(ctx context.Context, st strand, file string, rate timeline.Rate) ([]catalog.Segment, time.Duration, error) {
	f, err := os.Open(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, 0, pipeline.Fail(pipeline.Corrupt, "frames_missing", "", "the encoder gave no frames of %d", st.window().Frames())
	}
	if err != nil {
		return nil, 0, disk(err, "read a run")
	}
	defer f.Close()
	pictures, err := Split(f, st.lengths(), rate)
	if err != nil {
		return nil, 0, err
	}
	decoded, err := s.FFmpeg.Decode(ctx, file, filepath.Dir(file))
	if err != nil {
		return nil, decoded.CPU, err
	}
	if decoded.Frames != st.window().Frames() {
		return nil, decoded.CPU, pipeline.Fail(pipeline.Corrupt, "frames_missing", "", "%d frames of %d decode", decoded.Frames, st.window().Frames())
	}
	var out []catalog.Segment
	for i, p := range pictures {
		seg, err := s.store(ctx, p, rate)
		if err != nil {
			return nil, decoded.CPU, err
		}
		seg.Recipe = st.Segments[i].Recipe
		out = append(out, seg)
	}
	return out, decoded.CPU, nil
}

// store writes one segment under its digest.
func (s *Run) store(ctx context.Context, p Picture, rate timeline.Rate) (catalog.Segment, error) {
	var b bytes.Buffer
	if err := WriteSegment(&b, p, rate); err != nil {
		return catalog.Segment{}, err
	}
	digest := storage.DigestBytes(b.Bytes())
	if _, err := s.Data.Put(ctx, storage.SegmentKey(digest), bytes.NewReader(b.Bytes()), digest); err != nil {
		return catalog.Segment{}, err
	}
	return catalog.Segment{AVCC: p.AVCC, Digest: digest, Frames: p.Frames, Bytes: int64(b.Len()), Encoder: s.Build}, nil
}

// encoderThreads is how many threads each encoder of a run has: few where many ride together.
func encoderThreads(strands int) int {
	return min(max(runtime.NumCPU()/strands, 1), 4)
}

// sourceNotes says that pictures or sound of the source could not be read
// whole. What a process grumbles about is its only sign: it goes on by itself.
func sourceNotes(stderr string) []pipeline.Note {
	if stderr == "" {
		return nil
	}
	return []pipeline.Note{{Code: "source_damaged", Detail: "parts of the recording are damaged here; what could be read is shown",
		Hint: "look at the clip before you post it"}}
}

// facts are what is known of a segment or a sound beside its bytes.
type facts struct {
	Loudness *float64        `json:"loudness_lufs,omitempty"`
	Samples  int64           `json:"samples,omitempty"`
	Notes    []pipeline.Note `json:"notes,omitempty"`
}

func notesDoc(notes []pipeline.Note) string { return string(write(facts{Notes: notes})) }

func readFacts(doc string) facts {
	var k facts
	_ = json.Unmarshal([]byte(doc), &k) // what is unreadable is not known
	return k
}

func noRoom(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }
