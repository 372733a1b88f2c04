//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"dropcut/pipeline/inspect"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/storage/storagetest/postgres"
	"dropcut/storage/storagetest/versitygw"
	"dropcut/storage/storagetest/wire"
)

// composed is the services of compose.yaml as processes of this machine: each
// is called with the arguments, and given the environment, that stand there;
// only names of hosts, ports and folders are of this machine.
type composed struct {
	stall
	file  composeFile
	here  *strings.Replacer
	token string
}

// port is one of this machine that is free.
func port(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, p, _ := net.SplitHostPort(l.Addr().String())
	return p
}

// up starts a service as a process of that program.
func (c composed) up(t *testing.T, service, program, data string, more ...string) *running {
	t.Helper()
	of := c.file.Services[service]
	here := func(s string) string {
		return strings.ReplaceAll(c.here.Replace(s), "/home/dropcut/data", c.path(data))
	}
	cmd := exec.Command(program)
	cmd.Dir = c.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + c.dir, "DROPCUT_DRAFT=4", "DROPCUT_STALL=" + c.dir}
	for _, arg := range of.Command {
		cmd.Args = append(cmd.Args, here(arg))
	}
	if cmd.Args = append(cmd.Args, more...); cmd.Args[1] == filepath.Base(program) { // an image's command names it
		cmd.Args = cmd.Args[1:]
	}
	for name, value := range of.Environment {
		cmd.Env = append(cmd.Env, name+"="+here(value))
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return launch(t, cmd, nil)
}

// healthy waits until a service is what its healthcheck asks for.
func (c composed) healthy(t *testing.T, service, environment string, more ...string) {
	t.Helper()
	test := c.file.Services[service].Healthcheck.Test
	program := test[1]
	if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + program); len(found) > 0 {
		program = found[0]
	}
	for began := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		cmd := exec.Command(program, append(slices.Clone(more), test[2:]...)...)
		cmd.Env = append(os.Environ(), environment)
		said, err := cmd.CombinedOutput()
		if err == nil {
			return
		}
		if time.Since(began) > time.Minute {
			t.Fatalf("%s: %v: %v: %s", service, test, err, said)
		}
	}
}

