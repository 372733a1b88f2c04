package catalog

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"dropcut/faultstest"
	"dropcut/pipeline"
	"dropcut/storage/storagetest/postgres"
)

var longFlag = flag.Bool("long", false, "a million share events are counted, as make bench has it")

// childCounter is the catalogue where the test binary is to count until it is
// killed; how says the rest.
const childCounter = "CATALOG_CHILD_COUNTER"

const (
	countPosts = 40
	countBatch = 1000
)

// delivered is what a counting child is told.
type delivered struct {
	Where string
	Seed  uint64
	Many  int    // different events
	From  int    // the first batch that is delivered
	Hold  int    // the batch amid which it waits to be killed; -1: none
	When  string // received: in the transaction; committed: after it, before it says so
}

// deliveries is many different events as their senders deliver them: out of
// order, some twice or three times, some said otherwise the second time.
func deliveries(seed uint64, many int) []pipeline.ShareEvent {
	r := rand.New(rand.NewPCG(seed, 5))
	var out []pipeline.ShareEvent
	for i := range many {
		e := reshare(fmt.Sprintf("evt_%08d", i/2), []string{"shop", "app"}[i%2], calledOf(r), time.Duration(r.Int64N(int64(13*time.Hour/time.Millisecond)))*time.Millisecond)
		for out = append(out, e); r.IntN(4) == 0; out = append(out, e) {
			if r.IntN(4) == 0 {
				e.At, e.Post = e.At.Add(time.Minute), calledOf(r)
			}
		}
	}
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// calledOf is one of the names of one of the posts.
func calledOf(r *rand.Rand) string {
	names := counted(r.IntN(countPosts)).Names()
	return names[r.IntN(len(names))]
}

// counted is the posts that are shared.
func counted(n int) pipeline.Post {
	return pipeline.Post{ID: fmt.Sprint("cl_", n), Creator: "ada", Platform: pipeline.TikTok, ExternalID: fmt.Sprint(7000 + n), Variant: fmt.Sprint("v_", n),
		URL: fmt.Sprintf("https://tiktok.com/@ada/video/%d", 9000+n), PostedAt: shown}
}

// beCounter keeps batches as a receiver does, and says which are acknowledged.
func beCounter(order string) error {
	var d delivered
	if err := json.Unmarshal([]byte(order), &d); err != nil {
		return err
	}
	ctx := context.Background()
	db, err := Open(ctx, d.Where)
	if err != nil {
		return err
	}
	hold := func(n int, when string) {
		if n == d.Hold && when == d.When {
			fmt.Println("hold")
			time.Sleep(time.Hour) // until it is killed
		}
	}
	all := deliveries(d.Seed, d.Many)
	for n := d.From; n*countBatch < len(all); n++ {
		if err := db.Write(ctx, func(tx *Tx) error {
			_, _, err := tx.PutShareEvents("ada", all[n*countBatch:min((n+1)*countBatch, len(all))])
			hold(n, "received")
			return err
		}); err != nil {
			return err
		}
		hold(n, "committed")
		fmt.Println("acknowledged")
	}
	fmt.Println("end")
	return nil
}

// deliver runs a child until it is killed where it holds, or has counted all,
// and says how many batches it acknowledged.
func deliver(t *testing.T, d delivered) (acknowledged int, ended bool) {
	t.Helper()
	order, _ := json.Marshal(d)
	cmd := exec.Command(os.Args[0]) // ours: nobody else has its handle
	cmd.Env = append(os.Environ(), childCounter+"="+string(order))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		switch lines.Text() {
		case "acknowledged":
			acknowledged++
		case "end":
			ended = true
		case "hold":
			_ = cmd.Process.Signal(syscall.SIGKILL)
		}
	}
	_ = cmd.Wait()
	return acknowledged, ended
}

