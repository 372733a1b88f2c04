package recording

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"dropcut/pipeline"
)

// taken is a sample that goes into a slice, with its times there.
type taken struct {
	sample
	at  int64 // when it is shown, in ticks of the slice's track
	due int64 // when it is decoded, in order
}

// slicedTrack is one track of a slice.
type slicedTrack struct {
	*track
	number uint32 // in the slice, from 1
	mult   int64  // ticks of the slice for each tick of the recording
	taken  []taken
}

// passage is a part of a slice in which the recording's clock is straight:
// source nanoseconds [from, to), shown late later than the source says, counted
// from the first passage. Pictures before floor belong to another one.
type passage struct{ from, to, late, floor int64 }

// preroll is how much sound before a slice is taken along, so that its decoder
// has found its feet when the slice begins.
const preroll = int64(500 * time.Millisecond)

// slice writes a new small file: the samples that show [from, to) as one
// fragment, timed by this package and not by the tables of the recording, so
// that its clock is straight whatever they say, no byte of it is a hole, and it
// ends where the slice ends.
func (m *mp4Index) slice(ctx context.Context, b *bytes, from, to time.Duration, w sliceFile) (int64, error) {
	return m.sliceOf(ctx, b, from, to, w, m.tracks)
}

// sliceOf is slice with some of the tracks.
func (m *mp4Index) sliceOf(ctx context.Context, b *bytes, from, to time.Duration, w sliceFile, some []*track) (int64, error) {
	tracks, _, shift, err := m.gather(ctx, b, from, to, some)
	if err != nil {
		return 0, err
	}
	if err := fetch(ctx, b, tracks); err != nil {
		return 0, err
	}
	ahead, err := settleTimes(tracks)
	if err != nil {
		return 0, err
	}
	return shift - ahead*1e9, writeSlice(ctx, b, w, m.mvhd, tracks)
}

// weigh is how many bytes of samples a slice has.
func (m *mp4Index) weigh(ctx context.Context, b *bytes, from, to time.Duration) (int64, error) {
	_, total, _, err := m.gather(ctx, b, from, to, m.tracks)
	return total, err
}

// gather is the samples of some tracks that a slice has, their bytes, and what
// leads from the source's clock to the timeline.
func (m *mp4Index) gather(ctx context.Context, b *bytes, from, to time.Duration, some []*track) (tracks []slicedTrack, total, shift int64, err error) {
	parts, shift := m.passages(from, to)
	looks := &looks{left: mostLooks}
	feed, err := m.feed(ctx, b, parts, looks)
	if err != nil {
		return nil, 0, 0, err
	}
	for _, t := range some {
		s := slicedTrack{track: t, number: uint32(len(tracks) + 1), mult: 1}
		if t == m.picture {
			s.takePictures(feed[t], parts)
		} else {
			s.takeOthers(feed[t], parts)
		}
		if err := looks.err(ctx); err != nil {
			return nil, 0, 0, err
		}
		s.taken = slices.DeleteFunc(s.taken, func(x taken) bool { return x.size <= 0 || x.off < 0 || x.off > b.Size()-x.size })
		if t == m.picture && len(s.taken) == 0 {
			return nil, 0, 0, pipeline.Fail(pipeline.Invalid, "outside", "give another stretch of the recording", "nothing is shown from %v to %v", from, to)
		}
		for _, x := range s.taken {
			total += x.size
		}
		tracks = append(tracks, s)
	}
	if total > 2*b.Size() {
		return nil, 0, 0, damaged("its index names the same bytes again and again")
	}
	return tracks, total, shift, nil
}

// passages cuts [from, to) of the timeline where the clock jumps, and gives
// what leads from source nanoseconds of the first stretch to the timeline.
func (m *mp4Index) passages(from, to time.Duration) (out []passage, shift int64) {
	for i, p := range m.clk.Pieces.In(from, to) {
		late := p.At - p.From
		if i == 0 {
			shift = late
		}
		s := passage{from: p.From, to: p.To, late: late - shift, floor: p.From}
		for _, whole := range m.clk.Pieces {
			if p.From >= whole.From && p.From < whole.To && whole.At-whole.From == late {
				s.floor = whole.From
			}
		}
		out = append(out, s)
	}
	return out, shift
}

// mostLooks is how many samples are looked at for one slice: a recording of
// twelve hours has some millions, but edits and jumps can have each of many
// passages look at all of them.
const mostLooks = 1 << 30

// looks counts the samples looked at for a slice.
type looks struct{ left int64 }

