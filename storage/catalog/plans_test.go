package catalog

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
)

// overheard is an SQLite file of which is noted what it is asked.
type overheard struct {
	sqlite driver.Driver
	at     string
	asked  []question
}

// question is a query as it was asked.
type question struct {
	query string
	args  []any
}

// Connect implements driver.Connector.
func (o *overheard) Connect(context.Context) (driver.Conn, error) {
	c, err := o.sqlite.Open(o.at)
	return listened{c, o}, err
}

// Driver implements driver.Connector.
func (o *overheard) Driver() driver.Driver { return o.sqlite }

// listened is a connection.
type listened struct {
	driver.Conn
	to *overheard
}

// QueryContext implements driver.QueryerContext.
func (l listened) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	l.note(query, args)
	return l.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}

// ExecContext implements driver.ExecerContext.
func (l listened) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	l.note(query, args)
	return l.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
}

// BeginTx implements driver.ConnBeginTx.
func (l listened) BeginTx(ctx context.Context, how driver.TxOptions) (driver.Tx, error) {
	return l.Conn.(driver.ConnBeginTx).BeginTx(ctx, how)
}

func (l listened) note(query string, args []driver.NamedValue) {
	q := question{query: query}
	for _, a := range args {
		q.args = append(q.args, a.Value)
	}
	l.to.asked = append(l.to.asked, q)
}

// overhear opens a new catalogue, and notes what it is asked from then on.
func overhear(t *testing.T) (*DB, *overheard) {
	t.Helper()
	at := filepath.Join(t.TempDir(), "c.db")
	db := open(t, at)
	o := &overheard{sqlite: db.sql.Driver(), at: (&url.URL{Scheme: "file", Opaque: at, RawQuery: "_txlock=immediate"}).String()}
	_ = db.Close()
	over := &DB{sql.OpenDB(o), inSQLite}
	over.sql.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = over.Close() })
	return over, o
}

// plan is how SQLite goes about a question.
func (o *overheard) plan(t *testing.T, db *DB, q question) (steps []string) {
	t.Helper()
	err := db.Read(t.Context(), func(tx *Tx) error {
		steps = nil
		return tx.each("EXPLAIN QUERY PLAN "+q.query, q.args, func(rows *sql.Rows) error {
			var id, parent, unused int
			var step string
			err := rows.Scan(&id, &parent, &unused, &step)
			steps = append(steps, step)
			return err
		})
	})
	if err != nil {
		t.Fatalf("%v: %s", err, q.query)
	}
	return steps
}

// TestNoListReadsAllThereIs: whoever may narrow a list, and by whatever. What
// is narrowed by nothing is walked in its order, and ends with its limit.
func TestNoListReadsAllThereIs(t *testing.T) {
	t.Parallel()
	db, o := overhear(t)
	layRecalled(t, db)
	for what, list := range searches() {
		for _, step := range o.steps(t, db, list) {
			if strings.HasPrefix(step, "SCAN") || strings.Contains(step, "TEMP B-TREE") {
				t.Errorf("%s: %s", what, step)
			}
		}
	}
	for what, list := range walks() {
		for _, step := range o.steps(t, db, list) {
			if strings.HasPrefix(step, "SCAN") && !strings.Contains(step, "INDEX") || strings.Contains(step, "TEMP B-TREE") {
				t.Errorf("%s: %s", what, step)
			}
		}
	}
}

// since and posted are what lists are narrowed by.
var (
	since  = time.Unix(1_800_000_000, 0)
	posted = []pipeline.ClaimState{pipeline.Posted, pipeline.Removed}
)

// walks is the lists that may be walked: in their order, and not sorted.
func walks() map[string]func(tx *Tx) error {
	return map[string]func(tx *Tx) error{
		"claims":                claimsBy(ClaimFilter{}),
		"claims behind one":     claimsBy(ClaimFilter{Before: "cl_1"}),
		"claims in a state":     claimsBy(ClaimFilter{States: posted[:1]}),
		"verdicts":              func(tx *Tx) error { _, err := tx.Verdicts("", "", 50); return err },
		"ready clips":           func(tx *Tx) error { _, err := tx.ReadyClips("", 50); return err },
		"recordings":            func(tx *Tx) error { _, err := tx.RecordingsBefore("", "", 50); return err },
		"variants of a creator": func(tx *Tx) error { _, err := tx.VariantsBefore(VariantFilter{Creator: "ada", Limit: 50}); return err },
		"moments of a creator":  func(tx *Tx) error { _, err := tx.MomentsBefore("ada", "", "", 50); return err },
		"clips of a creator":    func(tx *Tx) error { _, err := tx.ClipsBefore("ada", "", "", 50); return err },
		"recalls":               func(tx *Tx) error { _, err := tx.Recalls("", "rc_1", 50); return err },
		"who posted":            func(tx *Tx) error { _, err := tx.Posting(since); return err },
	}
}

