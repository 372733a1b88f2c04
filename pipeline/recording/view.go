package recording

import "context"

// How far a view reads ahead of what it is asked for while it is asked for
// bytes in order: little where an index is looked for, more where a stretch is
// copied.
const (
	lookAhead = 256 << 10
	copyAhead = 2 << 20
)

// mostSearch is how many bytes of damage are searched for what follows it.
const mostSearch = 64 << 20

// view looks at bytes that lie near each other without a copy for each look.
// It is for one goroutine.
type view struct {
	b     *bytes
	off   int64
	buf   []byte
	ahead int64
	most  int64 // that ahead grows to; 0 is lookAhead
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
			v.ahead = min(2*v.ahead, max(v.most, lookAhead))
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
