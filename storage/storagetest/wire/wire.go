// Package wire is what lies between a program and a server that tests started:
// a TCP proxy that delays, cuts, limits, swallows, and tells what it hears.
// Only tests may import it.
package wire

import (
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Weather is what is wrong with a wire as a whole. Zero is fair.
type Weather struct {
	Delay  time.Duration // before every message, in both directions
	Hole   bool          // messages vanish, connections stand
	Refuse bool          // nobody is let in, and who is inside is cut
	Limit  int           // after so many bytes of answers a connection is cut; 0: never
}

// Message is what came along in one piece. Small questions and answers come so.
type Message struct {
	Conn   int64 // 1, 2, … in the order in which connections were made
	Answer bool  // of the server
	Bytes  []byte
}

// Fault is what becomes of one message.
type Fault int

// The faults.
const (
	None    Fault = iota
	Cut           // it does not arrive, and its connection ends
	Deaf          // it arrives, and its connection ends before the answer does
	Swallow       // it does not arrive, and its connection stands
)

// Wire is a proxy. Its methods may be called from any goroutine.
type Wire struct {
	to       string
	listener net.Listener
	mu       sync.Mutex
	weather  Weather
	ear      func(Message) Fault
	open     map[net.Conn]bool
	made     atomic.Int64 // connections
	cuts     atomic.Int64
	gone     sync.WaitGroup
	ended    chan struct{}
}

// New is a wire to the server at an address: host:port, or the path of a
// socket. It ends with the test.
func New(t testing.TB, to string) *Wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &Wire{to: to, listener: l, open: map[net.Conn]bool{}, ended: make(chan struct{})}
	w.gone.Go(w.accept)
	t.Cleanup(func() {
		close(w.ended)
		_ = l.Close()
		w.Cut()
		w.gone.Wait()
	})
	return w
}

// Address is where it listens: host:port.
func (w *Wire) Address() string { return w.listener.Addr().String() }

// Cuts is how many connections it has ended.
func (w *Wire) Cuts() int64 { return w.cuts.Load() }

// Set changes the weather.
func (w *Wire) Set(to Weather) {
	w.mu.Lock()
	w.weather = to
	w.mu.Unlock()
	if to.Refuse {
		w.Cut()
	}
}

// Hear has ear told of every message, one at a time, before it arrives; nil: nobody.
func (w *Wire) Hear(ear func(Message) Fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ear = ear
}

// Once has the first question that holds the words, and no other, meet a fault.
func (w *Wire) Once(f Fault, words string) {
	done := false
	w.Hear(func(m Message) Fault {
		if done || m.Answer || !strings.Contains(string(m.Bytes), words) {
			return None
		}
		done = true
		return f
	})
}

// Cut ends every connection there is now.
func (w *Wire) Cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.open {
		_ = c.Close()
	}
	w.cuts.Add(int64(len(w.open) / 2))
	clear(w.open)
}

func (w *Wire) now() Weather {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.weather
}

func (w *Wire) accept() {
	for {
		client, err := w.listener.Accept()
		if err != nil {
			return
		}
		if w.now().Refuse {
			_ = client.Close()
			continue
		}
		kind := "tcp"
		if strings.HasPrefix(w.to, "/") {
			kind = "unix"
		}
		server, err := net.Dial(kind, w.to)
		if err != nil {
			_ = client.Close()
			continue
		}
		w.mu.Lock()
		w.open[client], w.open[server] = true, true
		w.mu.Unlock()
		p := &pair{w: w, n: w.made.Add(1), client: client, server: server}
		w.gone.Go(func() { p.pass(client, server, false) })
		w.gone.Go(func() { p.pass(server, client, true) })
	}
}

// heard is what becomes of a message.
func (w *Wire) heard(m Message) Fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ear == nil {
		return None
	}
	return w.ear(m)
}

// wait is a delay, but no longer than the wire lives.
func (w *Wire) wait(d time.Duration) {
	if d <= 0 {
		return
	}
	select {
	case <-time.After(d):
	case <-w.ended:
	}
}

// pair is one connection, with both its ends.
type pair struct {
	w              *Wire
	n              int64
	client, server net.Conn
	deaf           atomic.Bool
	answered       int
}

func (p *pair) pass(from, to net.Conn, answers bool) {
	defer p.end()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil || answers && p.deaf.Load() {
			return
		}
		weather := p.w.now()
		p.w.wait(weather.Delay)
		if weather.Hole {
			continue
		}
		fault := p.w.heard(Message{p.n, answers, buffer[:n]})
		if answers && weather.Limit > 0 {
			if p.answered += n; p.answered > weather.Limit {
				fault = Cut
			}
		}
		switch fault {
		case Cut:
			p.w.cuts.Add(1)
			return
		case Deaf:
			p.w.cuts.Add(1)
			p.deaf.Store(true)
		case Swallow:
			continue
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}

func (p *pair) end() {
	_ = p.client.Close()
	_ = p.server.Close()
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	delete(p.w.open, p.client)
	delete(p.w.open, p.server)
}