// compose starts everything but what is built from this repository.
func compose(t *testing.T) composed {
	t.Helper()
	c := composed{stall: openStall(t), file: readCompose(t), token: strings.Repeat("long-random", 5)}
	secret, redis, store := "a-secret-of-a-store", port(t), port(t)
	server := postgres.Start(t)
	where, err := url.Parse(server.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	at := where.Query()
	way := wire.New(t, filepath.Join(at.Get("host"), ".s.PGSQL."+at.Get("port")))
	conn, err := pgx.Connect(t.Context(), where.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for _, s := range []string{"CREATE ROLE dropcut LOGIN", "CREATE DATABASE dropcut OWNER dropcut"} { // as POSTGRES_USER and POSTGRES_DB say
		if _, err := conn.Exec(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	c.here = strings.NewReplacer("redis:6379", "127.0.0.1:"+redis, "@postgres/", "@"+way.Address()+"/", "store:7070", "127.0.0.1:"+store,
		":7070", "127.0.0.1:"+store, "0.0.0.0:8420", "127.0.0.1:0", "0.0.0.0:8421", "127.0.0.1:0", "/data", c.path("objects"), "/home/dropcut/data", "/home/dropcut/data",
		"${DROPCUT_STORE_PUBLIC:-http://localhost:7070}", "http://localhost:"+store,
		"${DROPCUT_TOKEN:?set it in .env}", c.token, "${DROPCUT_DATABASE_PASSWORD:?set it in .env}", "password", "${DROPCUT_STORE_SECRET:?set it in .env}", secret)
	for _, folder := range []string{"objects", "queue"} {
		if err := os.Mkdir(c.path(folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	program, err := exec.LookPath("redis-server")
	if err != nil {
		t.Skip(err)
	}
	c.up(t, "redis", program, "", "--port", redis, "--bind", "127.0.0.1", "--dir", c.path("queue"))
	if program, err = versitygw.Program(); err != nil {
		t.Fatal(err)
	}
	c.up(t, "store", program, "")
	c.healthy(t, "redis", "", "-p", redis)
	c.healthy(t, "postgres", "PGPORT="+at.Get("port"), "-h", at.Get("host"))
	for name, value := range c.file.Services["serve"].Environment { // for the test itself, and what it opens
		t.Setenv(name, c.here.Replace(value))
	}
	return c
}

// TestWhatComposeStartsMakesTheSame: a serve and three workers, each told what
// compose.yaml tells it.
func TestWhatComposeStartsMakesTheSame(t *testing.T) {
	if testing.Short() {
		t.Skip("makes real clips")
	}
	want := quietService(t)
	c := compose(t)
	program, err := exec.LookPath("dropcut")
	if err != nil {
		t.Fatal(err)
	}
	v := &served{stall: c.stall, running: c.up(t, "serve", program, "serve")}
	all := []*running{v.running}
	for n := range 3 {
		all = append(all, c.up(t, "work", program, fmt.Sprint("work-", n)))
	}
	v.until(t, "address", func() bool {
		if m := listening.FindStringSubmatch(v.talk.String()); m != nil {
			v.address = m[1]
		}
		return v.address != ""
	})
	if status := v.ask(t, "GET", "/v1/recordings", nil); status != http.StatusUnauthorized {
		t.Errorf("without the token the API answers %d", status)
	}
	bucket, err := openBucket(t.Context(), "s3://dropcut/recordings")
	if err != nil {
		t.Fatal(err)
	}
	show, err := os.ReadFile(c.path("show.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range marked("show", show) {
		if _, err := bucket.Put(t.Context(), "ada/"+d.name, bytes.NewReader(d.body), storage.DigestBytes(d.body)); err != nil {
			t.Fatal(err)
		}
	}
	database := c.here.Replace("postgres://dropcut@postgres/dropcut")
	db, err := catalog.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	f := &fleet{stall: c.stall, db: db}
	var known []inspect.Document
	v.until(t, "clips", func() bool { known = f.known(t); return isFinished(known, 1) })
	if got := outcomeOf(known); got != want {
		t.Errorf("it made:\n%s\nundisturbed:\n%s", got, want)
	}
	follows(t, v, c.token, "http://localhost:")
	ends(t, all, 15*time.Second+slack) // stop_grace_period
	equal(t, ledger(t, placed(c.dir, database, "s3://dropcut/clips", "")), quietLedger(t))
}

// follows follows the link to a clip that is ready, as whoever has nothing else
// does; it begins as compose.yaml says.
func follows(t *testing.T, v *served, token, begins string) {
	t.Helper()
	var page struct {
		Data []struct {
			State string
			File  *struct {
				URL   string
				Bytes int64
			}
		}
	}
	if status := v.send(t, token, "GET", "/v1/variants?limit=100", nil, &page); status != http.StatusOK {
		t.Fatal(status)
	}
	for _, variant := range page.Data {
		if variant.File == nil {
			continue
		}
		answer, err := http.Get(variant.File.URL)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusOK || answer.ContentLength != variant.File.Bytes || !strings.HasPrefix(variant.File.URL, begins) {
			t.Errorf("%s: %s, %d bytes of %d", variant.File.URL, answer.Status, answer.ContentLength, variant.File.Bytes)
		}
		return
	}
	t.Errorf("no variant has a file: %+v", page)
}

// ends tells all to stop.
func ends(t *testing.T, all []*running, within time.Duration) {
	t.Helper()
	for _, r := range all {
		if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	for _, r := range all {
		select {
		case e := <-r.done:
			if e.code != exitMade {
				t.Errorf("told to stop, %v ends with %d: %s", r.cmd.Args, e.code, e.talk)
			}
		case <-ctx.Done():
			t.Errorf("%v does not stop within %v", r.cmd.Args, within)
		}
	}
}
