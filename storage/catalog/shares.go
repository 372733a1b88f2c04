package catalog

import (
	"cmp"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"dropcut/pipeline"
)

const (
	shareRows    = 2000 // of one statement: its own cost is nothing beside theirs
	snapshotRows = 50   // each column of each is an argument, and SQLite looks for each among all
)

// PutShareEvents keeps re-shares, each once by creator, source and ID: the first
// that came wins, whatever a later one says, and a later one is known. Post is
// our ID, or the key of whatever the source names a post by (pipeline.Named):
// such an event is that post's from when it is known, also where it came before.
// An event without Received came now. Invalid, code bad_event: one that has no
// ID, source, post or time; then none is kept.
func (t *Tx) PutShareEvents(creator string, all []pipeline.ShareEvent) (counted, known int, err error) {
	for _, e := range all {
		if e.ID == "" || e.Source == "" || e.Post == "" || e.At.IsZero() {
			return 0, 0, pipeline.Fail(pipeline.Invalid, "bad_event", "", "a share event needs id, source, post and time: %q of %q", e.ID, e.Source)
		}
	}
	now, err := t.now()
	if err != nil {
		return 0, 0, err
	}
	all = slices.Clone(all) // the caller's order is the caller's
	slices.SortStableFunc(all, func(a, b pipeline.ShareEvent) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.ID, b.ID))
	})
	for batch := range slices.Chunk(all, shareRows) {
		n, err := t.putEvents(creator, batch, now)
		if err != nil {
			return 0, 0, err
		}
		counted += n
	}
	return counted, len(all) - counted, nil
}

func (t *Tx) putEvents(creator string, batch []pipeline.ShareEvent, now int64) (int, error) {
	var names []naming
	for _, e := range batch {
		names = append(names, saysOf(e.Source, e.Post))
	}
	subjects, err := t.subjects(creator, names)
	if err != nil {
		return 0, err
	}
	rows := make([][5]any, len(batch))
	for i, e := range batch {
		s := subjects[saysOf(e.Source, e.Post)]
		rows[i] = [5]any{s.source, plain([]any{e.ID})[0], s.id, e.At.UnixMilli(), received(e.Received, now)}
	}
	n, err := t.exec(`INSERT INTO share_events (source_id, id, subject_id, occurred_ms, received_ms)
		SELECT CAST(r.value ->> 0 AS BIGINT), r.value ->> 1, CAST(r.value ->> 2 AS BIGINT), CAST(r.value ->> 3 AS BIGINT), CAST(r.value ->> 4 AS BIGINT)
		FROM each_row AS r WHERE TRUE ON CONFLICT DO NOTHING`, text(rows))
	return int(n), err
}

// PutSnapshots keeps counters, once by source, post and time of observation. Of
// one instant the first that came wins; counters that their grain says may still
// change are replaced by what came last, and count again where they differ. Post
// and Received are as for PutShareEvents. Invalid, code bad_snapshot: one that
// has no source, post or time; then none is kept.
func (t *Tx) PutSnapshots(creator string, all []pipeline.Snapshot) (counted, known int, err error) {
	for _, s := range all {
		if s.Source == "" || s.Post == "" || s.At.IsZero() {
			return 0, 0, pipeline.Fail(pipeline.Invalid, "bad_snapshot", "", "a snapshot needs source, post and time: of %q by %q", s.Post, s.Source)
		}
	}
	now, err := t.now()
	if err != nil {
		return 0, 0, err
	}
	for batch := range slices.Chunk(oncePerTime(all), snapshotRows) {
		n, err := t.putSnapshots(creator, batch, now)
		if err != nil {
			return 0, 0, err
		}
		counted += n
	}
	return counted, len(all) - counted, nil
}

// oncePerTime is what PutSnapshots would leave of all, in the order of their key.
func oncePerTime(all []pipeline.Snapshot) []pipeline.Snapshot {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b pipeline.Snapshot) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Post, b.Post), cmp.Compare(a.At.UnixMilli(), b.At.UnixMilli()))
	})
	out := all[:0]
	for _, s := range all {
		if n := len(out) - 1; n < 0 || out[n].Source != s.Source || out[n].Post != s.Post || out[n].At.UnixMilli() != s.At.UnixMilli() {
			out = append(out, s)
		} else if out[n].Grain != pipeline.GrainInstant && s.Grain != pipeline.GrainInstant {
			out[n] = s
		}
	}
	return out
}

