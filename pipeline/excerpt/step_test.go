package excerpt

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/recording"
	"dropcut/pipeline/timeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/storage/dir"
)

// desk is a step over a real catalogue and folders, with one recording and one moment.
type desk struct {
	*Step
	db     *catalog.DB
	folder string // where the recording lies
	rec    pipeline.Recording
	moment pipeline.Moment
}

// newDesk puts file, which is read where it lies, on a desk. The moment covers
// [in, out) frames with the payoff in its middle.
func newDesk(t *testing.T, file string, in, out int64) *desk {
	t.Helper()
	d := &desk{folder: filepath.Dir(file)}
	db, err := catalog.Open(t.Context(), filepath.Join(t.TempDir(), "catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	data, err := dir.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	source, err := dir.Open(d.folder)
	if err != nil {
		t.Fatal(err)
	}
	runner, err := ffmpeg.New(ffmpeg.Config{})
	if err != nil {
		t.Fatal(err)
	}
	shelf := recording.NewShelf(t.TempDir(), func(_ context.Context, r pipeline.Recording) (recording.Source, error) {
		o, err := source.Stat(t.Context(), r.Key)
		if err != nil {
			return nil, err
		}
		return storage.NewRanged(source, o), nil
	})
	t.Cleanup(func() { shelf.Close(); _, _, _ = db.Close(), data.Close(), source.Close() })
	d.db, d.Step = db, &Step{Catalog: db, Data: data, Shelf: shelf, FFmpeg: runner, Temp: t.TempDir()}
	d.add(t, filepath.Base(file), in, out)
	return d
}

func (d *desk) add(t *testing.T, key string, in, out int64) {
	t.Helper()
	r := pipeline.Recording{ID: pipeline.Mint(pipeline.RecordingID), Creator: "local", Fingerprint: "sha256:" + key, Key: key, Name: key, Version: "1"}
	opened, err := d.Shelf.Open(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	slice, err := opened.Slice(t.Context(), 0, 3e9, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	probe, err := d.FFmpeg.Probe(t.Context(), slice.Path)
	if err != nil {
		t.Fatal(err)
	}
	c := opened.Clock()
	v, _ := probe.Video()
	r.Media = pipeline.Media{Container: opened.Container(), Rate: c.Rate, Frames: c.Frames, Zero: c.Zero, Pieces: c.Pieces,
		Video: pipeline.Video{Width: v.Width, Height: v.Height, Variable: c.Variable}}
	if s, ok := probe.Sound(); ok {
		r.Media.Audio = []pipeline.Audio{{Codec: s.Codec}}
	}
	d.rec = r
	d.moment = pipeline.Moment{ID: pipeline.Mint(pipeline.MomentID), Recording: r.ID, State: pipeline.MomentFound,
		Window: timeline.Window{In: in, Out: out}, Payoff: timeline.Window{In: (in + out) / 2, Out: (in+out)/2 + 1}}
	d.write(t, func(tx *catalog.Tx) error { return errors.Join(tx.PutRecording(r), tx.PutMoment(d.moment)) })
}

func (d *desk) write(t *testing.T, f func(*catalog.Tx) error) {
	t.Helper()
	if err := d.db.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// do runs the step and keeps what it made.
func (d *desk) do(t *testing.T) (pipeline.Excerpted, catalog.Outcome) {
	t.Helper()
	out, err := d.Do(t.Context(), catalog.Work{Kind: pipeline.Excerpt, Subject: d.moment.ID, Input: "round", Priority: 7}, func(float64) {})
	if err != nil {
		t.Fatal(err)
	}
	var x pipeline.Excerpted
	d.write(t, func(tx *catalog.Tx) (err error) {
		if err = out.Keep(tx); err != nil {
			return err
		}
		if d.moment, err = tx.Moment(d.moment.ID); err != nil {
			return err
		}
		x, err = tx.ExcerptOf(d.moment.ID)
		return err
	})
	return x, out
}

// file is the local path of an excerpt.
func (d *desk) file(x pipeline.Excerpted) string { return d.Data.(*dir.Bucket).Path(x.Key) }
