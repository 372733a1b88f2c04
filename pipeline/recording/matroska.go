package recording

import (
	"context"
	"encoding/binary"
	"math"
	"slices"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// The largest bodies of Matroska's index elements that are read.
const (
	mostSeekHead     = 1 << 20
	mostInfo         = 1 << 20
	mostTracks       = 16 << 20
	mostCues         = 64 << 20
	mostChapterBytes = 16 << 20
	mostTop          = 4096 // elements before the first cluster
)

// matroska is the index of a Matroska or WebM recording.
type matroska struct {
	reel     *matroskaReel
	survey   *survey
	tracks   []byte // the Tracks element, whole
	declared int64  // nanoseconds a picture lasts, as the track says; 0 when it does not
	length   int64  // nanoseconds, as Info says; 0 when it does not
	cut      bool   // bytes are missing at the end
	created  time.Time
	chapter  []chapterAtom
	cues     []cue
	times    Clock
}

// cue is where an index says that a picture lies which stands alone.
type cue struct {
	time  int64 // timestamps
	track int64
	pos   int64 // of its cluster, from the recording's first byte
}

// openMatroska reads the index of a Matroska or WebM recording: what stands
// before the first cluster, and what SeekHead points at. A recording without
// Cues (written live, or cut off) is surveyed.
func openMatroska(ctx context.Context, b *bytes) (index, error) {
	m := &matroska{reel: &matroskaReel{scale: 1e6, end: b.Size()}}
	first, err := m.readTop(ctx, b)
	if err != nil {
		return nil, err
	}
	if m.tracks == nil {
		return nil, damaged("it has no list of tracks")
	}
	if m.reel.video == 0 {
		return nil, noPicture("the recording has no video track")
	}
	m.survey, err = takeSurvey(ctx, b, m.reel, first, b.Size(), frameRate(m.declared), m.knots(ctx, b))
	if err != nil {
		return nil, err
	}
	notes, err := m.notes(ctx, b)
	if err != nil {
		return nil, err
	}
	m.times = m.survey.clock(notes)
	return m, nil
}

func (m *matroska) container() string { return "matroska" }
func (m *matroska) clock() Clock      { return m.times }

// readTop reads what stands before the first cluster and what SeekHead points
// at, and gives where clusters begin.
func (m *matroska) readTop(ctx context.Context, b *bytes) (int64, error) {
	v := &view{b: b}
	head, ok, err := elementAt(ctx, v, 0)
	if err != nil {
		return 0, err
	}
	if !ok || head.size == unknownSize {
		return 0, damaged("its first bytes are not a Matroska header")
	}
	seg, ok, err := elementAt(ctx, v, head.body+head.size)
	if err != nil {
		return 0, err
	}
	if !ok || seg.id != idSegment {
		return 0, damaged("no segment follows its header")
	}
	m.cut = seg.size != unknownSize && seg.size > b.Size()-seg.body
	t := &matroskaTop{matroska: m, segment: seg.body, seen: map[uint32]bool{}}
	first, err := t.walk(ctx, b, v)
	if err != nil {
		return 0, err
	}
	return first, t.follow(ctx, b, v)
}

// matroskaTop is the reading of a segment's index elements.
type matroskaTop struct {
	*matroska
	segment int64 // what positions count from
	seen    map[uint32]bool
	seeks   []seekEntry
}

type seekEntry struct {
	id  uint32
	pos int64
}

// walk reads the elements in front of the first cluster.
func (t *matroskaTop) walk(ctx context.Context, b *bytes, v *view) (int64, error) {
	off := t.segment
	for range mostTop {
		e, ok, err := elementAt(ctx, v, off)
		if err != nil || !ok || e.id == idCluster {
			return off, err
		}
		if next, known := afterTop(e); !known || next > b.Size() {
			return off, nil // damage: the survey looks for a cluster from here on
		}
		if err := t.take(ctx, b, e); err != nil {
			return off, err
		}
		off = e.body + e.size
	}
	return off, nil
}

// follow reads what SeekHead points at and has not been met.
func (t *matroskaTop) follow(ctx context.Context, b *bytes, v *view) error {
	for i := 0; i < len(t.seeks) && i < 64; i++ {
		s := t.seeks[i]
		pos := t.segment + s.pos
		if s.pos < 0 || pos >= b.Size() || pos < t.segment {
			t.cut = true // a later part was written and is not here
			continue
		}
		if t.seen[s.id] && s.id != idSeekHead {
			continue
		}
		e, ok, err := elementAt(ctx, v, pos)
		if err != nil {
			return err
		}
		if !ok || e.id != s.id || e.size == unknownSize || e.size > b.Size()-e.body {
			continue
		}
		if err := t.take(ctx, b, e); err != nil {
			return err
		}
	}
	return nil
}

// take reads one index element, if it is one that matters.
func (t *matroskaTop) take(ctx context.Context, b *bytes, e element) error {
	most, ok := map[uint32]int64{idSeekHead: mostSeekHead, idInfo: mostInfo, idTracks: mostTracks, idCues: mostCues, idChapters: mostChapterBytes}[e.id]
	if !ok || t.seen[e.id] && e.id != idSeekHead {
		return nil
	}
	t.seen[e.id] = true
	if e.size > most {
		return damaged("one part of its index has %d bytes", e.size)
	}
	whole, err := b.Read(ctx, e.at, e.body+e.size-e.at)
	if err != nil {
		return err
	}
	body := whole[e.body-e.at:]
	switch e.id {
	case idSeekHead:
		t.readSeekHead(body)
	case idInfo:
		t.readInfo(body)
	case idTracks:
		t.tracks = whole
		t.readTracks(body)
	case idCues:
		t.readCues(body)
	case idChapters:
		t.chapter = readChapters(body)
	}
	return nil
}

func (t *matroskaTop) readSeekHead(body []byte) {
	children(body, func(id uint32, seek []byte) bool {
		if id != idSeek {
			return true
		}
		s := seekEntry{pos: -1}
		children(seek, func(id uint32, b []byte) bool {
			switch id {
			case idSeekID:
				s.id, _ = idOf(b)
			case idSeekPosition:
				s.pos, _ = uintOf(b)
			}
			return true
		})
		switch s.id {
		case idSeekHead, idInfo, idTracks, idCues, idChapters:
			t.seeks = append(t.seeks, s)
		}
		return len(t.seeks) < 64
	})
}

func (t *matroskaTop) readInfo(body []byte) {
	ticks := 0.0
	children(body, func(id uint32, b []byte) bool {
		switch id {
		case idTimestampScale:
			if n, ok := uintOf(b); ok && n >= 1 && n <= 1e9 {
				t.reel.scale = n
			}
		case idDateUTC:
			t.created = matroskaCreated(b)
		case idDuration:
			switch len(b) {
			case 4:
				ticks = float64(math.Float32frombits(binary.BigEndian.Uint32(b)))
			case 8:
				ticks = math.Float64frombits(binary.BigEndian.Uint64(b))
			}
		}
		return true
	})
	if n := ticks * float64(t.reel.scale); n > 0 && n < float64(timeline.Forever) { // Matroska writes this one time as a float
		t.length = int64(n)
	}
}

// readTracks takes the first video track, the one that is shown, and the first
// sound track.
func (t *matroskaTop) readTracks(body []byte) {
	children(body, func(id uint32, entry []byte) bool {
		if id != idTrackEntry {
			return true
		}
		var number, kind, hold int64
		children(entry, func(id uint32, b []byte) bool {
			switch id {
			case idTrackNumber:
				number, _ = uintOf(b)
			case idTrackType:
				kind, _ = uintOf(b)
			case idDefaultDuration:
				hold, _ = uintOf(b)
			}
			return true
		})
		if kind == 1 && number > 0 && t.reel.video == 0 {
			t.reel.video, t.declared = number, hold
		}
		if kind == 2 && number > 0 && t.reel.sound == 0 {
			t.reel.sound = number
		}
		return t.reel.video == 0 || t.reel.sound == 0
	})
}

func (t *matroskaTop) readCues(body []byte) {
	children(body, func(id uint32, point []byte) bool {
		if id != idCuePoint {
			return true
		}
		var at int64
		children(point, func(id uint32, b []byte) bool {
			switch id {
			case idCueTime:
				at, _ = uintOf(b)
			case idCuePositions:
				c := cue{time: at, pos: -1}
				children(b, func(id uint32, b []byte) bool {
					switch id {
					case idCueTrack:
						c.track, _ = uintOf(b)
					case idCueCluster:
						c.pos, _ = uintOf(b)
					}
					return true
				})
				if c.pos >= 0 && c.pos < timeline.Forever {
					c.pos += t.segment
					t.cues = append(t.cues, c)
				}
			}
			return true
		})
		return true
	})
}

// knots are the cues of the video track, one for each cluster. Cues that do not
// lead to clusters are not believed.
func (m *matroska) knots(ctx context.Context, b *bytes) []knot {
	var out []knot
	for _, c := range m.cues {
		if c.track == m.reel.video && c.pos < b.Size() && c.time < timeline.Forever/m.reel.scale {
			out = append(out, knot{pos: c.pos, order: c.time * m.reel.scale, key: true})
		}
	}
	m.cues = nil
	slices.SortStableFunc(out, func(x, y knot) int { return int(min(1, max(-1, x.pos-y.pos))) })
	out = slices.CompactFunc(out, func(x, y knot) bool { return x.pos == y.pos })
	v := &view{b: b}
	for _, i := range []int{0, len(out) / 2, len(out) - 1} {
		if len(out) == 0 {
			return nil
		}
		if e, ok, err := elementAt(ctx, v, out[i].pos); err != nil || !ok || e.id != idCluster {
			return nil
		}
	}
	return out
}

// notes are what a person should know of the recording's end and length.
func (m *matroska) notes(ctx context.Context, b *bytes) ([]pipeline.Note, error) {
	var out []pipeline.Note
	if !m.cut {
		var err error
		if m.cut, err = m.endsEarly(ctx, b); err != nil {
			return nil, err
		}
	}
	if m.cut {
		return append(out, truncated()), nil
	}
	return append(out, m.survey.lasts(m.length)...), nil
}

// truncated tells that the end of a recording is missing.
func truncated() pipeline.Note {
	return pipeline.Note{Code: "truncated", Detail: "the recording ends in the middle: its last bytes are missing",
		Hint: "wait until the whole file has been copied; if recording stopped there, nothing is to be done"}
}

// endsEarly reports whether the last element reaches beyond the last byte.
func (m *matroska) endsEarly(ctx context.Context, b *bytes) (bool, error) {
	v := &view{b: b}
	off := m.survey.knots[len(m.survey.knots)-1].pos
	for off < b.Size() {
		e, ok, err := elementAt(ctx, v, off)
		if err != nil || !ok {
			return !ok, err
		}
		switch {
		case e.id == idSegment || e.id == idCluster && e.size == unknownSize:
			off = e.body
		case e.size == unknownSize:
			return false, nil
		case e.size > b.Size()-e.body:
			return true, nil
		default:
			off = e.body + e.size
		}
	}
	return false, nil
}

// frameRate is the rate of pictures that last hold nanoseconds, as writers
// round them; the zero Rate for 0.
func frameRate(hold int64) timeline.Rate {
	if hold <= 0 || hold > 100e9 {
		return timeline.Rate{}
	}
	for _, den := range []int64{1, 1001, 2} {
		for n := int64(1); n <= 240; n++ {
			r := timeline.NewRate(n, den)
			if den == 1001 {
				r = timeline.NewRate(1000*n, 1001)
			}
			if d := timeline.DivRound(1e9, r.Den, r.Num) - hold; distance(d, 0) <= 1000 {
				return r
			}
		}
	}
	return timeline.NewRate(1e6, timeline.DivRound(hold, 1, 1000))
}