func (t *Tx) putSnapshots(creator string, batch []pipeline.Snapshot, now int64) (int, error) {
	var names []naming
	for _, s := range batch {
		names = append(names, saysOf(s.Source, s.Post))
	}
	subjects, err := t.subjects(creator, names)
	if err != nil {
		return 0, err
	}
	args := make([]any, 0, 9*len(batch))
	for _, s := range batch {
		id := cmp.Or(s.ID, pipeline.Mint(pipeline.SnapshotID))
		args = append(args, subjects[saysOf(s.Source, s.Post)].id, s.At.UnixMilli(), id, s.Views, s.Shares, s.Likes, s.Comments, string(s.Grain), received(s.Received, now))
	}
	n, err := t.exec(`INSERT INTO snapshots (subject_id, observed_ms, id, views, shares, likes, comments, grain, received_ms) VALUES `+rowsOf(len(batch), 9)+`
		ON CONFLICT (subject_id, observed_ms) DO UPDATE SET views = excluded.views, shares = excluded.shares, likes = excluded.likes,
		  comments = excluded.comments, grain = excluded.grain, received_ms = excluded.received_ms
		WHERE snapshots.grain <> '' AND excluded.grain <> '' AND (snapshots.views IS DISTINCT FROM excluded.views OR snapshots.shares IS DISTINCT FROM excluded.shares
		  OR snapshots.likes IS DISTINCT FROM excluded.likes OR snapshots.comments IS DISTINCT FROM excluded.comments)`, args...)
	return int(n), err
}

func received(at time.Time, now int64) int64 {
	if at.IsZero() {
		return now
	}
	return at.UnixMilli()
}

// now is the database's clock.
func (t *Tx) now() (ms int64, err error) {
	err = t.one("clock", `SELECT now_ms`, nil, &ms)
	return ms, err
}

// rowsOf is the placeholders of so many rows: ($1,$2),($3,$4) …
func rowsOf(rows, columns int) string {
	var b strings.Builder
	for i := range rows * columns {
		switch {
		case i == 0:
			b.WriteByte('(')
		case i%columns == 0:
			b.WriteString("),(")
		default:
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "$%d", i+1)
	}
	b.WriteByte(')')
	return b.String()
}

// naming is what a source names.
type naming struct{ source, named string }

// saysOf is what a source names, as rows hold it (see plain).
func saysOf(source, named string) naming {
	args := plain([]any{source, named})
	return naming{strings.ToValidUTF8(args[0].(string), "\uFFFD"), strings.ToValidUTF8(args[1].(string), "\uFFFD")}
}

// subject is the numbers that stand for what is told in rows.
type subject struct{ id, source int64 }

// subjects gives the numbers of what is told, and numbers what is new.
func (t *Tx) subjects(creator string, all []naming) (map[naming]subject, error) {
	slices.SortFunc(all, func(a, b naming) int { return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.named, b.named)) })
	all = slices.Compact(all)
	out := make(map[naming]subject, len(all))
	for len(all) > 0 {
		n := slices.IndexFunc(all, func(o naming) bool { return o.source != all[0].source })
		if n < 0 {
			n = len(all)
		}
		if err := t.subjectsOf(creator, all[:n], out); err != nil {
			return nil, err
		}
		all = all[n:]
	}
	return out, nil
}

// subjectsOf is subjects of one source.
func (t *Tx) subjectsOf(creator string, all []naming, out map[naming]subject) error {
	source, err := t.sourceID(creator, all[0].source)
	if err != nil {
		return err
	}
	if err := t.findSubjects(creator, source, all, out); err != nil {
		return err
	}
	var last int64
	var rows [][2]any
	for _, o := range all {
		if _, ok := out[o]; ok {
			continue
		}
		if last == 0 {
			if err := t.one("subject", `SELECT COALESCE(MAX(id), 0) FROM share_subjects`, nil, &last); err != nil {
				return err
			}
		}
		last++
		out[o] = subject{last, source}
		rows = append(rows, [2]any{last, o.named})
	}
	if rows == nil {
		return nil
	}
	_, err = t.exec(`INSERT INTO share_subjects (id, source_id, creator, named) SELECT CAST(r.value ->> 0 AS BIGINT), $2, $3, r.value ->> 1 FROM each_row AS r`, text(rows), source, creator)
	return err
}

func (t *Tx) findSubjects(creator string, source int64, all []naming, out map[naming]subject) error {
	rows := make([][1]string, len(all))
	for i, o := range all {
		rows[i] = [1]string{o.named}
	}
	return t.each(`SELECT s.id, s.named FROM each_row AS r JOIN share_subjects s ON s.creator = $2 AND s.source_id = $3 AND s.named = r.value ->> 0`,
		[]any{text(rows), creator, source}, func(rows *sql.Rows) error {
			s := subject{source: source}
			o := naming{source: all[0].source}
			err := rows.Scan(&s.id, &o.named)
			out[o] = s
			return err
		})
}

// sourceID is the number of a source, which it gets where it is new.
func (t *Tx) sourceID(creator, source string) (id int64, err error) {
	err = t.one("source", `SELECT COALESCE((SELECT id FROM share_sources WHERE creator = $1 AND source = $2), 0)`, []any{creator, source}, &id)
	if err != nil || id > 0 {
		return id, err
	}
	if _, err := t.exec(`INSERT INTO share_sources (id, creator, source) SELECT COALESCE(MAX(id), 0) + 1, $1, $2 FROM share_sources`, creator, source); err != nil {
		return 0, err
	}
	return t.sourceID(creator, source)
}