// searches is the lists of which only what is asked for may be read.
func searches() map[string]func(tx *Tx) error {
	return map[string]func(tx *Tx) error{
		"a creator's claims":          claimsBy(ClaimFilter{Creator: "ada"}),
		"behind one":                  claimsBy(ClaimFilter{Creator: "ada", Before: "cl_1"}),
		"in a state":                  claimsBy(ClaimFilter{Creator: "ada", States: posted[:1]}),
		"in several":                  claimsBy(ClaimFilter{Creator: "ada", States: posted}),
		"a channel's claims":          claimsBy(ClaimFilter{Creator: "ada", Channel: "ch_1"}),
		"a variant's claims":          claimsBy(ClaimFilter{Creator: "ada", Variant: "v_1"}),
		"a variant's recalled claims": claimsBy(ClaimFilter{Creator: "ada", Variant: "v_1", Revoked: true}),
		"a moment's claims":           claimsBy(ClaimFilter{Creator: "ada", Moment: "m_1"}),
		"a recording's claims":        claimsBy(ClaimFilter{Creator: "ada", Recording: "r_1"}),
		"recalled claims":             claimsBy(ClaimFilter{Creator: "ada", Revoked: true}),
		"what changed":                claimsBy(ClaimFilter{Creator: "ada", Since: since}),
		"what changed of anybody's":   claimsBy(ClaimFilter{Since: since}),
		"one claim":                   func(tx *Tx) error { _, err := tx.Claim("ada", "cl_1"); return orNone(err) },
		"a creator's verdicts":        func(tx *Tx) error { _, err := tx.Verdicts("ada", "n_1", 50); return err },
		"a variant's verdicts":        func(tx *Tx) error { _, err := tx.VerdictsOf("v_1"); return err },
		"a creator's ready clips":     func(tx *Tx) error { _, err := tx.ReadyClips("ada", 50); return err },
		"a creator's approved files":  func(tx *Tx) error { _, err := tx.EachReady("ada"); return err },
		"why nothing is handed out":   func(tx *Tx) error { _, err := tx.Approved("ada", "ch_1", 50, 50); return err },
		"how much is approved":        func(tx *Tx) error { _, err := tx.CountReady("ada"); return err },
		"what waits of a clip":        func(tx *Tx) error { _, err := tx.WaitingOf("ch_1", "c_1", time.Now()); return err },
		"a clip's approved files":     func(tx *Tx) error { _, err := tx.ReadyOf("c_1"); return err },
		"a channel's queue":           func(tx *Tx) error { _, err := tx.Waiting("ch_1", Wanted{}, time.Now(), 0, 50); return err },
		"what is wanted of it": func(tx *Tx) error {
			_, err := tx.Waiting("ch_1", Wanted{Kind: "core", Aspect: "9:16", Language: "en"}, time.Now(), 50, 50)
			return err
		},
		"how much waits":               func(tx *Tx) error { _, err := tx.CountWaiting("ch_1"); return err },
		"no more waiting":              func(tx *Tx) error { return tx.AwaitNot("", "v_1") },
		"no more waiting on a channel": func(tx *Tx) error { return tx.AwaitNot("ch_1", "v_1") },
		"revoking":                     func(tx *Tx) error { return tx.RevokeClaims("v_1", "") },
		"revoking a file":              func(tx *Tx) error { return tx.RevokeClaims("v_1", "sha256:1") },
		"claims that ran out":          func(tx *Tx) error { _, err := tx.RunOut("ada"); return err },
		"times that are taken":         func(tx *Tx) error { _, err := tx.Taken("ch_1", since); return err },
		"posts":                        func(tx *Tx) error { _, err := tx.Posts(PostFilter{Since: since, Limit: 50}); return err },
		"a creator's posts": func(tx *Tx) error {
			_, err := tx.Posts(PostFilter{Creator: "ada", Since: since, Limit: 50})
			return err
		},
		"one post":            func(tx *Tx) error { _, err := tx.Posts(PostFilter{Creator: "ada", ID: "cl_1", Limit: 1}); return err },
		"windows to close":    func(tx *Tx) error { _, err := tx.Closing(time.Hour, 50); return err },
		"a creator's recalls": func(tx *Tx) error { _, err := tx.Recalls("ada", "rc_1", 50); return err },
		"a variant's recall": func(tx *Tx) error {
			r, err := tx.RecallOf("v_1")
			if err == nil && (r == nil || r.Moment != "m_2") {
				err = errors.New("it is under none")
			}
			return err
		},
		"whether it is out":               func(tx *Tx) error { _, err := tx.IsOut("v_1"); return err },
		"what is out of a recording":      func(tx *Tx) error { _, err := tx.OutOf("r_1"); return err },
		"what is recalled of a recording": func(tx *Tx) error { _, err := tx.OfferVariants("r_1", ""); return err },
		"what is recalled of a moment":    func(tx *Tx) error { _, err := tx.OfferVariants("", "m_1"); return err },
		"what is recalled of one of several that are one": func(tx *Tx) error {
			all, err := tx.OfferVariants("", "m_2")
			if err == nil && !slices.Equal(all, []string{"v_1"}) {
				err = fmt.Errorf("%v is", all)
			}
			return err
		},
		"a creator's recordings that are in work": func(tx *Tx) error { _, err := tx.InWork("ada"); return err },
		"a creator's recordings":                  func(tx *Tx) error { _, err := tx.RecordingsBefore("ada", "r_1", 50); return err },
	}
}

