package webhooks

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"sync/atomic"
	"testing"
	"time"

	"dropcut/storage/catalog"
	"dropcut/storage/storagetest/postgres"
)

// childSender is the catalogue that the test binary is to send from until it is
// killed.
const childSender = "WEBHOOKS_CHILD_CATALOG"

func TestMain(m *testing.M) {
	if where := os.Getenv(childSender); where != "" {
		db, err := catalog.Open(context.Background(), where)
		if err != nil {
			panic(err)
		}
		all, _ := Networks("127.0.0.0/8,::1")
		(&Sender{Outbox: db, Guard: Guard{Networks: all}, Every: 10 * time.Millisecond, lease: 300 * time.Millisecond,
			Log: slog.New(slog.NewTextHandler(os.Stderr, nil))}).Run(context.Background())
		return
	}
	os.Exit(postgres.Around(m).Run())
}

// TestAMessageOutlivesWhoSendsIt: senders are killed between the message and
// what they note of it.
func TestAMessageOutlivesWhoSendsIt(t *testing.T) {
	both(t, func(w *world) {
		const messages, kills = 20, 8
		var child atomic.Pointer[exec.Cmd]
		killed := 0
		w.answer = func(_ http.ResponseWriter, _ string, n int) {
			if killed < kills && n == 1 && len(w.came)%2 == 0 {
				killed++
				_ = child.Load().Process.Kill() // ours: it is waited for below
			}
		}
		w.tell(messages)
		if err := w.db.Close(); err != nil { // SQLite is for one process
			w.Fatal(err)
		}
		came := func() int {
			w.mu.Lock()
			defer w.mu.Unlock()
			return len(w.came)
		}
		for end := time.Now().Add(2 * time.Minute); (came() < messages || killed < kills) && time.Now().Before(end); {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), childSender+"="+w.where)
			cmd.Stderr = os.Stderr
			child.Store(cmd)
			if err := cmd.Start(); err != nil {
				w.Fatal(err)
			}
			ended := make(chan struct{})
			go func() { _ = cmd.Wait(); close(ended) }()
			for alive := true; alive && came() < messages; {
				select {
				case <-ended:
					alive = false
				case <-time.After(10 * time.Millisecond):
				}
			}
			_ = cmd.Process.Kill()
			<-ended
		}
		w.open()
		time.Sleep(400 * time.Millisecond) // leases of who was killed run out
		w.run(w.delivered(messages), w.sender())
		twice := 0
		for _, n := range w.came {
			if n > 1 {
				twice++
			}
		}
		if len(w.came) != messages || killed != kills || twice == 0 {
			w.Errorf("%d of %d messages came, %d of them more than once, after %d kills", len(w.came), messages, twice, killed)
		}
		w.Logf("%d kills, %d messages came more than once, none was lost", killed, twice)
	})
}
