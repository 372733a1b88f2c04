// Package postgres starts a PostgreSQL for tests: one for all tests of a
// package, or one of a test's own that may be killed. It listens on a Unix
// socket in its own temporary folder and nowhere else, and both go when the
// tests end.
package postgres

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

var shared struct {
	once   sync.Once
	server *Server
	err    error
}

// Tests is what runs all tests of a package: *testing.M, or what is around it.
type Tests interface{ Run() int }

// Around is m, and stops after it what Database started:
//
//	func TestMain(m *testing.M) { os.Exit(postgres.Around(m).Run()) }
func Around(m Tests) Tests { return around{m} }

type around struct{ Tests }

// Run implements Tests.
func (a around) Run() int {
	code := a.Tests.Run()
	if s := shared.server; s != nil {
		if err := s.remove(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	return code
}

// Database is the URL of an empty database of t's own on Shared.
func Database(t testing.TB) string {
	t.Helper()
	return Shared(t).Database(t)
}

// Shared is the server that all tests of a package share: nobody may end it,
// its TestMain must call Around. Where PostgreSQL is not installed t is
// skipped, or failed where CI is set.
func Shared(t testing.TB) *Server {
	t.Helper()
	program := programs(t, places...)
	shared.once.Do(func() { shared.server, shared.err = start(program) })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.server
}

// Start starts a server of t's own, which t may kill. It is removed with t.
func Start(t testing.TB) *Server {
	t.Helper()
	s, err := start(programs(t, places...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.remove(); err != nil {
			t.Error(err)
		}
	})
	return s
}

var made atomic.Int64 // databases and users

// Database is the URL of an empty database of t's own. Its language orders text
// otherwise than by bytes, so that what relies on the database's order is seen.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	return s.url(s.database(t, superuser), superuser, "")
}

// Guarded is a database of t's own, whose owner must say that password.
func (s *Server) Guarded(t testing.TB, password string) string {
	t.Helper()
	owner := fmt.Sprintf("owner_%d", made.Add(1))
	s.Do(t, fmt.Sprintf("CREATE ROLE %s LOGIN PASSWORD '%s' IN ROLE guarded", owner, strings.ReplaceAll(password, "'", "''")))
	return s.url(s.database(t, owner), owner, password)
}

func (s *Server) database(t testing.TB, owner string) string {
	t.Helper()
	name := fmt.Sprintf("test_%d", made.Add(1))
	create := "CREATE DATABASE " + name + " OWNER " + owner
	if s.version >= 150000 {
		create += " TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'"
	}
	if err := s.do(create); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.do("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)"); err != nil && !s.child.IsDown() {
			t.Error(err)
		}
	})
	return name
}

// Do runs one statement as the superuser, beside all databases.
func (s *Server) Do(t testing.TB, statement string) {
	t.Helper()
	if err := s.do(statement); err != nil {
		t.Fatal(err)
	}
}

// url is a database's address. But for who is guarded there is no password:
// nobody but this machine reaches the socket.
func (s *Server) url(name, who, password string) string {
	u := url.URL{Scheme: "postgres", User: url.User(who), Path: "/" + name,
		RawQuery: url.Values{"host": {s.folder}, "port": {port}, "sslmode": {"disable"}}.Encode()}
	if password != "" {
		u.User = url.UserPassword(who, password)
	}
	return u.String()
}

// do runs one statement as the superuser.
func (s *Server) do(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c, err := pgx.Connect(ctx, s.url("postgres", superuser, ""))
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	_, err = c.Exec(ctx, statement)
	return err
}
