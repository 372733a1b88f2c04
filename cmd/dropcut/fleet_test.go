//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"dropcut/faultstest"
	"dropcut/pipeline"
	"dropcut/pipeline/inspect"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/storage/storagetest/postgres"
	"dropcut/storage/storagetest/versitygw"
	"dropcut/storage/storagetest/wire"
	"dropcut/workers/workerstest"
)

// fleet is one serve and two machines that work beside it, as processes with
// folders of their own, over a Redis, a PostgreSQL and a store that the test
// started.
type fleet struct {
	stall
	redis    *workerstest.Redis
	bell     *wire.Wire       // over which members reach it
	server   *postgres.Server // its own: it falls too
	database string
	store    *versitygw.Store
	bucket   storage.Bucket
	db       *catalog.DB
	members  map[string]*running
}

func openFleet(t *testing.T) *fleet {
	t.Helper()
	f := &fleet{stall: openStall(t), redis: workerstest.NewRedis(t), server: postgres.Start(t), members: map[string]*running{}}
	f.database = f.server.Database(t)
	f.bell = wire.New(t, strings.TrimSuffix(strings.TrimPrefix(f.redis.URL(), "unix://"), "?db=0"))
	var err error
	if f.store, err = versitygw.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.store.Remove)
	for name, value := range f.environment() {
		t.Setenv(name, value)
	}
	if f.bucket, err = openBucket(t.Context(), "s3://show"); err != nil {
		t.Fatal(err)
	}
	if err := f.bucket.(interface{ Create(context.Context) error }).Create(t.Context()); err != nil {
		t.Fatal(err)
	}
	if f.db, err = catalog.Open(t.Context(), f.database); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.db.Close() })
	t.Cleanup(func() { // before the servers go
		for _, m := range f.members {
			_ = m.cmd.Process.Kill()
			m.end(t, 20*time.Second)
		}
	})
	return f
}

func (f *fleet) environment() map[string]string {
	return map[string]string{"AWS_ENDPOINT_URL": f.store.Endpoint(), "AWS_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_ACCESS_KEY_ID": versitygw.Access, "AWS_SECRET_ACCESS_KEY": versitygw.Secret}
}

// begin starts a member: "serve", or "work" and something.
func (f *fleet) begin(t *testing.T, name string) {
	t.Helper()
	f.members[name] = launch(t, f.member(name), f.environment())
}

func (f *fleet) member(name string) *exec.Cmd {
	args := []string{"work", "--data", name}
	if name == "serve" {
		args = []string{"serve", "--data", name, "--source", "s3://show/in", "--listen", "127.0.0.1:0", "--metrics", "", "--every", "300ms", "--settle", "400ms"}
	}
	return f.command(append(args, "--redis", "redis://"+f.bell.Address()+"/0", "--database", f.database, "--output", "s3://show/out", "--slots", "2")...)
}

// fell ends a member as a machine that loses its power would.
func (f *fleet) fell(t *testing.T, name string) {
	t.Helper()
	if err := f.members[name].cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	f.members[name].end(t, 20*time.Second)
	delete(f.members, name)
}

// leaves tells a member to stop.
func (f *fleet) leaves(t *testing.T, name string) {
	t.Helper()
	m := f.members[name]
	delete(f.members, name)
	if err := m.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if e := m.end(t, 30*time.Second); e.code != exitMade {
		t.Errorf("told to stop, %s ends with %d: %s", name, e.code, e.talk)
	}
}

