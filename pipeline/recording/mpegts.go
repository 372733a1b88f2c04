package recording

import (
	"context"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// mpegts is what is known of an MPEG transport stream, which has no index.
type mpegts struct {
	reel   *tsReel
	survey *survey
	times  Clock
}

// openMPEGTS finds the program and surveys its picture. Packets may be of 188,
// 192 or 204 bytes and begin anywhere in the first 64 KiB.
func openMPEGTS(ctx context.Context, b *bytes) (index, error) {
	r := &tsReel{end: b.Size()}
	if err := r.findStep(ctx, b); err != nil {
		return nil, err
	}
	var ok bool
	var err error
	if r.program, ok, err = r.findProgram(ctx, b); err != nil {
		return nil, err
	}
	if !ok {
		return nil, noPicture("no table of programs stands in the recording's first %d MiB, so that no picture can be found", tsTable>>20)
	}
	if r.video = r.program.video(); r.video.pid == 0 {
		return nil, noPicture("the transport stream has no video stream")
	}
	s, err := takeSurvey(ctx, b, r, r.first, b.Size(), timeline.Rate{}, nil)
	if err != nil && !r.loose && pipeline.KindOf(err) == pipeline.Invalid {
		r.loose = true
		s, err = takeSurvey(ctx, b, r, r.first, b.Size(), timeline.Rate{}, nil)
	}
	if err != nil {
		return nil, err
	}
	var notes []pipeline.Note
	if cut, err := r.endsEarly(ctx, b); err != nil {
		return nil, err
	} else if cut {
		notes = append(notes, truncated())
	}
	return &mpegts{reel: r, survey: s, times: s.clock(notes)}, nil
}

func (m *mpegts) container() string            { return "mpegts" }
func (m *mpegts) clock() Clock                 { return m.times }
func (m *mpegts) chapters() []pipeline.Chapter { return nil }

// findStep finds how far packets lie apart and where the first one begins.
func (r *tsReel) findStep(ctx context.Context, b *bytes) error {
	head, err := b.Read(ctx, 0, min(b.Size(), blockSize))
	if err != nil {
		return err
	}
	for first := range head {
		for _, step := range []int{188, 192, 204} {
			if head[first] == 0x47 && syncedFrom(head[first:], step) {
				r.first, r.step = int64(first), int64(step)
				return nil
			}
		}
	}
	return damaged("its transport packets could not be found")
}

// endsEarly reports whether the last packet is cut.
func (r *tsReel) endsEarly(ctx context.Context, b *bytes) (bool, error) {
	at, err := r.syncAt(ctx, &view{b: b}, max(r.first, r.end-blockSize/2), r.end)
	rest := (r.end - at) % r.step
	return rest > 0 && rest < tsPacket, err
}

// syncedFrom reports whether many packets follow each other: enough that no
// other distance would do.
func syncedFrom(b []byte, step int) bool {
	n := 0
	for at := 0; at < len(b) && n < 16; at += step {
		if b[at] != 0x47 {
			return false
		}
		n++
	}
	return n >= 3
}

// tsLead is added to the timeline's times in a slice, in ticks: 10 s.
const tsLead = 900000

// tsDay is a day in ticks: a slice's times count from the last whole one, so
// that 33 bits are enough.
const tsDay = int64(24 * 3600 * 90000)

// slice writes the program's two tables and then its picture and sound, with
// times that are the timeline's and ten seconds.
func (m *mpegts) slice(ctx context.Context, b *bytes, from, to time.Duration, w sliceFile) (int64, error) {
	s := m.survey
	key, err := s.seek(ctx, b, s.ticks(int64(from-soundLead)))
	if err != nil {
		return 0, err
	}
	if _, err := w.Write(m.reel.program.tables()); err != nil {
		return 0, writeFailure(err)
	}
	c := &tsCopy{along: s.along(key), reel: m.reel, w: w, to: s.ticks(int64(to)), begun: map[int]bool{}, passed: map[int]bool{}}
	c.base = max(0, c.from) / tsDay * tsDay
	if err := m.reel.packets(ctx, &view{b: b, most: copyAhead}, s.soundFrom(key), m.reel.end, c.packet); err != nil {
		return 0, err
	}
	if err := c.flush(); err != nil {
		return 0, err
	}
	return s.nanos(c.base - tsLead), nil
}
