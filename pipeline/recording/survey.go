package recording

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// How far a survey looks. Bytes are of the recording.
const (
	surveyWhole    = 4 << 20  // a recording or stretch this small is walked
	surveyFirst    = 64 << 20 // no picture that stands alone in so much: there is none
	surveyRun      = 1 << 20  // of neighbouring pictures, for their rate
	surveyPictures = 150
	surveyTail     = 64 << 20 // the last picture lies in the last of these
	surveyInterval = 1 << 20  // walked rather than halved
	surveyKnots    = 128
	surveySample   = 192 << 10 // about what it costs to look for a picture somewhere
	mostJumps      = 64
	mostLooked     = 1 << 14 // doubtful intervals looked at; a day of slides has some thousands
)

// survey is what was learnt of a reel without walking over all of it.
type survey struct {
	reel
	ticking
	start     int64 // of its bytes
	end       int64
	first     unit  // the first picture that stands alone
	last      int64 // when the last picture is shown, on the timeline, in ticks
	frame     int64 // one frame, in ticks
	stretches []stretch
	knots     []knot
	cut       int64 // ticks left out of the timeline
	facts     frameFacts
	runs      [][]int64 // shown times of neighbouring pictures, each ascending
	minPace   int64     // ticks a MiB, of the densest parts
	jumps     []jump
	budget    int64 // bytes read until which intervals are halved on suspicion
	looked    int   // intervals looked at so far
}

// takeSurvey finds where pictures lie in bytes [start, end) of r and where its
// clock jumps. known are places an index told, may be none; declared is the
// rate the container says of itself. Nothing to show is Invalid, no_picture.
func takeSurvey(ctx context.Context, b *bytes, r reel, start, end int64, declared timeline.Rate, known []knot) (*survey, error) {
	s := &survey{reel: r, ticking: r.ticking(), start: start, end: end}
	s.budget = b.BytesRead() + max(surveyWhole, (end-start)/200)
	if err := s.findFirst(ctx, b, start); err != nil {
		return nil, err
	}
	tail, err := s.findTail(ctx, b, known)
	if err != nil {
		return nil, err
	}
	if err := s.place(ctx, b, known, tail.pos); err != nil {
		return nil, err
	}
	if err := s.measure(ctx, b, declared); err != nil {
		return nil, err
	}
	if err := s.findJumps(ctx, b, tail); err != nil {
		return nil, err
	}
	s.straighten()
	return s, s.findLast(ctx, b, tail.pos)
}

// findFirst finds the first picture that stands alone, and the run after it.
func (s *survey) findFirst(ctx context.Context, b *bytes, start int64) error {
	found, seen := false, false
	var run []int64
	err := s.walk(ctx, b, start, s.end, func(u unit) bool {
		seen = seen || u.picture
		if !found {
			if !u.picture || !u.key {
				return u.at-start < surveyFirst
			}
			found, s.first = true, u
		}
		if u.picture {
			run = append(run, s.first.shown+s.step(s.first.shown, u.shown))
		}
		return len(run) < surveyPictures && u.at-s.first.at < surveyRun
	})
	switch {
	case err != nil:
		return err
	case !seen:
		return noPicture("the recording holds no picture")
	case !found:
		return noPicture("no picture of the recording stands alone, so none can be shown")
	}
	s.addRun(run)
	return nil
}

// addRun keeps a run's times in the order they are shown, without the edges,
// where pictures shown between them may be missing.
func (s *survey) addRun(run []int64) {
	slices.Sort(run)
	run = slices.Compact(run)
	if len(run) > 24 {
		run = run[4 : len(run)-4]
	}
	if len(run) > 1 {
		s.runs = append(s.runs, run)
	}
}

// sample is the first picture from off on, before end.
func (s *survey) sample(ctx context.Context, b *bytes, off, end int64) (knot, bool, error) {
	var k knot
	found := false
	err := s.walk(ctx, b, off, end, func(u unit) bool {
		if u.picture && u.at > s.first.at {
			k, found = knot{pos: u.pos, order: u.order}, true
		}
		return !found
	})
	return k, found, err
}

