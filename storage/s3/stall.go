package s3

import (
	"context"
	"net"
	"time"
)

type dial = func(ctx context.Context, network, address string) (net.Conn, error)

// impatient dials connections on which a write that makes no headway for so
// long fails. A store that takes no more bytes and stays on the line would
// else hold an upload for ever: nothing before the answer has a limit.
func impatient(d dial, stall time.Duration) dial {
	if d == nil {
		d = (&net.Dialer{}).DialContext
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := d(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return writer{c, stall}, nil
	}
}

type writer struct {
	net.Conn
	stall time.Duration
}

// most is how much is written in one go: little enough to get through within
// the stall time over a slow line.
const most = 64 << 10

// Write implements net.Conn.
func (w writer) Write(p []byte) (n int, err error) {
	for err == nil && n < len(p) {
		if err = w.SetWriteDeadline(time.Now().Add(w.stall)); err == nil {
			var m int
			m, err = w.Conn.Write(p[n:min(n+most, len(p))])
			n += m
		}
	}
	return n, err
}
