package render

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// Sound makes one clip's sound: once for all its variants.
type Sound struct{ Bench }

// Do makes the sound that w's Doc orders. When it exists nothing is made.
func (s *Sound) Do(ctx context.Context, w catalog.Work, _ func(float64)) (catalog.Outcome, error) {
	o, err := read[soundOrder](w.Doc)
	if err != nil {
		return catalog.Outcome{}, err
	}
	in, rows, err := s.load(ctx, o)
	if err != nil {
		return catalog.Outcome{}, err
	}
	release := func(tx *catalog.Tx) error { return tx.Release(w.ID) }
	for _, row := range rows {
		if ok, err := s.there(ctx, s.Data, storage.SegmentKey(row.Digest), row.Bytes); err != nil || ok {
			return catalog.Outcome{Keep: release}, err
		}
	}
	if err := s.reserve(ctx, w, in.need(s.Data)); err != nil {
		return catalog.Outcome{}, err
	}
	dir, remove, err := s.attempt("sound")
	if err != nil {
		return catalog.Outcome{}, err
	}
	defer remove()
	if in.file, err = s.Bench.excerpt(ctx, in.excerpt, dir); err != nil {
		return catalog.Outcome{}, err
	}
	in.dir = dir
	made, err := s.make(ctx, in)
	if err != nil {
		return catalog.Outcome{}, err
	}
	made.Recipe = o.Recipe
	return catalog.Outcome{Made: catalog.Made{Moment: o.Moment, CPU: in.cpu},
		Keep: func(tx *catalog.Tx) error {
			for _, row := range rows {
				if err := tx.DropSegment(row); err != nil {
					return err
				}
			}
			_, err := tx.PutSegment(made)
			return errors.Join(err, release(tx))
		}}, nil
}

// soundInput is what one sound is made from.
type soundInput struct {
	excerpt pipeline.Excerpted
	rate    timeline.Rate
	window  timeline.Window
	file    string // the excerpt
	dir     string
	cpu     time.Duration
}

// samples is the window's length in samples: exact, and the same for windows
// that are cut apart.
func (in *soundInput) samples() int64 { return in.rate.Samples(in.window.Out, hertz) - in.first() }

func (in *soundInput) first() int64 { return in.rate.Samples(in.window.In, hertz) }

func (s *Sound) load(ctx context.Context, o soundOrder) (*soundInput, []catalog.Segment, error) {
	in := &soundInput{window: o.Window}
	var rows []catalog.Segment
	err := s.Catalog.Write(ctx, func(tx *catalog.Tx) error {
		m, err := tx.Moment(o.Moment)
		if err != nil {
			return err
		}
		rec, err := tx.Recording(m.Recording)
		if err != nil {
			return err
		}
		in.rate = rec.Media.Rate
		if in.excerpt, err = tx.ExcerptOf(o.Moment); err != nil {
			return err
		}
		rows, err = tx.Segments(o.Recipe)
		return err
	})
	return in, rows, err
}

const (
	targetLUFS  = -14.0
	limitDB     = -2.0 // true peak before encoding
	highestDB   = -0.8 // true peak after decoding
	mostGainDB  = 24.0
	silentLUFS  = -69.0
	withinLU    = 0.5
	mostLowered = 6
)

// make takes the window's sound, levels it, encodes it, and while the decoded
// peak is too high encodes it again under a lower limit.
func (s *Sound) make(ctx context.Context, in *soundInput) (catalog.Segment, error) {
	before, notes, err := s.take(ctx, in)
	if err != nil {
		return catalog.Segment{}, err
	}
	gain := 0.0
	if before.loudness > silentLUFS {
		gain = min(targetLUFS-before.loudness, mostGainDB)
	} else {
		notes = append(notes, pipeline.Note{Code: "silent", Detail: "there is no sound to hear in this clip"})
	}
	after, err := s.encode(ctx, in, gain)
	if err != nil {
		return catalog.Segment{}, err
	}
	if before.loudness > silentLUFS && after.loudness < targetLUFS-withinLU {
		notes = append(notes, pipeline.Note{Code: "loudness_limited",
			Detail: "the sound is quieter than -14 LUFS: louder would distort it or raise noise"})
	}
	if err := s.check(in); err != nil {
		return catalog.Segment{}, err
	}
	digest, bytes, err := s.keep(ctx, filepath.Join(in.dir, soundFile))
	lufs := math.Round(max(after.loudness, -70)*10) / 10
	return catalog.Segment{Digest: digest, Bytes: bytes, Frames: in.samples(), Encoder: s.Build,
		Doc: string(write(facts{Loudness: &lufs, Samples: in.samples(), Notes: notes}))}, err
}

// encode gives the sound its level and makes AAC of it.
func (s *Sound) encode(ctx context.Context, in *soundInput, gain float64) (level, error) {
	limit := limitDB
	for range mostLowered {
		res, err := s.FFmpeg.Run(ctx, encodeSound(in, gain, limit))
		in.cpu += res.CPU
		if err != nil {
			return level{}, err
		}
		after, err := s.measure(ctx, in)
		if err != nil || after.peak <= highestDB {
			return after, err
		}
		limit -= after.peak - highestDB + 0.2
	}
	return level{}, pipeline.Fail(pipeline.Corrupt, "sound_too_high", "", "the sound's peak stays above %.1f dBTP however low it is limited", highestDB)
}

// check proves that what was encoded has the window's length.
func (s *Sound) check(in *soundInput) error {
	f, err := os.Open(filepath.Join(in.dir, soundFile))
	if err != nil {
		return disk(err, "read the sound")
	}
	defer f.Close()
	t, err := OpenSound(f)
	if err != nil {
		return err
	}
	if got := t.Samples(); got < in.samples() || got >= in.samples()+packetSamples {
		return pipeline.Fail(pipeline.Corrupt, "sound_length", "", "the sound has %d samples of %d", got, in.samples())
	}
	return nil
}