// findTail finds a place near the end with some pictures after it.
func (s *survey) findTail(ctx context.Context, b *bytes, known []knot) (knot, error) {
	head := knot{pos: s.first.pos, order: s.first.order}
	if s.end-s.first.pos <= surveyWhole {
		return head, nil
	}
	if n := len(known); n > 0 && known[n-1].pos > head.pos && s.end-known[n-1].pos <= 2*surveyWhole {
		return known[n-1], nil
	}
	for size := int64(surveyInterval) / 4; size <= surveyTail && s.end-size > s.first.pos; size *= 2 {
		var k knot
		n := 0
		err := s.walk(ctx, b, s.end-size, s.end, func(u unit) bool {
			if u.picture {
				if n++; n == 1 {
					k = knot{pos: u.pos, order: u.order}
				}
			}
			return n < 16
		})
		if err != nil {
			return knot{}, err
		}
		if n >= 16 || (n > 0 && size*2 > surveyTail) {
			return k, nil
		}
	}
	return head, nil
}

// place puts the first knots: those of an index, else ones that are spread over
// all of it, as many as the budget pays for: where none is, a jump hides.
func (s *survey) place(ctx context.Context, b *bytes, known []knot, tail int64) error {
	s.knots = []knot{{pos: s.first.pos, order: s.first.order}}
	for _, k := range known {
		if k.pos > s.knots[len(s.knots)-1].pos && k.pos < tail {
			s.knots = append(s.knots, k)
		}
	}
	span := tail - s.first.pos
	if len(known) > 0 || span <= surveyWhole {
		return nil
	}
	step := max(span/surveyKnots, surveyInterval, mulDiv(span, surveySample, max(s.budget-b.BytesRead(), 1)))
	for off := s.first.pos + step; off < tail && b.BytesRead() < s.budget; off += step {
		k, ok, err := s.sample(ctx, b, off, tail)
		if err != nil {
			return err
		}
		if ok && k.pos > s.knots[len(s.knots)-1].pos {
			s.knots = append(s.knots, k)
			off = max(off, k.pos)
		}
	}
	return nil
}

// measure works out the rate from runs at several places.
func (s *survey) measure(ctx context.Context, b *bytes, declared timeline.Rate) error {
	if n := len(s.knots); n > 3 {
		for _, k := range []knot{s.knots[n/3], s.knots[2*n/3]} {
			var run []int64
			err := s.walk(ctx, b, k.pos, s.end, func(u unit) bool {
				if u.picture {
					run = append(run, k.order+s.step(k.order, u.shown))
				}
				return len(run) < surveyPictures && u.at-k.pos < surveyRun
			})
			if err != nil {
				return err
			}
			s.addRun(run)
		}
	}
	s.facts = rateOf(s.joined(), s.scale, declared)
	s.frame = s.grain
	if r := s.facts.SourceRate; !r.IsZero() {
		hold := s.ticks(timeline.DivRound(1e9, r.Den, r.Num))
		s.frame = max(1, timeline.DivRound(hold, 1, s.grain)) * s.grain
	}
	return nil
}

// joined puts the runs behind each other as if nothing lay between them. A run
// ends where it jumps.
func (s *survey) joined() []int64 {
	var out []int64
	gap := s.ticks(int64(longestGap))
	for _, run := range s.runs {
		shift := int64(0)
		if n := len(out); n > 1 {
			steps := slices.Sorted(slices.Values(stepsOf(out)))
			if len(steps) > 0 {
				shift = out[n-1] + steps[len(steps)/2] - run[0]
			}
		} else if n == 0 {
			shift = -run[0]
		}
		for i, t := range run {
			if i > 0 && t-run[i-1] > gap {
				break
			}
			out = append(out, t+shift)
		}
	}
	return out
}

// straighten gives every stretch and knot its time on the timeline.
func (s *survey) straighten() {
	s.stretches = []stretch{{pos: s.first.at, ref: s.first.shown}}
	for _, j := range s.jumps {
		old := s.stretches[len(s.stretches)-1]
		end := old.at + s.since(old.ref, j.before)
		at := end + s.frame
		if j.exact {
			at = end + s.short + j.after - j.before
		} else if j.leap > 0 {
			s.cut += j.leap
		}
		s.stretches = append(s.stretches, stretch{pos: j.at, ref: j.after, at: max(at, old.at+1)})
	}
	for i, k := range s.knots {
		s.knots[i].time = s.timeAt(s.stretchOf(k.pos), k.order)
	}
}

