package ffmpeg

import (
	"bytes"
	"sync"
)

// tail keeps the last bytes written to it and counts as drained: it never
// fails and never grows.
type tail struct {
	mu   sync.Mutex
	buf  []byte
	most int
	cut  bool
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if over := len(t.buf) - t.most; over > 0 {
		t.buf = append(t.buf[:0], t.buf[over:]...)
		t.cut = true
	}
	return len(p), nil
}

// Lines is what is kept, without a first line that was cut.
func (t *tail) Lines() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	b := t.buf
	if i := bytes.IndexByte(b, '\n'); t.cut && i >= 0 {
		b = b[i+1:]
	}
	return string(bytes.TrimSpace(b))
}

// head keeps the first bytes written to it and throws the rest away.
type head struct {
	buf  bytes.Buffer
	most int
	over bool
}

func (h *head) Write(p []byte) (int, error) {
	if room := h.most - h.buf.Len(); room >= len(p) {
		h.buf.Write(p)
	} else {
		h.buf.Write(p[:max(room, 0)])
		h.over = true
	}
	return len(p), nil
}