// on reports whether another sample may be looked at.
func (l *looks) on(ctx context.Context) bool {
	if l.left--; l.left%(1<<16) == 0 && ctx.Err() != nil {
		l.left = 0
	}
	return l.left > 0
}

// err says why looking ended early; nil when it did not.
func (l *looks) err(ctx context.Context) error {
	if err := ctxErr(ctx); err != nil || l.left > 0 {
		return err
	}
	return damaged("its index would have to be looked through too often to find this stretch")
}

// samples calls f for samples of a track in order of decoding.
type samples func(f func(i int64, s sample) bool)

// feed is where the samples of each track that the passages may need come
// from: the sample tables, and the fragments around the passages.
func (m *mp4Index) feed(ctx context.Context, b *bytes, parts []passage, looks *looks) (map[*track]samples, error) {
	loaded, err := m.loadFragments(ctx, b, parts)
	if err != nil {
		return nil, err
	}
	out := map[*track]samples{}
	for _, t := range m.tracks {
		out[t] = func(f func(int64, sample) bool) {
			n, more := int64(0), true
			t.table.each(func(i int64, s sample) bool {
				n, more = i+1, looks.on(ctx) && f(i, s)
				return more
			})
			for i := 0; more && i < len(loaded[t]); i++ {
				more = looks.on(ctx) && f(n+int64(i), loaded[t][i])
			}
		}
	}
	return out, nil
}

// takeOthers takes the sound and the words of the passages, and a little sound
// before the first.
func (s *slicedTrack) takeOthers(each samples, parts []passage) {
	for i, p := range parts {
		from, to := p.from, p.to
		if i == 0 && s.kind == "soun" {
			from -= preroll
		}
		lo, hi, late := s.ticks(from), s.ticks(to), s.ticks(p.late)
		each(func(_ int64, y sample) bool {
			at, shown := s.source(y)
			inside := at < hi && at+y.dur > lo
			if i > 0 {
				inside = at < hi && at >= lo
			}
			if inside && (shown || i == 0 && s.kind == "soun") {
				at += late
				s.taken = append(s.taken, taken{sample: y, at: at, due: at})
			}
			return true
		})
	}
	if s.isText() {
		slices.SortStableFunc(s.taken, func(a, b taken) int { return cmp.Compare(a.at, b.at) })
	}
}

// settleTimes sees to it that decoding times only grow and no sample is shown
// before it is decoded, and moves all tracks by the whole seconds it returns so
// that nothing is negative.
func settleTimes(tracks []slicedTrack) (ahead int64, err error) {
	for i := range tracks {
		t := &tracks[i]
		last, early := int64(math.MinInt64), int64(0)
		for k := range t.taken {
			x := &t.taken[k]
			if x.due <= last {
				x.due = last + 1
			}
			last = x.due
			early = max(early, x.due-x.at)
		}
		for k := range t.taken {
			t.taken[k].due -= early
		}
		if len(t.taken) > 0 && t.taken[0].due < 0 {
			scale := t.scale * t.mult
			ahead = max(ahead, (-t.taken[0].due+scale-1)/scale)
		}
	}
	for i := range tracks {
		t := &tracks[i]
		for k := range t.taken {
			t.taken[k].due += ahead * t.scale * t.mult
			t.taken[k].at += ahead * t.scale * t.mult
			if late := t.taken[k].at - t.taken[k].due; late > math.MaxInt32 || k > 0 && t.taken[k].due-t.taken[k-1].due > math.MaxInt32 {
				return 0, damaged("its times lie too far apart for their fineness")
			}
		}
	}
	return ahead, nil
}

// apart is how far two ranges may lie from each other and still be read as one.
const apart = 64 << 10

// fetch reads the blocks of all samples, in as few requests as is sensible.
func fetch(ctx context.Context, b *bytes, tracks []slicedTrack) error {
	type extent struct{ from, to int64 }
	var all []extent
	for _, t := range tracks {
		for _, x := range t.taken {
			all = append(all, extent{x.off, x.off + x.size})
		}
	}
	slices.SortFunc(all, func(a, b extent) int { return cmp.Compare(a.from, b.from) })
	for i := 0; i < len(all); {
		e, j := all[i], i+1
		for j < len(all) && all[j].from <= e.to+apart {
			e.to = max(e.to, all[j].to)
			j++
		}
		if err := b.fill(ctx, e.from/blockSize, (e.to-1)/blockSize); err != nil {
			return err
		}
		i = j
	}
	return nil
}
