package workers

import (
	"bytes"
	"database/sql"
	"fmt"
	"io"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"dropcut/faultstest"
	"dropcut/storage"
)

// judge compares everything that was ordered with what stands: each stage of
// each moment has one row, done, kept under the last claim of that row, counted
// once, and one object, whole. Nothing else lies in the store.
func (f *forge) judge() faultstest.Figures {
	f.t.Helper()
	out := faultstest.Figures{Faults: f.faults}
	f.judgeRows(&out)
	f.judgeObjects(&out)
	f.mu.Lock()
	defer f.mu.Unlock()
	out.Refused = f.refused
	for _, c := range f.crashes {
		out.Resumed = append(out.Resumed, f.resumes(c)...)
	}
	return out
}

func (f *forge) judgeRows(out *faultstest.Figures) {
	f.t.Helper()
	db, err := sql.Open("pgx", f.where)
	if err != nil {
		f.t.Fatal(err)
	}
	defer db.Close()
	judgeRows(f.t, db, f.moments, out)
}

// judgeRows compares the rows of a catalogue with the moments that were ordered.
func judgeRows(t *testing.T, db *sql.DB, moments []string, out *faultstest.Figures) {
	t.Helper()
	done := map[string]int{}
	each(t, db, `SELECT w.subject || ' ' || w.kind, w.state, CAST(w.fence AS TEXT), COALESCE(s.encoder, '')
		FROM work w LEFT JOIN segments s ON s.recipe = w.id`, func(row []string) {
		switch of, state, fence, kept := row[0], row[1], row[2], row[3]; {
		case state != "done":
			t.Errorf("%s is %s", of, state)
		case kept != fence:
			t.Errorf("%s was kept under claim %s, and its last is %s", of, kept, fence)
			out.Doubled++
		default:
			done[of]++
		}
	})
	tallies := map[string]int{}
	each(t, db, `SELECT moment_id, CAST(encoded_frames AS TEXT) FROM tallies`, func(row []string) {
		tallies[row[0]], _ = strconv.Atoi(row[1])
	})
	for _, m := range moments {
		for _, kind := range stages {
			switch n := done[fmt.Sprintf("%s %s", m, kind)]; {
			case n == 0:
				out.Lost++
			default:
				out.Done++
				out.Doubled += n - 1
			}
		}
		if more := tallies[m] - len(stages); more > 0 {
			t.Errorf("%s was counted %d times", m, tallies[m])
			out.Doubled += more
		}
	}
}

// each calls f with every row of an answer, all of which is text.
func each(t *testing.T, db *sql.DB, query string, f func(row []string)) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		row, to := make([]string, len(columns)), make([]any, len(columns))
		for i := range row {
			to[i] = &row[i]
		}
		if err := rows.Scan(to...); err != nil {
			t.Fatal(err)
		}
		f(row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

func (f *forge) judgeObjects(out *faultstest.Figures) {
	f.t.Helper()
	if f.bucket == nil {
		return
	}
	ctx := f.t.Context()
	var keys []string
	if err := f.bucket.List(ctx, "", func(o storage.Object) bool { keys = append(keys, o.Key); return true }); err != nil {
		f.t.Fatal(err)
	}
	var want []string
	for _, m := range f.moments {
		for _, kind := range stages {
			key := madeKey(m, kind)
			want = append(want, key)
			r, err := f.bucket.OpenRange(ctx, key, "", 0, -1)
			if err != nil {
				f.t.Errorf("%s: %v", key, err)
				out.Lost++
				continue
			}
			got, err := io.ReadAll(r)
			_ = r.Close()
			if err != nil || !bytes.Equal(got, f.smithy.made(m, kind)) {
				f.t.Errorf("%s has %d bytes: %v", key, len(got), err)
				out.Lost++
			}
		}
	}
	slices.Sort(want)
	slices.Sort(keys)
	if !slices.Equal(keys, want) {
		f.t.Errorf("%d objects lie in the store, want %d", len(keys), len(want))
		out.Doubled += max(len(keys)-len(want), 0)
	}
	if halves, err := f.bucket.Halves(ctx, []string{"."}, time.Now().Add(time.Hour)); err != nil || len(halves) > 0 {
		f.t.Errorf("uploads are left: %v, %v", halves, err)
	}
}

// resumes is how many milliseconds after a crash each row that was in hand was
// begun again. With mu held.
func (f *forge) resumes(after crash) (out []int64) {
	for _, all := range f.begun {
		for i, b := range all {
			if b.by != after.of || b.ended || b.at.After(after.at) || i+1 == len(all) {
				continue
			}
			out = append(out, max(all[i+1].at.Sub(after.at).Milliseconds(), 0))
		}
	}
	return out
}

// standing is how work stands that is not done, for who looks for a fault of ours.
func (f *forge) standing() string {
	ctx := f.t.Context()
	c, err := pgx.Connect(ctx, f.where)
	if err != nil {
		return err.Error()
	}
	defer c.Close(ctx)
	var out string
	err = c.QueryRow(ctx, `SELECT COALESCE(string_agg(format('%s %s %s attempt %s fence %s waits %s lease %s ms not before %s ms %s', id, kind, state, attempt, fence, waits,
		lease_ms - now, not_before - now, failure), E'\n'), '') FROM (SELECT *, CAST(EXTRACT(EPOCH FROM now()) * 1000 AS BIGINT) AS now
		FROM work WHERE state <> 'done' LIMIT 5) AS w`).Scan(&out)
	return fmt.Sprint(out, err)
}