// drops puts the show and its mark into the source.
func (f *fleet) drops(t *testing.T, creator string) {
	t.Helper()
	show, err := os.ReadFile(f.path("show.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range marked("show", show) {
		if _, err := f.bucket.Put(t.Context(), "in/"+creator+"/"+d.name, bytes.NewReader(d.body), storage.DigestBytes(d.body)); err != nil {
			t.Fatal(err)
		}
	}
}

// examined asks doctor about what the fleet shares.
func (f *fleet) examined(t *testing.T) {
	t.Helper()
	look := func(code int, store, redis string) string {
		cmd := f.command("doctor", "--store", store, "--redis", redis, "--database", f.database)
		for name, value := range f.environment() {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
		said, _ := cmd.CombinedOutput()
		if got := cmd.ProcessState.ExitCode(); got != code {
			t.Errorf("doctor ends with %d, want %d: %s", got, code, said)
		}
		return string(said)
	}
	if said := look(exitMade, "s3://show/out", f.redis.URL()); !strings.Contains(said, "replaces under conditions") {
		t.Errorf("%s", said)
	}
	if said := look(exitUnavailable, "s3://show/out", "redis://127.0.0.1:1"); !strings.Contains(said, "Redis does not answer") {
		t.Errorf("%s", said)
	}
}

// known is what the fleet's catalogue knows.
func (f *fleet) known(t *testing.T) (out []inspect.Document) {
	t.Helper()
	err := f.db.Write(t.Context(), func(tx *catalog.Tx) error {
		out = nil
		all, err := tx.Recordings()
		if err != nil {
			return err
		}
		for _, r := range all {
			doc, err := inspect.Recording(tx, r.ID)
			if err != nil {
				return err
			}
			out = append(out, doc)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// await waits until so many recordings are done.
func (f *fleet) await(t *testing.T, recordings int) {
	t.Helper()
	for began := time.Now(); !isFinished(f.known(t), recordings); time.Sleep(200 * time.Millisecond) {
		if time.Since(began) > 2*longest {
			t.Fatalf("not finished after %v: %+v", 2*longest, f.known(t))
		}
		for name, m := range f.members {
			select {
			case e := <-m.done:
				t.Fatalf("%s ended by itself: exit %d: %s", name, e.code, e.talk)
			default:
			}
		}
	}
}

// sound checks that every made variant has its object with the bytes it says.
func (f *fleet) sound(t *testing.T) {
	t.Helper()
	err := f.db.Write(t.Context(), func(tx *catalog.Tx) error {
		for _, d := range f.known(t) {
			for _, m := range d.Moments {
				for _, c := range m.Clips {
					for _, v := range c.Variants {
						if v.State != pipeline.VariantMade {
							continue
						}
						one, err := tx.Variant(v.ID)
						if err != nil {
							return err
						}
						r, err := f.bucket.OpenRange(t.Context(), "out/"+one.Made.Key, "", 0, -1)
						if err != nil {
							return err
						}
						sum := storage.NewDigester()
						n, err := io.Copy(sum, r)
						_ = r.Close()
						if err != nil || n != one.Made.Bytes || sum.Digest() != one.Made.Digest {
							return fmt.Errorf("%s: %w; %d bytes of %d", one.Made.Key, err, n, one.Made.Bytes)
						}
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestAFleetWhoseMembersFallMakesTheSame: workers are killed at random moments,
// the serve too; Redis is emptied, killed and begun empty, and the wire to it is
// a hole for a while; the store and PostgreSQL are killed and come back. What is made is what an undisturbed
// service makes.
func TestAFleetWhoseMembersFallMakesTheSame(t *testing.T) {
	if testing.Short() {
		t.Skip("makes real clips")
	}
	want := quietService(t)
	f := openFleet(t)
	f.examined(t)
	moment := moments(t, 5*time.Second)
	for _, name := range []string{"serve", "work-1", "work-2"} {
		f.begin(t, name)
	}
	f.drops(t, "ada")
	faults := map[string]int{}
	for range faultstest.Scaled(1, 5) {
		for _, fault := range []struct {
			what string
			do   func()
		}{
			{"worker kills", func() { f.fell(t, "work-1"); f.begin(t, "work-1") }},
			{"flushes", func() { f.redis.Flush() }},
			{"kills of two at once", func() { f.fell(t, "work-2"); f.fell(t, "serve"); f.begin(t, "work-2"); f.begin(t, "serve") }},
			{"database kills", func() { f.databaseFalls(t, f.server.Kill, moment()/2) }},
			{"Redis kills", func() { f.redis.Kill(); time.Sleep(moment() / 2); f.redis.Start() }},
			{"partitions", func() {
				f.bell.Set(wire.Weather{Hole: true})
				time.Sleep(moment())
				f.bell.Set(wire.Weather{})
			}},
			{"store kills", func() {
				f.store.Kill()
				time.Sleep(moment() / 2)
				if err := f.store.Again(); err != nil {
					t.Fatal(err)
				}
			}},
			{"database stops", func() { f.databaseFalls(t, f.server.Stop, moment()/2) }},
			{"flushes", func() { f.redis.Flush() }},
		} {
			time.Sleep(moment())
			fault.do()
			faults[fault.what]++
		}
	}
	f.await(t, 1)
	f.sound(t)
	for name := range f.members {
		f.leaves(t, name)
	}
	tellMade(t, f.known(t), want, faults)
	equal(t, f.ledger(t), quietLedger(t))
}

// databaseFalls ends PostgreSQL, which is back after a while.
func (f *fleet) databaseFalls(t *testing.T, end func() error, away time.Duration) {
	t.Helper()
	if err := end(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(away)
	if err := f.server.Restart(); err != nil {
		t.Fatal(err)
	}
}

// ledger is that of the fleet at rest.
func (f *fleet) ledger(t *testing.T) account {
	t.Helper()
	return ledger(t, placed(f.dir, f.database, "s3://show/out", ""))
}
