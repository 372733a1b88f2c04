package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"dropcut/pipeline"
)

// inPostgres is a server for many processes. Text is compared by its bytes, as
// SQLite does: the order of rows is not that of a database's language, and no
// index breaks when a system's collations change. Its clock is read once a
// statement: what changes amid one (clock_timestamp) is looked up in no index.
var inPostgres = dialect{
	queries: strings.NewReplacer(
		"now_ms", "CAST(EXTRACT(EPOCH FROM statement_timestamp()) * 1000 AS BIGINT)",
		"skip_locked", "FOR UPDATE SKIP LOCKED",
		"for_update", "FOR UPDATE",
		"each_row", "jsonb_array_elements(CAST($1 AS JSONB))"),
	schema:  strings.NewReplacer(" TEXT", ` TEXT COLLATE "C"`, " by_key;", ";"),
	goose:   goose.DialectPostgres,
	whole:   &sql.TxOptions{Isolation: sql.LevelSerializable},
	single:  &sql.TxOptions{Isolation: sql.LevelReadCommitted},
	reading: &sql.TxOptions{Isolation: sql.LevelReadCommitted},
	silence: time.Minute,
}

const (
	connections  = 10               // of one process, at most
	connectionUp = 30 * time.Minute // then it is made anew: servers behind one name change
	unused       = 5 * time.Minute
	dialing      = 5 * time.Second  // one try to reach the server
	patience     = 20 * time.Second // for a server that is about to start
	migrating    = 5 * 60           // tries, a second apart, while another process migrates
)

// openPostgres connects to the server at a URL. One that does not answer yet
// is waited for, but not for long; Unavailable says what to check. What the URL
// leaves open is taken from libpq's variables (PGPASSWORD, PGSSLMODE, …).
func openPostgres(ctx context.Context, address string, wait time.Duration) (*DB, error) {
	config, err := readAddress(address)
	if err != nil {
		return nil, err
	}
	d := inPostgres
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, migrating))
	if err != nil {
		return nil, fail(ctx, err, "open catalogue")
	}
	d.options = []goose.ProviderOption{goose.WithSessionLocker(locker)}
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	db.SetConnMaxLifetime(connectionUp)
	db.SetConnMaxIdleTime(unused)
	if err := reach(ctx, db, wait); err != nil {
		return nil, errors.Join(fail(ctx, err, "open the catalogue at %s", place(config)), db.Close())
	}
	if err := d.migrate(ctx, db); err != nil {
		return nil, errors.Join(fail(ctx, err, "bring the catalogue at %s up to date", place(config)), db.Close())
	}
	return &DB{db, d}, nil
}

// place is where the server is, for people: never who asks, nor the password.
func place(c *pgx.ConnConfig) string {
	return fmt.Sprintf("%s/%s", net.JoinHostPort(c.Host, fmt.Sprint(c.Port)), c.Database)
}

// readAddress reads a server's URL. What cannot be read is Usage, and is not
// shown: the password may be the part that cannot be read.
func readAddress(address string) (*pgx.ConnConfig, error) {
	bad := pipeline.Fail(pipeline.Usage, "bad_database",
		"write postgres://USER:PASSWORD@HOST:PORT/DATABASE, each sign of the password that is no letter or digit as %XX; or give the password in PGPASSWORD",
		"the database's address cannot be read")
	_, rest, _ := strings.Cut(address, "://")
	if strings.Contains(rest[strings.Index(rest, "@")+1:], "@") || strings.ContainsAny(before(rest, "@"), "/?") {
		return nil, bad // which part is the password, and which the host?
	}
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, bad
	}
	config.ConnectTimeout = dialing
	config.DialFunc = (&net.Dialer{Timeout: dialing, KeepAliveConfig: net.KeepAliveConfig{
		Enable: true, Idle: 15 * time.Second, Interval: 5 * time.Second, Count: 4}}).DialContext
	for name, value := range map[string]string{
		"application_name": "dropcut",
		// A process that was stopped amid a transaction holds its rows no longer than this.
		"idle_in_transaction_session_timeout": fmt.Sprint(inPostgres.silence.Milliseconds()),
	} {
		if _, set := config.RuntimeParams[name]; !set {
			config.RuntimeParams[name] = value
		}
	}
	return config, nil
}

// before is what stands before the first sep, "" where there is none.
func before(s, sep string) string {
	head, _, found := strings.Cut(s, sep)
	if !found {
		return ""
	}
	return head
}

// reach waits until the server answers, or refuses for good.
func reach(ctx context.Context, db *sql.DB, wait time.Duration) error {
	for end := time.Now().Add(wait); ; {
		ping, cancel := context.WithTimeout(ctx, 2*dialing)
		err := db.PingContext(ping)
		cancel()
		if err == nil || !startsYet(err) || time.Now().After(end) {
			return err
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