// TestAMillionSharesAreCountedExactly: delivered out of order and more than
// once, by a receiver that is killed between receiving and committing, and
// between committing and acknowledging. In short it is 20,000.
func TestAMillionSharesAreCountedExactly(t *testing.T) {
	t.Parallel()
	faultstest.AtLength(t)
	many := 20_000
	if *longFlag {
		many = 1_000_000
	}
	for engine, where := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return t.TempDir() + "/c.db" },
		"postgres": func(t *testing.T) string { return postgres.Database(t) },
	} {
		t.Run(engine, func(t *testing.T) { deliverAll(t, where(t), many) })
	}
}

func deliverAll(t *testing.T, where string, many int) {
	r := faultstest.Rand(t)
	d := delivered{Where: where, Seed: r.Uint64(), Many: many}
	all := deliveries(d.Seed, many)
	batches := (len(all) + countBatch - 1) / countBatch
	db := open(t, where)
	for n := range countPosts / 2 {
		putPost(t, db, counted(n))
	}
	if db.exclusive {
		_ = db.Close() // the child has it
	}
	kills := 0
	for ended := false; !ended; {
		d.Hold, d.When = -1, []string{"received", "committed"}[kills%2]
		if kills < 6 {
			d.Hold = d.From + r.IntN(max((batches-d.From)/2, 1))
		}
		var acknowledged int
		acknowledged, ended = deliver(t, d)
		if !ended && (d.Hold < 0 || acknowledged == 0 && d.From+acknowledged > d.Hold) {
			t.Fatalf("the child ended by itself at batch %d of %d", d.From+acknowledged, batches)
		}
		d.From += acknowledged // the sender sends again what was not acknowledged
		if !ended {
			kills++
		}
	}
	if db.exclusive {
		db = open(t, where)
	}
	for n := countPosts / 2; n < countPosts; n++ {
		putPost(t, db, counted(n)) // reported after they were shared
	}
	equalsModel(t, db, all, many)
	t.Logf("%d events in %d deliveries, %d kills", many, len(all), kills)
}

// equalsModel compares what the catalogue counts with what a map counts.
func equalsModel(t *testing.T, db *DB, all []pipeline.ShareEvent, many int) {
	t.Helper()
	posts := map[string]int{}
	for n := range countPosts {
		for _, name := range counted(n).Names() {
			posts[name] = n
		}
	}
	type minute struct {
		post   int
		source string
		n      int64
	}
	want, first := map[minute]int64{}, map[string]bool{}
	for _, e := range all {
		if key := e.Source + e.ID; !first[key] {
			first[key] = true
			if after := e.At.Sub(shown); after < 12*time.Hour {
				want[minute{posts[e.Post], e.Source, int64(after / time.Minute)}]++
			}
		}
	}
	if len(first) != many {
		t.Fatalf("the deliveries hold %d events, want %d", len(first), many)
	}
	write(t, db, func(tx *Tx) error {
		var kept int64
		err := tx.one("count", `SELECT COUNT(*) FROM share_events`, nil, &kept)
		got, wrong := 0, 0
		for n := range countPosts {
			curve, more := tx.ShareCurve(counted(n).ID, Stretches{From: shown, To: shown.Add(12 * time.Hour), Step: time.Minute})
			err = cmp.Or(err, more)
			for _, c := range curve {
				got++
				if want[minute{n, c.Source, int64(c.First.Sub(shown) / time.Minute)}] != c.Events {
					wrong++
				}
			}
		}
		if kept != int64(many) || wrong > 0 || got != len(want) {
			t.Errorf("%d events are kept, want %d; of %d minutes %d are there, and %d are wrong", kept, many, len(want), got, wrong)
		}
		return err
	})
}

