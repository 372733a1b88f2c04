package main

import (
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/upkeep"
)

// retention is how long each kind is kept beyond its use, as flags.
type retention struct {
	Keep         time.Duration `default:"720h" placeholder:"TIME" help:"So long after the last edit of their moment, segments and excerpts stay (default ${default}, 30 days), and so do the other kinds that no flag below names."`
	KeepSegments time.Duration `placeholder:"TIME" help:"How long segments stay (default --keep)."`
	KeepExcerpts time.Duration `placeholder:"TIME" help:"How long excerpts stay (default --keep)."`
	KeepWords    time.Duration `placeholder:"TIME" help:"How long heard words stay that no moment uses (default --keep)."`
	KeepWork     time.Duration `placeholder:"TIME" help:"How long rows of work that is done stay (default --keep)."`
	KeepEvents   time.Duration `placeholder:"TIME" help:"How long changes of state that were told stay (default --keep)."`
	KeepMessages time.Duration `placeholder:"TIME" help:"How long messages of webhooks stay that were delivered or given up, or are held for a webhook that is disabled (default --keep)."`
	KeepFailed   time.Duration `default:"2160h" placeholder:"TIME" help:"How long rows of work that failed stay (default ${default}, 90 days)."`
	KeepReplaced time.Duration `placeholder:"TIME" help:"How long made files stay, since they were made, once nothing names them (default a day, and never less than --grace)."`
}

// options is what the flags say.
func (r retention) options() (upkeep.CollectOptions, error) {
	if r.Keep == 0 {
		return upkeep.CollectOptions{}, pipeline.Fail(pipeline.Usage, "usage", "name a time, such as 720h", "--keep may not be 0")
	}
	for _, d := range []time.Duration{r.Keep, r.KeepSegments, r.KeepExcerpts, r.KeepWords, r.KeepWork, r.KeepEvents, r.KeepMessages, r.KeepFailed, r.KeepReplaced} {
		if d < 0 {
			return upkeep.CollectOptions{}, pipeline.Fail(pipeline.Usage, "usage", "name a time, such as 720h", "--keep… %s: none may be negative", d)
		}
	}
	return upkeep.CollectOptions{Keep: r.Keep, Retention: upkeep.Retention{Segments: r.KeepSegments, Excerpts: r.KeepExcerpts, Words: r.KeepWords,
		Work: r.KeepWork, Events: r.KeepEvents, Messages: r.KeepMessages, Failed: r.KeepFailed, Replaced: r.KeepReplaced}}, nil
}

// collect has what nobody needs any more removed now and then, by one member of
// the service at a time.
func (s *service) collect(r retention, every time.Duration) error {
	o, err := r.options()
	if err != nil || every <= 0 {
		return err
	}
	k := &upkeep.Keeper{Premises: upkeep.Premises{Catalog: s.db, Data: s.kept, Output: s.output}, CollectOptions: o, Duties: s.db,
		Member: pipeline.Mint("k"), Every: every, Log: s.said}
	s.parts = append(s.parts, k.Run)
	return nil
}
