package catalog

import (
	"bytes"
	"net"
	"net/url"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"dropcut/storage/storagetest/postgres"
)

// wire is what lies between a catalogue and its server. At the first message
// that holds the words it is armed with, it does what it was armed to do.
type wire struct {
	server string
	mu     sync.Mutex
	words  []byte
	fault  fault
	open   []net.Conn
	gone   sync.WaitGroup
}

type fault int

const (
	none      fault = iota
	cutBefore       // the server never sees the message
	cutAfter        // the server answers, and nobody hears it
	silent          // the server does not see it, and the connection stands
)

// wired is a catalogue whose server is at the other end of a wire.
func wired(t *testing.T) (*DB, *wire) {
	t.Helper()
	u, err := url.Parse(postgres.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	w := &wire{server: filepath.Join(q.Get("host"), ".s.PGSQL."+q.Get("port"))}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w.gone.Go(func() { w.accept(l) })
	t.Cleanup(func() {
		_ = l.Close()
		w.cut()
		w.gone.Wait()
	})
	q.Del("host")
	q.Del("port")
	u.Host, u.RawQuery = l.Addr().String(), q.Encode()
	return open(t, u.String()), w
}

func (w *wire) accept(l net.Listener) {
	for {
		client, err := l.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("unix", w.server)
		if err != nil {
			_ = client.Close()
			continue
		}
		w.mu.Lock()
		w.open = append(w.open, client, server)
		w.mu.Unlock()
		var deaf atomic.Bool
		w.gone.Go(func() { w.ask(client, server, &deaf) })
		w.gone.Go(func() { answer(server, client, &deaf) })
	}
}

// ask hands on what the catalogue says.
func (w *wire) ask(client, server net.Conn, deaf *atomic.Bool) {
	defer client.Close()
	defer server.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		switch w.heard(buffer[:n]) {
		case cutBefore:
			return
		case cutAfter:
			deaf.Store(true)
		case silent:
			continue
		}
		if _, err := server.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// heard is what to do at a message; each fault happens once.
func (w *wire) heard(message []byte) fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fault == none || !bytes.Contains(message, w.words) {
		return none
	}
	f := w.fault
	w.fault = none
	return f
}

// answer hands on what the server says. What it says to the deaf does not
// arrive: the connection ends instead.
func answer(server, client net.Conn, deaf *atomic.Bool) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := server.Read(buffer)
		if err != nil || deaf.Load() {
			break
		}
		if _, err := client.Write(buffer[:n]); err != nil {
			break
		}
	}
	_ = server.Close()
	_ = client.Close()
}

func (w *wire) arm(f fault, words string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fault, w.words = f, []byte(words)
}

func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.open {
		_ = c.Close()
	}
}
