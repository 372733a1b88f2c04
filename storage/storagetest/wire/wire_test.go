package wire

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// echo is a server that answers every message with itself.
func echo(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(c, c); _ = c.Close() }()
		}
	}()
	return l.Addr().String()
}

// ask says one thing over a new connection and gives what is heard within a while.
func ask(t *testing.T, w *Wire, text string, within time.Duration) (string, error) {
	t.Helper()
	c, err := net.Dial("tcp", w.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(within))
	if _, err := io.WriteString(c, text); err != nil {
		return "", err
	}
	got := make([]byte, len(text))
	n, err := io.ReadFull(c, got)
	return string(got[:n]), err
}

func TestEachFaultDoesWhatItSays(t *testing.T) {
	w := New(t, echo(t))
	const soon = 200 * time.Millisecond
	isSlow := func(err error) bool { e, ok := err.(net.Error); return ok && e.Timeout() }
	if got, err := ask(t, w, "hello", 10*time.Second); got != "hello" || err != nil {
		t.Fatalf("in fair weather: %q, %v", got, err)
	}
	for f, name := range map[Fault]string{Cut: "cut", Deaf: "deaf", Swallow: "swallow"} {
		w.Once(f, "ell")
		got, err := ask(t, w, "hello", soon)
		if got != "" || err == nil || isSlow(err) != (f == Swallow) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if got, err := ask(t, w, "hello", 10*time.Second); got != "hello" || err != nil {
			t.Errorf("after %s: %q, %v", name, got, err)
		}
	}
	w.Hear(nil)
	w.Set(Weather{Hole: true})
	if got, err := ask(t, w, "hello", soon); got != "" || !isSlow(err) {
		t.Errorf("a hole: %q, %v", got, err)
	}
	w.Set(Weather{Delay: soon})
	began := time.Now()
	if got, err := ask(t, w, "hello", 10*time.Second); got != "hello" || err != nil || time.Since(began) < 2*soon {
		t.Errorf("slow: %q, %v after %v", got, err, time.Since(began))
	}
	w.Set(Weather{Limit: 10})
	if got, err := ask(t, w, strings.Repeat("x", 1000), 10*time.Second); got != "" || err == nil || isSlow(err) {
		t.Errorf("a limit: %d bytes, %v", len(got), err)
	}
	w.Set(Weather{Refuse: true})
	if got, err := ask(t, w, "hello", 10*time.Second); got != "" || err == nil || isSlow(err) {
		t.Errorf("refused: %q, %v", got, err)
	}
	if w.Cuts() < 3 {
		t.Errorf("%d cuts are counted", w.Cuts())
	}
}