// bareRows inserts the same rows with nothing else done: with their key, or
// without one.
func bareRows(b testing.TB, db *DB, table string, batch []pipeline.ShareEvent) {
	write(b, db, func(tx *Tx) error {
		size := 1000
		if db.exclusive {
			size = 50 // SQLite is quickest so: it looks for each argument among all
		}
		for part := range slices.Chunk(batch, size) {
			args := make([]any, 0, 6*len(part))
			for _, e := range part {
				args = append(args, "ada", e.Source, e.ID, e.Post, e.At.UnixMilli(), e.At.UnixMilli())
			}
			if _, err := tx.exec(`INSERT INTO `+table+` (creator, source, id, post, occurred_ms, received_ms) VALUES `+rowsOf(len(part), 6), args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// BenchmarkShares is how many share events are counted a second, beside a bare
// batched INSERT of the same rows, by turns: into a table with the same key
// (bare), and into one without any (heap).
func BenchmarkShares(b *testing.B) {
	const columns = ` (creator TEXT NOT NULL, source TEXT NOT NULL, id TEXT NOT NULL, post TEXT NOT NULL, occurred_ms BIGINT NOT NULL, received_ms BIGINT NOT NULL`
	many := 100_000
	for engine, fresh := range map[string]func(testing.TB) *DB{"sqlite": inFile, "postgres": onServer} {
		b.Run(engine, func(b *testing.B) {
			db := fresh(b)
			write(b, db, func(tx *Tx) error {
				_, err := tx.exec(`CREATE TABLE bare` + columns + `, PRIMARY KEY (creator, source, id))`)
				_, more := tx.exec(`CREATE TABLE heap` + columns + `)`)
				return cmp.Or(err, more)
			})
			all := deliveries(7, many)[:many]
			seen := map[string]bool{}
			var took [3]time.Duration
			done := 0
			for from := 0; from < many; from += 10_000 {
				var batch []pipeline.ShareEvent
				for _, e := range all[from:min(from+10_000, many)] {
					if key := e.Source + e.ID; !seen[key] {
						seen[key] = true
						batch = append(batch, e)
					}
				}
				done += len(batch)
				for i, put := range []func(){
					func() { putEvents(b, db, batch...) },
					func() { bareRows(b, db, "bare", batch) },
					func() { bareRows(b, db, "heap", batch) },
				} {
					began := time.Now()
					put()
					took[i] += time.Since(began)
				}
			}
			b.ReportMetric(float64(done)/took[0].Seconds(), "events/s")
			b.ReportMetric(took[1].Seconds()/took[0].Seconds(), "of-bare")
			b.ReportMetric(took[2].Seconds()/took[0].Seconds(), "of-heap")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func TestAPostedClaimIsCounted(t *testing.T) {
	both(t, func(t *testing.T, db *DB) {
		posted := shown
		claim := pipeline.Claim{ID: "cl_1", Creator: "ada", Channel: "ch_1", Variant: "v_1", State: pipeline.Claimed, ClaimedAt: shown, Until: shown, PostAt: shown}
		write(t, db, func(tx *Tx) error {
			if _, err := tx.AddChannel(pipeline.Channel{ID: "ch_1", Creator: "ada", Name: "tok", Platform: pipeline.TikTok}); err != nil {
				return err
			}
			ok, err := tx.Hand(claim, pipeline.Ready{Variant: "v_1", Clip: "c_1"}, nil)
			if err == nil && !ok {
				t.Error("it was not handed out")
			}
			return err
		})
		putEvents(t, db, reshare("1", "shop", "tiktok/77", 0))
		for _, c := range []struct {
			id   string
			want int
		}{{"76", 0}, {"77", 1}} {
			write(t, db, func(tx *Tx) error {
				h, err := tx.Claim("ada", "cl_1")
				if err != nil {
					return err
				}
				h.State, h.PostedAt, h.ExternalID = pipeline.Posted, &posted, c.id
				return tx.PutClaim(h, false)
			})
			if got := eventsOf(t, db, "cl_1"); len(got) != c.want {
				t.Errorf("reported as %s: %s", c.id, strings.Join(got, ", "))
			}
		}
	})
}
