package upkeep

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// CheckOptions is how thorough a check is, and what it does about findings.
type CheckOptions struct {
	Deep   bool          // read every byte, and decode every made file
	Repair bool          // put right what can be
	Pause  time.Duration // before what looks wrong is read again; 0: 2 s
}

// check is one check.
type check struct {
	Premises
	CheckOptions
}

// reading reads one subject, once.
type reading func(ctx context.Context) (seen, error)

// seen is what one reading gave.
type seen struct {
	looked   Looked
	findings []Finding
}

// Check proves the promises, and repairs where that was asked for. The error
// is that of something that did not answer, never a finding.
func Check(ctx context.Context, p Premises, o CheckOptions) (Report, error) {
	if o.Pause == 0 {
		o.Pause = 2 * time.Second
	}
	c := &check{Premises: p, CheckOptions: o}
	out := Report{Version: 1, Deep: o.Deep, Findings: []Finding{}}
	for _, p := range promises {
		out.Promises = append(out.Promises, p.promise)
	}
	all, err := c.readings(ctx)
	if err != nil {
		return out, err
	}
	first, err := c.readAll(ctx, all)
	if err != nil {
		return out, err
	}
	for _, s := range first {
		out.Looked.add(s.looked)
	}
	if out.Findings, err = c.again(ctx, all, first); err != nil {
		return out, err
	}
	for i := range out.Findings {
		out.Findings[i].CanMend = out.Findings[i].canMend()
	}
	if o.Repair {
		err = c.repair(ctx, out.Findings)
	}
	return out, err
}

// readings is everything that is to be read.
func (c *check) readings(ctx context.Context) ([]reading, error) {
	var ids []string
	err := c.Catalog.Write(ctx, func(tx *catalog.Tx) (err error) {
		ids, err = tx.RecordingIDs()
		return err
	})
	out := []reading{c.rows, c.handed, c.segments, c.halves}
	for _, id := range ids {
		out = append(out, func(ctx context.Context) (seen, error) { return c.recording(ctx, id) })
	}
	return out, err
}

// atOnce is how many subjects are read side by side. What decodes keeps the
// machine busy by itself.
func (c *check) atOnce() int {
	if c.Deep {
		return max(runtime.NumCPU()/2, 1)
	}
	return 8
}

func (c *check) readAll(ctx context.Context, all []reading) ([]seen, error) {
	out := make([]seen, len(all))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(c.atOnce())
	for i, r := range all {
		group.Go(func() (err error) {
			out[i], err = r(ctx)
			return err
		})
	}
	return out, group.Wait()
}

// again reads once more what looked wrong at first, and gives what still does.
func (c *check) again(ctx context.Context, all []reading, first []seen) ([]Finding, error) {
	var suspects []reading
	was := map[[2]string]bool{}
	for i, s := range first {
		if len(s.findings) > 0 {
			suspects = append(suspects, all[i])
		}
		for _, f := range s.findings {
			was[[2]string{f.Code, f.Subject}] = true
		}
	}
	out := []Finding{}
	if len(suspects) == 0 {
		return out, nil
	}
	select {
	case <-ctx.Done():
		return out, pipeline.Fail(pipeline.Stopped, "stopped", "", "check: %w", ctx.Err())
	case <-time.After(c.Pause):
	}
	second, err := c.readAll(ctx, suspects)
	for _, s := range second {
		for _, f := range s.findings {
			if was[[2]string{f.Code, f.Subject}] {
				out = append(out, f)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Promise, b.Promise), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Subject, b.Subject))
	})
	return out, err
}

// recording reads a recording, all that hangs on it, and its files.
func (c *check) recording(ctx context.Context, id string) (seen, error) {
	var s subject
	err := c.Catalog.Write(ctx, func(tx *catalog.Tx) (err error) {
		s, err = read(tx, id)
		return err
	})
	if err != nil {
		return seen{}, err
	}
	out := seen{looked: Looked{Recordings: 1, Moments: len(s.moments)}, findings: append(s.ends(), s.once()...)}
	w := witness{check: c, subject: s, seen: &out}
	if !s.isBusy() { // what is in the making is not named yet, or no more
		if err := w.files(ctx); err != nil {
			return out, err
		}
	}
	return out, w.promises(ctx)
}
