package catalog

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"dropcut/storage/storagetest/postgres"
)

// tapped is a server's catalogue of which is noted what it is asked.
type tapped struct{ asked []question }

// TraceQueryStart implements pgx.QueryTracer.
func (o *tapped) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	o.asked = append(o.asked, question{q.SQL, q.Args})
	return ctx
}

// TraceQueryEnd implements pgx.QueryTracer.
func (o *tapped) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// tap opens a new catalogue on a server, and notes what it is asked.
func tap(t *testing.T) (*DB, *tapped) {
	t.Helper()
	at := postgres.Database(t)
	open(t, at)
	config, err := readAddress(at)
	if err != nil {
		t.Fatal(err)
	}
	o := &tapped{}
	config.Tracer = o
	db := &DB{stdlib.OpenDB(*config), inPostgres}
	db.sql.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	return db, o
}

// unavoidable is what PostgreSQL does where no index will do, whatever it
// thinks of tables that hold next to nothing: reading a table from end to end,
// and sorting, cost it more than anything else.
const unavoidable = "SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off"

// plan is how PostgreSQL goes about the questions of a list.
func (o *tapped) plan(t *testing.T, db *DB, list func(*Tx) error) (steps []string) {
	t.Helper()
	o.asked = nil
	write(t, db, list)
	for _, q := range o.asked {
		word, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(q.query)), " ")
		if word != "SELECT" && word != "UPDATE" && word != "DELETE" && word != "INSERT" {
			continue // BEGIN, COMMIT
		}
		err := db.Read(t.Context(), func(tx *Tx) error {
			if _, err := tx.tx.ExecContext(t.Context(), unavoidable); err != nil {
				return err
			}
			return tx.each("EXPLAIN (COSTS OFF) "+q.query, q.args, func(rows *sql.Rows) error {
				var step string
				err := rows.Scan(&step)
				steps = append(steps, strings.TrimSpace(step))
				return err
			})
		})
		if err != nil {
			t.Fatalf("%v: %s", err, q.query)
		}
	}
	if len(steps) == 0 {
		t.Fatal("nothing was asked")
	}
	return steps
}

// isWhole reports whether a step reads a table from end to end, or sorts.
func isWhole(step string) bool {
	step = strings.TrimPrefix(step, "->  ")
	return strings.HasPrefix(step, "Seq Scan") || strings.HasPrefix(step, "Sort") && !strings.HasPrefix(step, "Sort Key")
}

// TestNoListReadsAllThereIsOnAServer: every list has an index there too.
func TestNoListReadsAllThereIsOnAServer(t *testing.T) {
	t.Parallel()
	db, o := tap(t)
	layRecalled(t, db)
	for _, lists := range []map[string]func(*Tx) error{searches(), walks()} {
		for what, list := range lists {
			for _, step := range o.plan(t, db, list) {
				if isWhole(step) {
					t.Errorf("%s: %s", what, step)
				}
			}
		}
	}
	everything := func(tx *Tx) error {
		_, err := tx.texts(`SELECT url FROM claims WHERE url <> '' ORDER BY url`)
		return err
	}
	whole := 0
	for _, step := range o.plan(t, db, everything) {
		if isWhole(step) {
			whole++
		}
	}
	if whole != 2 {
		t.Error("a list that reads and sorts everything is not seen")
	}
}
