package recording

import "context"

// peekMoof is how much is read where a fragment may begin: most headers of a
// few seconds are smaller.
const peekMoof = 4 << 10

const (
	mostMoof          = 64 << 20
	mostFragments     = 500_000
	mostInMoof        = 1 << 20
	mostFragmentTrack = 64
)

// walk reads the header of every fragment from off on and adds when their
// pictures are shown to shown.
func (m *mp4Index) walk(ctx context.Context, b *bytes, off int64, shown []int64) ([]int64, error) {
	r := m.moofReader()
	t := m.picture
	left := int64(mostSamples)
	for len(m.frags) < mostFragments && left > 0 {
		head, err := peekUpTo(ctx, b, off, peekMoof)
		if err != nil {
			return nil, err
		}
		x, ok, err := readTop(ctx, b, off, within(head, off))
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		if x.kind == "moof" && !x.cut && x.size <= mostMoof {
			body, err := rest(ctx, b, head, x)
			if err != nil {
				return nil, err
			}
			r.off, r.most = x.off, min(mostInMoof, left)
			f := fragment{off: x.off, size: x.size}
			f.tracks = r.read(body, func(of *track, s sample) {
				left--
				if of != t || s.size <= 0 {
					return
				}
				if s.off+s.size > b.Size() {
					m.cut = true
				} else if len(shown) < mostPictures {
					shown = append(shown, s.pts+t.spans[0].delta)
				}
			})
			if len(f.tracks) > 0 && len(f.tracks) <= mostFragmentTrack {
				m.frags = append(m.frags, f)
			}
		} else if x.cut {
			m.cut = true
		}
		off = x.end()
	}
	if len(m.frags) > 0 {
		m.kind = "fmp4"
	}
	return shown, ctxErr(ctx)
}

// moofReader begins where the sample tables end.
func (m *mp4Index) moofReader() *moofReader {
	r := &moofReader{tracks: map[uint32]*track{}, ends: map[uint32]int64{}}
	for _, t := range m.tracks {
		r.tracks[t.id] = t
		t.table.each(func(_ int64, s sample) bool {
			r.ends[t.id] = s.dts + s.dur
			return true
		})
	}
	return r
}

// peekUpTo is Peek of at most n bytes, fewer at the end of the file.
func peekUpTo(ctx context.Context, b *bytes, off, n int64) ([]byte, error) {
	return b.Peek(ctx, off, max(0, min(n, b.Size()-off)))
}

// within reads from bytes that were peeked at off.
func within(head []byte, off int64) func(context.Context, int64, int64) ([]byte, error) {
	return func(_ context.Context, at, n int64) ([]byte, error) {
		if at < off || at-off+n > int64(len(head)) {
			return nil, shortRead("the header of a box at %d", at)
		}
		return head[at-off : at-off+n], nil
	}
}

// rest is the body of box x, of which head holds the beginning.
func rest(ctx context.Context, b *bytes, head []byte, x topBox) ([]byte, error) {
	if x.size <= int64(len(head)) {
		return head[x.head:x.size], nil
	}
	more, err := b.Peek(ctx, x.off+int64(len(head)), x.size-int64(len(head)))
	if err != nil {
		return nil, err
	}
	return append(append([]byte(nil), head[x.head:]...), more...), nil
}

func ctxErr(ctx context.Context) error {
	if ctx.Err() != nil {
		return stopped(ctx)
	}
	return nil
}
