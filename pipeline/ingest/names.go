package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"path"
	"time"

	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// place is a key of a source bucket.
type place struct{ source, key string }

func placeOf(req Request) place { return place{req.Source, req.Key} }

// sight is what was seen at a place: when it was last written, and whether the
// bytes that were taken in there are gone.
type sight struct {
	modified time.Time
	gone     bool
}

// name is one of the names of a recording, and what lay beside it there.
type name struct {
	place
	called string // its base name
	brief  pipeline.Brief
}

// look adds to seen which names of a known recording still lie where they were taken
// in. A name that nobody can look at now is not seen, and so not thought gone.
func (s *Step) look(ctx context.Context, rec pipeline.Recording, seen map[place]sight) error {
	var all []catalog.Name
	if err := s.Catalog.Write(ctx, func(tx *catalog.Tx) (err error) {
		all, err = tx.Names(rec.ID, "")
		return err
	}); err != nil {
		return err
	}
	home := catalog.Name{Source: rec.Source, Key: rec.Key, Version: rec.Version}
	for _, n := range append([]catalog.Name{home}, all...) { // home first: other bytes may be accepted there by now
		at := place{n.Source, n.Key}
		if _, known := seen[at]; known {
			continue
		}
		bucket, err := s.Sources(ctx, n.Source)
		if err != nil {
			continue
		}
		lies, err := bucket.Stat(ctx, n.Key)
		if err == nil || errors.Is(err, pipeline.NotFound) {
			seen[at] = sight{lies.Modified, err != nil || lies.Version != n.Version}
		}
	}
	return nil
}

// round is one taking in of a recording that is known.
type round struct {
	req  Request
	work catalog.Work
	here storage.Object
	seen map[place]sight
	zone *time.Location
}

// join is what a recording and its brief are once the round's name is one of its
// names, and whether anything is new by that. Where it lies stays the name it
// has, while that lies there; when it began stays what is known, until a name
// says it better.
func (r round) join(tx *catalog.Tx, rec pipeline.Recording) (pipeline.Recording, pipeline.Brief, bool, error) {
	was, err := tx.Brief(rec.ID)
	if err != nil && !errors.Is(err, pipeline.NotFound) {
		return rec, was, false, err
	}
	names, err := r.names(tx, rec, was)
	if err != nil {
		return rec, was, false, err
	}
	var lie, gone []pipeline.Brief
	for _, n := range names {
		if r.seen[n.place].gone {
			gone = append(gone, n.brief)
		} else {
			lie = append(lie, n.brief)
		}
	}
	brief, now := joined(lie, gone), rec
	home := place{rec.Source, rec.Key}
	if home == placeOf(r.req) || r.seen[home].gone || !r.req.ByID {
		at(&now, r.req, r.here)
	}
	r.begin(&now, rec, names, zoneOf(brief, r.zone))
	return now, brief, isNews(rec, now, was, brief) || home == placeOf(r.req) || rec.State == pipeline.RecordingFailed, nil
}

// names is every name of a recording, the oldest first. What a person asks for
// by a command is one name, and all that is asked.
func (r round) names(tx *catalog.Tx, rec pipeline.Recording, was pipeline.Brief) (out []name, err error) {
	here := name{placeOf(r.req), r.req.Name, r.req.Brief}
	if !r.req.ByID {
		return []name{here}, nil
	}
	all, err := tx.Names(rec.ID, r.work.ID)
	if err != nil {
		return nil, err
	}
	home, knows, mine := place{rec.Source, rec.Key}, false, false
	for _, n := range all {
		one := name{place{n.Source, n.Key}, path.Base(n.Key), was} // what is known stands for a row of another version of this program
		if req, err := decode(n.Doc); err == nil {
			one.called, one.brief = req.Name, req.Brief
		}
		knows, mine = knows || one.place == home, mine || one.place == here.place
		out = append(out, one)
	}
	if !knows && home != here.place { // no row tells of it: what is known stands for it
		out = append([]name{{home, rec.Name, was}}, out...)
	}
	if !mine {
		out = append(out, here)
	}
	return out, nil
}

// begin notes when a recording began: as the first of its names says that says
// it best. What was known stays where it is more exact, and where the name that
// said it was not looked at or is gone and another says no more than when it was
// written.
func (r round) begin(now *pipeline.Recording, was pipeline.Recording, names []name, zone zoned) {
	var best pipeline.Recording
	for _, n := range names {
		at, looked := r.seen[n.place]
		if !looked || at.gone {
			continue
		}
		one := *now
		one.Name = n.called
		began(&one, at.modified, zone)
		if one.StartedAt != nil && (best.StartedAt == nil || one.StartedStep < best.StartedStep) {
			best = one
		}
	}
	home := place{was.Source, was.Key}
	at, looked := r.seen[home]
	gone := at.gone || !r.req.ByID && home != placeOf(r.req)
	older := best.StartedStep == was.StartedStep && (!looked || gone && was.StartedFrom == pipeline.StartFromModified)
	if was.StartedAt != nil && (best.StartedAt == nil || was.StartedStep < best.StartedStep || older) {
		best = was
	}
	now.StartedAt, now.StartedFrom, now.StartedStep = best.StartedAt, best.StartedFrom, best.StartedStep
}

// isNews reports whether anything of a recording changed that later steps go by.
func isNews(rec, now pipeline.Recording, was, brief pipeline.Brief) bool {
	before, err := json.Marshal([]any{rec, was})
	after, err2 := json.Marshal([]any{now, brief})
	return err != nil || err2 != nil || string(before) != string(after)
}
