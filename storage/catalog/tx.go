package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"dropcut/pipeline"
)

// Tx is one transaction. It must not outlive the call it was handed to.
type Tx struct {
	ctx   context.Context // ends when the transaction is given up
	asked context.Context // the caller's
	tx    *sql.Tx
	words *strings.Replacer
	rerun error // why all of it must be run again, whatever f makes of it; nil: it need not
}

func (t *Tx) exec(query string, args ...any) (int64, error) {
	r, err := t.tx.ExecContext(t.ctx, t.words.Replace(query), plain(args)...)
	if err != nil {
		return 0, t.fail(err, "catalogue")
	}
	n, err := r.RowsAffected()
	return n, t.fail(err, "catalogue")
}

// one scans the single row of query into dest; no row is NotFound.
func (t *Tx) one(what, query string, args []any, dest ...any) error {
	return t.row(what, query, args, func(scan func(...any) error) error { return scan(dest...) })
}

// row has read scan the single row of query; no row is NotFound.
func (t *Tx) row(what, query string, args []any, read func(scan func(...any) error) error) error {
	err := read(t.tx.QueryRowContext(t.ctx, t.words.Replace(query), plain(args)...).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return noSuch(what)
	}
	return t.fail(err, "read %s", what)
}

// each hands every row of query to scan.
func (t *Tx) each(query string, args []any, scan func(*sql.Rows) error) error {
	rows, err := t.tx.QueryContext(t.ctx, t.words.Replace(query), plain(args)...)
	if err != nil {
		return t.fail(err, "catalogue")
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return t.fail(err, "catalogue")
		}
	}
	return t.fail(rows.Err(), "catalogue")
}

// fail is fail, and notes what asks for another run.
func (t *Tx) fail(err error, format string, args ...any) error {
	if err = fail(t.asked, err, format, args...); t.rerun == nil && (metAnother(err) || wasCut(err)) {
		t.rerun = err
	}
	return err
}

// docs reads every row's single JSON column into T.
func docs[T any](t *Tx, query string, args ...any) ([]T, error) {
	var out []T
	err := t.each(query, args, func(rows *sql.Rows) error {
		var text string
		if err := rows.Scan(&text); err != nil {
			return err
		}
		var v T
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			return pipeline.Fail(pipeline.Corrupt, "catalogue", "", "read catalogue row: %w", err)
		}
		out = append(out, v)
		return nil
	})
	return out, err
}

// doc reads one row's single JSON column; no row is NotFound.
func doc[T any](t *Tx, what, query string, args ...any) (T, error) {
	var v T
	all, err := docs[T](t, query, args...)
	if err != nil {
		return v, err
	}
	if len(all) == 0 {
		return v, noSuch(what)
	}
	return all[0], nil
}

func noSuch(what string) error {
	return pipeline.Fail(pipeline.NotFound, "no_such_"+what, "", "there is no such %s", what)
}

// text is v as a JSON column.
func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("catalog: a record that is no JSON: %v", err)) // a bug of ours: records are plain data
	}
	return string(b)
}

// plain is args as every engine takes them: PostgreSQL refuses text with NUL,
// so U+FFFD stands for it in both. JSON has it escaped, and keeps it.
func plain(args []any) []any {
	for i, a := range args {
		if v := reflect.ValueOf(a); v.Kind() == reflect.String && strings.Contains(v.String(), "\x00") {
			args[i] = strings.ReplaceAll(v.String(), "\x00", "\uFFFD")
		}
	}
	return args
}