// layRecalled lays in a moment with a variant that speaks of an offer, and
// another that was recalled and became part of it.
func layRecalled(t *testing.T, db *DB) {
	t.Helper()
	write(t, db, func(tx *Tx) error {
		return errors.Join(tx.PutRecording(pipeline.Recording{ID: "r_1", Creator: "ada", State: pipeline.RecordingDone}),
			tx.PutMoment(pipeline.Moment{ID: "m_1", Recording: "r_1", State: pipeline.MomentMade}),
			tx.PutMoment(pipeline.Moment{ID: "m_2", Recording: "r_1", State: pipeline.MomentSuperseded, SupersededBy: "m_1"}),
			tx.PutClip(pipeline.Clip{ID: "c_1", Moment: "m_1", Kind: pipeline.Core, N: 1}, false),
			tx.PutVariant(pipeline.Variant{ID: "v_1", Clip: "c_1", State: pipeline.VariantMade, Hook: pipeline.Hook{Text: "50 left", Offer: true}}),
			tx.PutRecall("ada", Recall{Moment: "m_2", Reason: "sold_out"}))
	})
}

// TestCountingReadsAnIndexAlone: no share event's row is looked up, and of what
// happened behind a window only the first.
func TestCountingReadsAnIndexAlone(t *testing.T) {
	t.Parallel()
	db, o := overhear(t)
	end := time.Unix(1_800_000_000, 0)
	for what, list := range map[string]func(tx *Tx) error{
		"a window": func(tx *Tx) error {
			_, err := tx.ShareCurve("cl_1", Stretches{From: end.Add(-12 * time.Hour), To: end, Step: 15 * time.Minute, Edges: []time.Time{end.Add(-time.Hour)}, Late: end.Add(time.Hour)})
			return err
		},
		"before it": func(tx *Tx) error { _, err := tx.ShareCurve("cl_1", Stretches{To: end}); return err },
		"behind it": func(tx *Tx) error { _, err := tx.SharesFrom("cl_1", end); return err },
	} {
		text := strings.Join(o.steps(t, db, list), "\n")
		if !strings.Contains(text, "SEARCH e USING COVERING INDEX share_events_by_time (subject_id=? AND occurred_ms") || strings.Contains(text, "SCAN e") {
			t.Errorf("%s:\n%s", what, text)
		}
	}
}

// steps is what the questions of a list make SQLite do.
func (o *overheard) steps(t *testing.T, db *DB, list func(tx *Tx) error) (all []string) {
	t.Helper()
	o.asked = nil
	write(t, db, list)
	asked := o.asked
	for _, q := range asked {
		all = append(all, o.plan(t, db, q)...)
	}
	if len(all) == 0 {
		t.Fatal("nothing was asked")
	}
	return all
}

func claimsBy(f ClaimFilter) func(tx *Tx) error {
	f.Limit = 50
	return func(tx *Tx) error {
		_, err := tx.Claims(f)
		return err
	}
}

// orNone is err, unless there is no such thing.
func orNone(err error) error {
	if pipeline.KindOf(err) == pipeline.NotFound {
		return nil
	}
	return err
}
