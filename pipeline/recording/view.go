package recording

import "context"

// mostAhead is how far a view reads ahead of what it is asked for while it is
// asked for bytes in order.
const mostAhead = 256 << 10

// mostSearch is how many bytes of damage are searched for what follows it.
const mostSearch = 64 << 20

// view looks at bytes that lie near each other without a copy for each look.
// It is for one goroutine.
type view struct {
	b     *bytes
	off   int64
	buf   []byte
	ahead int64
}

// peek gives the n bytes at off, fewer where the recording ends, none outside
// it. They are good until the next call.
func (v *view) peek(ctx context.Context, off, n int64) ([]byte, error) {
	if off < 0 || off >= v.b.Size() {
		return nil, nil
	}
	n = min(n, v.b.Size()-off)
	end := v.off + int64(len(v.buf))
	if off < v.off || off+n > end {
		if off >= v.off && off <= end+blockSize && v.ahead > 0 {
			v.ahead = min(2*v.ahead, mostAhead)
		} else {
			v.ahead = blockSize
		}
		first := off / blockSize * blockSize
		last := (max(off+n, first+v.ahead) + blockSize - 1) / blockSize * blockSize
		buf, err := v.b.Read(ctx, first, min(last, v.b.Size())-first)
		if err != nil {
			return nil, err
		}
		v.off, v.buf = first, buf
	}
	return v.buf[off-v.off:][:n], nil
}
