package recording

import (
	"context"
	"time"
)

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
	r.endsOfTables(m.tracks)
	t := m.picture
	left := int64(mostSamples)
	look := b.Peek
	for len(m.frags) < mostFragments && left > 0 {
		head, err := look(ctx, off, max(0, min(peekMoof, b.Size()-off)))
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
					shown = append(shown, m.note(s, t.spans[0].delta))
				}
			})
			if len(f.tracks) > 0 && len(f.tracks) <= mostFragmentTrack {
				if n := len(m.frags); n > 0 && x.off-m.frags[n-1].off < 4*peekMoof {
					look = b.Read // they lie so close that whole blocks cost less
				}
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

// moofReader knows the tracks, and not yet where they go on.
func (m *mp4Index) moofReader() *moofReader {
	r := &moofReader{tracks: map[uint32]*track{}, ends: map[uint32]int64{}}
	for _, t := range m.tracks {
		r.tracks[t.id] = t
	}
	return r
}

// endsOfTables lets every track go on where its sample table ends.
func (r *moofReader) endsOfTables(tracks []*track) {
	for _, t := range tracks {
		end := int64(0)
		t.table.each(func(_ int64, s sample) bool {
			end = s.dts + s.dur
			return true
		})
		r.ends[t.id] = end
	}
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

// loadFragments reads the samples of the fragments that the passages need.
func (m *mp4Index) loadFragments(ctx context.Context, b *bytes, parts []passage) (map[*track][]sample, error) {
	out := map[*track][]sample{}
	next := 0
	for _, p := range parts {
		first, last := m.fragmentsFor(p)
		for i := max(first, next); i <= last; i++ {
			if err := m.loadFragment(ctx, b, m.frags[i], out); err != nil {
				return nil, err
			}
		}
		next = max(next, last+1)
	}
	return out, nil
}

func (m *mp4Index) loadFragment(ctx context.Context, b *bytes, f fragment, out map[*track][]sample) error {
	box, err := b.Read(ctx, f.off, f.size) // its data lies behind it and is wanted next
	if err != nil {
		return err
	}
	r := m.moofReader()
	r.off, r.most = f.off, mostInMoof
	for i := len(f.tracks) - 1; i >= 0; i-- { // a track may come twice: it goes on at the first
		r.ends[f.tracks[i].id] = f.tracks[i].dts
	}
	r.read(box[8:], func(t *track, s sample) { out[t] = append(out[t], s) })
	return nil
}

// fragmentsFor is the first and last fragment, by number, that hold what shows p.
func (m *mp4Index) fragmentsFor(p passage) (first, last int) {
	first, last = 0, -1
	for i, f := range m.frags {
		for _, x := range f.tracks {
			t := m.trackOf(x.id)
			if t != nil && t.ns(x.dts+t.spans[0].delta) < p.to+int64(time.Second) {
				last = i
			}
		}
	}
	stands := false
	syncs := 0
	for i := last; i >= 0; i-- {
		for _, x := range m.frags[i].tracks {
			if x.id != m.picture.id {
				continue
			}
			stands = stands || m.picture.ns(x.first+m.picture.spans[0].delta) <= p.from-preroll
			if stands && x.sync {
				syncs++
			}
		}
		if syncs >= 2 {
			return i, last
		}
	}
	return 0, last
}

func (m *mp4Index) trackOf(id uint32) *track {
	for _, t := range m.tracks {
		if t.id == id {
			return t
		}
	}
	return nil
}
