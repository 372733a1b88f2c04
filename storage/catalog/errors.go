package catalog

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"dropcut/pipeline"
)

const (
	damagedHint = "put a copy of the catalogue back, or name a new --data"
	serverHint  = "see whether the PostgreSQL server runs, and what its log says; the work goes on when it is back"
)

// reason is what an engine's error asks of whoever sees it.
type reason struct {
	kind pipeline.Kind
	code string
	hint string
}

// refused is why a PostgreSQL server says no, by SQLSTATE or by its class (the
// first two signs).
var refused = map[string]reason{
	"08":    {pipeline.Unavailable, "catalogue", serverHint},
	"22021": {pipeline.Invalid, "not_text", "write names and texts in UTF-8"},
	"25006": {pipeline.Unavailable, "catalogue_read_only", "name the primary server, not a standby"},
	"28":    {pipeline.Unavailable, "catalogue_refused", "check user and password, and the server's pg_hba.conf"},
	"3D000": {pipeline.Unavailable, "no_database", "make the database first: createdb NAME"},
	"40":    {pipeline.Unavailable, "catalogue_busy", ""},
	"42":    {pipeline.Internal, "catalogue", ""}, // a query that the schema does not know: a bug of ours
	"42501": {pipeline.Unavailable, "catalogue_refused", "let the user make tables: ALTER DATABASE NAME OWNER TO USER"},
	"53100": {pipeline.NoRoom, "disk_full", "make room on the database's disk: the work goes on by itself"},
	"53200": {pipeline.NoRoom, "memory_full", "give the database server more memory"},
	"53300": {pipeline.Unavailable, "catalogue_full", "raise the server's max_connections: each process of dropcut takes up to ten"},
	"54":    {pipeline.Invalid, "too_long", "shorten the name or the text"},
	"57P":   {pipeline.Unavailable, "catalogue", serverHint},
	"XX001": {pipeline.Corrupt, "catalogue_damaged", "put a copy of the database back"},
	"XX002": {pipeline.Corrupt, "catalogue_damaged", "REINDEX the database"},
}

// broken is why SQLite says no, by primary result code.
var broken = map[int]reason{
	sqlite3.SQLITE_FULL:    {pipeline.NoRoom, "disk_full", "make room, then run again: finished pieces are kept"},
	sqlite3.SQLITE_CORRUPT: {pipeline.Corrupt, "catalogue_damaged", damagedHint},
	sqlite3.SQLITE_NOTADB:  {pipeline.Corrupt, "catalogue_damaged", damagedHint},
}

// fail gives an engine's error a kind and a hint. One that has a kind is left
// as it is; where ctx has ended it is Stopped.
func fail(ctx context.Context, err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	var known *pipeline.Error
	if errors.As(err, &known) {
		return err
	}
	what := fmt.Sprintf(format, args...)
	if ctx.Err() != nil {
		return pipeline.Fail(pipeline.Stopped, "stopped", "", "%s: %w", what, err)
	}
	r := why(err)
	return pipeline.Fail(r.kind, r.code, r.hint, "%s: %w", what, err)
}

func why(err error) reason {
	var file *sqlite.Error
	if errors.As(err, &file) {
		if r, ok := broken[file.Code()&0xff]; ok {
			return r
		}
		return reason{pipeline.Unavailable, "catalogue", ""}
	}
	if state := sqlState(err); state != "" {
		for n := len(state); n >= 2; n-- {
			if r, ok := refused[state[:n]]; ok {
				return r
			}
		}
		return reason{pipeline.Unavailable, "catalogue", ""}
	}
	var dial *pgconn.ConnectError
	switch {
	case errors.As(err, &dial):
		return reason{pipeline.Unavailable, "catalogue_away", "see whether PostgreSQL runs there, listens on that address and port, and lets this machine in"}
	case errors.Is(err, context.DeadlineExceeded):
		return reason{pipeline.Unavailable, "catalogue_silent", serverHint}
	case wasCut(err):
		return reason{pipeline.Unavailable, "catalogue", serverHint}
	}
	return reason{pipeline.Unavailable, "catalogue", ""}
}

// sqlState is a PostgreSQL server's code for its error, "" for any other.
func sqlState(err error) string {
	var server *pgconn.PgError
	if errors.As(err, &server) {
		return server.Code
	}
	return ""
}

// metAnother reports whether a transaction was undone because it met another:
// serialization_failure, deadlock_detected.
func metAnother(err error) bool {
	state := sqlState(err)
	return state == "40001" || state == "40P01"
}

// wasCut reports whether a connection that stood has ended.
func wasCut(err error) bool {
	var dial *pgconn.ConnectError
	if errors.As(err, &dial) {
		return false
	}
	switch state := sqlState(err); {
	case state == "25P03", state == "57P01", state == "57P02", state == "57P05": // given up, or the server stops
		return true
	case state != "":
		return false
	}
	var wire *net.OpError
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, pgconn.ErrConnClosed) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &wire) && !wire.Timeout()
}

// startsYet reports whether a server that cannot be reached now may be soon.
func startsYet(err error) bool {
	state := sqlState(err)
	return state == "" || state == "57P03" || state == "53300"
}
