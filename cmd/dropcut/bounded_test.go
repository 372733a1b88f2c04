package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestACallThatDoesNotGetOnIsLeft: whoever sends half a header is hung up on, and
// one that is too long is refused; nothing is waited for without end.
func TestACallThatDoesNotGetOnIsLeft(t *testing.T) {
	t.Parallel()
	limits := bounded(nil)
	for what, limit := range map[string]time.Duration{"header": limits.ReadHeaderTimeout, "body": limits.ReadTimeout, "answer": limits.WriteTimeout, "rest": limits.IdleTimeout} {
		if limit <= 0 {
			t.Errorf("the %s is waited for without end", what)
		}
	}
	call := func(text string, sooner time.Duration) net.Conn {
		s := httptest.NewUnstartedServer(nil)
		s.Config = bounded(http.NotFoundHandler())
		s.Config.ReadHeaderTimeout /= sooner
		s.Start()
		t.Cleanup(s.Close)
		c, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		_ = c.SetDeadline(time.Now().Add(time.Minute))
		if _, err := io.WriteString(c, text); err != nil {
			t.Fatal(err)
		}
		return c
	}
	if _, err := io.ReadAll(call("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", 50)); err != nil { // the same limit, sooner
		t.Errorf("it is waited for: %v", err)
	}
	long := call(fmt.Sprintf("GET / HTTP/1.1\r\nHost: x\r\nX-Long: %s\r\n\r\n", strings.Repeat("x", 70<<10)), 1)
	if r, err := http.ReadResponse(bufio.NewReader(long), nil); err != nil || r.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a header of 70 KiB: %v %v", r, err)
	}
}