// stretchOf is the index of the stretch that the byte at lies in.
func (s *survey) stretchOf(at int64) int {
	i := sort.Search(len(s.stretches), func(i int) bool { return s.stretches[i].pos > at })
	return max(0, i-1)
}

// timeAt is where a raw time of stretch i lies on the timeline, in ticks.
func (s *survey) timeAt(i int, raw int64) int64 {
	return s.stretches[i].at + s.since(s.stretches[i].ref, raw)
}

// timeOf is where a packet's raw time lies on the timeline, in ticks, and in
// which stretch. Packets of other tracks cross a jump a little before or after
// the pictures: near is the time of the picture in front of it, from which it
// cannot be far.
func (s *survey) timeOf(at, raw, near int64) (int64, int) {
	i := s.stretchOf(at)
	best, in := s.timeAt(i, raw), i
	if distance(best, near) <= s.ticks(int64(longestGap)/2) {
		return best, in
	}
	for _, j := range []int{i - 1, i + 1} {
		if j < 0 || j >= len(s.stretches) {
			continue
		}
		if t := s.timeAt(j, raw); distance(t, near) < distance(best, near) {
			best, in = t, j
		}
	}
	return best, in
}

func distance(a, b int64) int64 { return max(a-b, b-a) }

// findLast finds when the last picture is shown.
func (s *survey) findLast(ctx context.Context, b *bytes, tail int64) error {
	return s.walk(ctx, b, tail, s.end, func(u unit) bool {
		if u.picture && u.at >= s.first.at {
			s.last = max(s.last, s.timeAt(s.stretchOf(u.at), u.shown))
		}
		return true
	})
}

// clock is the survey as a clock.
func (s *survey) clock(notes []pipeline.Note) Clock {
	c := Clock{Zero: s.nanos(s.first.shown), SourceRate: s.facts.SourceRate, Variable: s.facts.Variable, Rate: s.facts.Rate, Notes: notes}
	end := s.last + s.frame
	c.Frames = max(1, c.Rate.Frames(time.Duration(s.nanos(end))))
	for i, x := range s.stretches {
		until, last := end, i == len(s.stretches)-1
		if !last {
			until = s.stretches[i+1].at
		}
		c.Pieces = append(c.Pieces, s.pieces(x, until, last)...)
	}
	if n := len(s.jumps); n > 0 {
		c.Notes = append(c.Notes, jumped(n, s.nanos(s.cut)))
	}
	return c
}

// lasts compares what a container says of its length (nanoseconds, 0 for
// nothing) with its pictures. Writers count from the first picture, or from 0.
func (s *survey) lasts(says int64) []pipeline.Note {
	has, zero := s.nanos(s.last+s.frame), s.nanos(s.first.shown)
	slack := int64(time.Second) + has/100
	if says <= 0 || len(s.jumps) > 0 || distance(says, has) <= slack || distance(says, has+zero) <= slack {
		return nil
	}
	return []pipeline.Note{{Code: "duration_differs", Detail: fmt.Sprintf("the recording says it lasts %v, its pictures last %v; the pictures are believed",
		time.Duration(says).Round(time.Millisecond), time.Duration(has).Round(time.Millisecond))}}
}

// pieces are those of one stretch: more than one where its clock begins again.
func (s *survey) pieces(x stretch, until int64, last bool) timeline.Pieces {
	var out timeline.Pieces
	at, raw := x.at, x.ref
	if s.wrap > 0 {
		for at+s.wrap-raw < until {
			out = append(out, timeline.Piece{From: s.nanos(raw), To: s.nanos(s.wrap), At: s.nanos(at)})
			at, raw = at+s.wrap-raw, 0
		}
	}
	p := timeline.Piece{From: s.nanos(raw), To: timeline.Forever, At: s.nanos(at)}
	if !last {
		p.To = p.From + s.nanos(until) - p.At
	}
	return append(out, p)
}
