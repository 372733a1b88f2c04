package catalog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dropcut/captions"
	"dropcut/pipeline"
)

const (
	benchSmall    = 100    // recordings
	benchLarge    = 10_000 // with 100,000 variants
	benchVariants = 10     // of a recording
	benchRounds   = 40
)

// stocked is a catalogue as it is amid much work: of each recording a moment, a
// clip, variants that are made, one row that is ready and one that waits.
type stocked struct {
	db         *DB
	recordings int
}

func stock(b *testing.B, db *DB, recordings int) *stocked {
	b.Helper()
	for from := 0; from < recordings; from += 50 {
		write(b, db, func(tx *Tx) error {
			for i := from; i < min(from+50, recordings); i++ {
				if err := shelve(tx, i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if !db.exclusive { // as it would be by itself, after a while
		write(b, db, func(tx *Tx) error {
			_, err := tx.exec(`ANALYZE`)
			return err
		})
	}
	return &stocked{db: db, recordings: recordings}
}

func id(kind string, i, j int) string { return fmt.Sprintf("%s_%06d_%02d", kind, i, j) }

func shelve(tx *Tx, i int) error {
	rec := pipeline.Recording{ID: id("r", i, 0), Creator: fmt.Sprint("creator", i%20), Fingerprint: fmt.Sprint(i), State: pipeline.RecordingDone}
	m := pipeline.Moment{ID: id("m", i, 0), Recording: rec.ID, State: pipeline.MomentMade}
	c := pipeline.Clip{ID: id("c", i, 0), Moment: m.ID, Kind: pipeline.Core, N: 1}
	if err := errors.Join(tx.PutRecording(rec), tx.PutMoment(m), tx.PutClip(c, false),
		tx.PutTranscripts(m.ID, []captions.Transcript{{Language: "en"}})); err != nil {
		return err
	}
	for j := range benchVariants {
		v := pipeline.Variant{ID: id("v", i, j), Clip: c.ID, Look: pipeline.Look{Aspect: "9:16", Layout: "fill", Style: fmt.Sprint(j)}, State: pipeline.VariantOffered}
		for k := range 15 {
			v.Segments = append(v.Segments, pipeline.SegmentRef{Recipe: fmt.Sprintf("recipe-%d-%d-%064d", i, k, j), In: int64(k) * 60, Out: int64(k+1) * 60})
		}
		if err := tx.PutVariant(v); err != nil {
			return err
		}
		if _, err := tx.exec(`INSERT INTO work (id, kind, subject, input, recording, priority, state, doc) VALUES ($1, 'assemble', $2, 'i', $3, 5, 'done', '{}')`,
			id("w", i, j), v.ID, rec.ID); err != nil {
			return err
		}
		if _, err := tx.Reserve(id("recipe", i, j), id("w", i, j)); err != nil {
			return err
		}
	}
	ready, err := tx.Enqueue(Work{ID: id("w", i, 50), Kind: pipeline.Render, Subject: id("n", i, 0), Input: "i", Recording: rec.ID, Priority: 5})
	if err != nil {
		return err
	}
	_, err = tx.Enqueue(Work{ID: id("w", i, 51), Kind: pipeline.Publish, Subject: m.ID, Input: "i", Recording: rec.ID, Priority: 4}, ready)
	return err
}

// operation is one thing that the line asks of the catalogue all the time.
type operation struct {
	name string
	do   func(ctx context.Context, s *stocked, i int) error
}

var operations = []operation{
	{"claim", func(ctx context.Context, s *stocked, _ int) error {
		w, err := s.db.Claim(ctx, time.Hour)
		if err == nil && w == nil {
			err = errors.New("nothing to claim")
		}
		return err
	}},
	{"claim by ID and hand back", func(ctx context.Context, s *stocked, i int) error {
		w, err := s.db.ClaimRow(ctx, id("w", s.recordings-1-i, 50), time.Hour)
		if err != nil || w == nil {
			return cmp.Or(err, errors.New("not to be claimed"))
		}
		return s.db.Write(ctx, func(tx *Tx) error { return tx.HandBack(*w) })
	}},
	{"ring for 100", func(ctx context.Context, s *stocked, _ int) error {
		_, err := s.db.ToRing(ctx, 100)
		return err
	}},
	{"list", func(ctx context.Context, s *stocked, i int) error {
		return s.db.Write(ctx, func(tx *Tx) error {
			all, err := tx.MomentsOf(id("r", i, 0))
			for _, m := range all {
				clips, more := tx.ClipsOf(m.ID)
				err = errors.Join(err, more)
				for _, c := range clips {
					_, more := tx.VariantsOf(c.ID)
					err = errors.Join(err, more)
				}
				_, more = tx.RetiredClips(m.ID)
				err = errors.Join(err, more)
			}
			return err
		})
	}},
	{"failures", func(ctx context.Context, s *stocked, i int) error {
		return s.db.Write(ctx, func(tx *Tx) error {
			_, err := tx.Failures(id("r", i, 0), "i")
			return err
		})
	}},
	{"enqueue, waiting for one", func(ctx context.Context, s *stocked, i int) error {
		return s.db.Write(ctx, func(tx *Tx) error {
			_, err := tx.Enqueue(Work{Kind: pipeline.Assemble, Subject: id("v", i, 0), Input: "new", Recording: id("r", i, 0), Priority: 9}, id("w", s.recordings-1-i, 50))
			return err
		})
	}},
	{"claim, reserve, release and finish", func(ctx context.Context, s *stocked, _ int) error {
		w, err := s.db.Claim(ctx, time.Hour)
		if err != nil || w == nil {
			return cmp.Or(err, errors.New("nothing to claim"))
		}
		return s.db.Write(ctx, func(tx *Tx) error {
			_, err := tx.Reserve("fresh"+w.ID, w.ID)
			return errors.Join(err, tx.Release(w.ID), tx.Finish(*w))
		})
	}},
}

// medians are how long an operation takes in two catalogues, asked by turns.
func medians(b *testing.B, o operation, small, large *stocked) (few, many time.Duration) {
	b.Helper()
	var took [2][]time.Duration
	for i := range benchRounds {
		for n, s := range []*stocked{small, large} {
			began := time.Now()
			if err := o.do(b.Context(), s, i); err != nil {
				b.Fatalf("%s: %v", o.name, err)
			}
			took[n] = append(took[n], time.Since(began))
		}
	}
	slices.Sort(took[0])
	slices.Sort(took[1])
	return took[0][benchRounds/2], took[1][benchRounds/2]
}

// BenchmarkCatalogue shows what each operation costs with a hundred times as
// much kept: a ratio near 1 says that it is looked up, and not searched for.
func BenchmarkCatalogue(b *testing.B) {
	for engine, fresh := range map[string]func(testing.TB) *DB{"sqlite": inFile, "postgres": onServer} {
		b.Run(engine, func(b *testing.B) {
			small, large := stock(b, fresh(b), benchSmall), stock(b, fresh(b), benchLarge)
			for _, o := range operations {
				b.Run(strings.ReplaceAll(o.name, " ", "_"), func(b *testing.B) {
					few, many := medians(b, o, small, large)
					b.ReportMetric(float64(few.Microseconds()), "small-µs")
					b.ReportMetric(float64(many.Microseconds()), "large-µs")
					b.ReportMetric(float64(many)/float64(few), "ratio")
				})
			}
		})
	}
}
