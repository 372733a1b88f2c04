package upkeep

import (
	"context"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// repair puts right what can be, and marks it as repaired. What concerns one
// recording is changed in one transaction, while nobody works on it; a
// recording that is worked on meanwhile is left to that, and to the next check.
func (c *check) repair(ctx context.Context, all []Finding) error {
	of := map[string][]*Finding{}
	var order []string
	for i := range all {
		f := &all[i]
		if !f.canMend() {
			continue
		}
		if f.recording == "" {
			if err := c.mend(ctx, f); err != nil {
				return err
			}
			continue
		}
		if of[f.recording] == nil {
			order = append(order, f.recording)
		}
		of[f.recording] = append(of[f.recording], f)
	}
	for _, id := range order {
		if err := c.mendRecording(ctx, id, of[id]); err != nil {
			return err
		}
	}
	return nil
}

// mend puts one thing right that concerns no recording by itself.
func (c *check) mend(ctx context.Context, f *Finding) (err error) {
	if f.sweep != nil {
		err = f.sweep(ctx)
	} else {
		err = c.Catalog.Write(ctx, func(tx *catalog.Tx) error {
			_, err := f.change(tx)
			return err
		})
	}
	f.Repaired = err == nil
	return err
}

func (c *check) mendRecording(ctx context.Context, id string, all []*Finding) error {
	return c.Catalog.Write(ctx, func(tx *catalog.Tx) error {
		for _, f := range all {
			f.Repaired = false
		}
		todo, err := tx.ToDo(id)
		if err != nil || len(todo) > 0 {
			return err
		}
		starts := map[string]pipeline.Step{}
		for _, f := range all {
			if f.change != nil {
				if needed, err := f.change(tx); err != nil {
					return err
				} else if !needed {
					continue
				}
			}
			f.Repaired = true
			if s := f.begin; s.subject != "" && starts[s.subject] != pipeline.Excerpt {
				starts[s.subject] = s.step
			}
		}
		return begin(tx, id, starts)
	})
}

// begin begins the line anew. Where a recording's
// moments are detected anew, all of them follow.
func begin(tx *catalog.Tx, recording string, starts map[string]pipeline.Step) error {
	if starts[recording] == pipeline.Detect {
		starts = map[string]pipeline.Step{recording: pipeline.Detect}
	}
	for subject, step := range starts {
		again := tx.Again
		if step == pipeline.Compose { // which needs an excerpt
			again = func(_ pipeline.Step, recording, moment string) error { return tx.Recompose(recording, moment) }
		}
		if err := again(step, recording, subject); err != nil {
			return err
		}
	}
	return nil
}
