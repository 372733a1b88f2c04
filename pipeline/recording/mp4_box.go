package recording

import (
	"context"
	"encoding/binary"
)

// box is one box of an MP4: its type and its body without the header.
type box struct {
	kind string
	body []byte
}

// boxes calls f for each box in b, in order, until f gives false. A box whose
// size does not fit ends the walk: what lies behind it cannot be found.
func boxes(b []byte, f func(box) bool) {
	for len(b) >= 8 {
		size, head := int64(binary.BigEndian.Uint32(b)), int64(8)
		kind := string(b[4:8])
		switch {
		case size == 1 && len(b) >= 16:
			head = 16
			size = int64(binary.BigEndian.Uint64(b[8:]))
		case size == 0:
			size = int64(len(b))
		}
		if size < head || size > int64(len(b)) {
			return
		}
		if !f(box{kind, b[head:size]}) {
			return
		}
		b = b[size:]
	}
}

// child is the body of the first box of that path, nil when there is none.
func child(b []byte, path ...string) []byte {
	for _, kind := range path {
		var found []byte
		boxes(b, func(x box) bool {
			if x.kind == kind {
				found = x.body
			}
			return found == nil
		})
		if found == nil {
			return nil
		}
		b = found
	}
	return b
}

// u32 and u64 read big-endian numbers; what lies outside b is zero.
func u32(b []byte, at int) uint32 {
	if at < 0 || at+4 > len(b) {
		return 0
	}
	return binary.BigEndian.Uint32(b[at:])
}

func u64(b []byte, at int) uint64 {
	if at < 0 || at+8 > len(b) {
		return 0
	}
	return binary.BigEndian.Uint64(b[at:])
}

// entries is the table of a full box: count entries of width bytes after a
// header of head bytes whose last four are the count. A count that lies is cut
// to what is there.
func entries(body []byte, head, width int) []byte {
	if len(body) < head {
		return nil
	}
	n := min(int64(u32(body, head-4)), int64(len(body)-head)/int64(width))
	return body[head : int64(head)+n*int64(width)]
}

// topBox is a box of the file itself.
type topBox struct {
	kind      string
	off, size int64 // size with its header; cut to the file
	head      int64
	cut       bool // it claims more than the file has
}

func (t topBox) end() int64 { return t.off + t.size }

// readTop reads the header of the box at off. It is false where no box begins.
func readTop(ctx context.Context, b *bytes, off int64, peek func(context.Context, int64, int64) ([]byte, error)) (topBox, bool, error) {
	if b.Size()-off < 8 {
		return topBox{}, false, nil
	}
	h, err := peek(ctx, off, min(16, b.Size()-off))
	if err != nil {
		return topBox{}, false, err
	}
	t := topBox{kind: string(h[4:8]), off: off, size: int64(u32(h, 0)), head: 8}
	switch {
	case t.size == 1 && len(h) == 16:
		t.size, t.head = int64(u64(h, 8)), 16
	case t.size == 0:
		t.size = b.Size() - off
	}
	if t.size < t.head || !isBoxKind(t.kind) {
		return topBox{}, false, nil
	}
	if t.size > b.Size()-off {
		t.size, t.cut = b.Size()-off, true
	}
	return t, true, nil
}

// isBoxKind reports whether four bytes may be a box's type: nothing but what
// can be printed.
func isBoxKind(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] == 0x7f {
			return false
		}
	}
	return true
}
