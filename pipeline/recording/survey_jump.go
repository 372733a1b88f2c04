package recording

import (
	"context"
	"slices"

	"dropcut/pipeline"
)

// jump is where a reel's clock leaves its course.
type jump struct {
	at     int64 // the first byte of the first picture after it
	before int64 // raw: when the last picture before it is shown
	after  int64 // raw: when the first picture after it is shown
	leap   int64 // ticks the clock ran ahead; negative: it went back
	exact  bool  // the clock only began again, after ticking.short
}

// findJumps looks closely wherever time and bytes disagree. tail is walked.
func (s *survey) findJumps(ctx context.Context, b *bytes, tail knot) error {
	all := s.knots
	if tail.pos > all[len(all)-1].pos {
		all = append(all, tail)
	}
	s.minPace = s.densest(all)
	var doubtful []int
	for i := range len(all) - 1 {
		if s.doubt(all[i], all[i+1]) > 0 {
			doubtful = append(doubtful, i)
		}
	}
	slices.SortFunc(doubtful, func(x, y int) int {
		return int(min(1, max(-1, s.doubt(all[y], all[y+1])-s.doubt(all[x], all[x+1]))))
	})
	for _, i := range doubtful {
		if err := s.narrow(ctx, b, all[i], all[i+1]); err != nil {
			return err
		}
	}
	if err := s.examine(ctx, b, tail.pos, s.end); err != nil {
		return err
	}
	slices.SortFunc(s.jumps, func(x, y jump) int { return int(min(1, max(-1, x.at-y.at))) })
	s.jumps = slices.CompactFunc(s.jumps, func(x, y jump) bool { return x.at == y.at })
	s.knots = append(s.knots, tail)
	slices.SortFunc(s.knots, func(x, y knot) int { return int(min(1, max(-1, x.pos-y.pos))) })
	s.knots = slices.CompactFunc(s.knots, func(x, y knot) bool { return x.pos == y.pos })
	return nil
}

// densest is how many ticks a MiB lasts where the picture takes most bytes.
func (s *survey) densest(all []knot) int64 {
	var paces []int64
	for i := range len(all) - 1 {
		n, d := all[i+1].pos-all[i].pos, s.step(all[i].order, all[i+1].order)
		if d > 0 && n > 0 {
			paces = append(paces, mulDiv(d, 1<<20, n))
		}
	}
	if len(paces) == 0 {
		return 0
	}
	slices.Sort(paces)
	return mulDiv(paces[len(paces)/10], 85, 100)
}

// doubt is how many ticks of a jump the way from x to y could hide beyond what
// is let pass: 0 or less is none.
func (s *survey) doubt(x, y knot) int64 {
	d, gap := s.step(x.order, y.order), s.ticks(int64(longestGap))
	expected := mulDiv(y.pos-x.pos, s.minPace, 1<<20)
	if d < -s.slack {
		return gap + expected - d
	}
	return max(d-expected, expected-d) - gap
}

// certain reports whether a jump lies between x and y for sure, so that it must
// be found whatever that costs.
func (s *survey) certain(x, y knot) bool {
	d, gap := s.step(x.order, y.order), s.ticks(int64(longestGap))
	expected := mulDiv(y.pos-x.pos, s.minPace, 1<<20)
	return d < -s.slack || d > 8*expected+gap || expected > 4*d+gap
}

// narrow halves the way from x to y until what could hide a jump is small
// enough to be walked.
func (s *survey) narrow(ctx context.Context, b *bytes, x, y knot) error {
	if s.doubt(x, y) <= 0 || ((b.BytesRead() > s.budget || s.looked >= mostLooked) && !s.certain(x, y)) {
		return nil
	}
	if s.looked++; s.looked > mostLooked {
		return clockBroken("the index of the recording contradicts its pictures in more than %d places", mostLooked)
	}
	if y.pos-x.pos > surveyInterval {
		mid, ok, err := s.sample(ctx, b, x.pos+(y.pos-x.pos)/2, y.pos)
		if err != nil {
			return err
		}
		if ok && mid.pos > x.pos && mid.pos < y.pos {
			s.knots = append(s.knots, mid)
			if err := s.narrow(ctx, b, x, mid); err != nil {
				return err
			}
			return s.narrow(ctx, b, mid, y)
		}
	}
	return s.examine(ctx, b, x.pos, y.pos)
}

// examine walks over [from, to] and keeps the jumps of the picture's clock.
func (s *survey) examine(ctx context.Context, b *bytes, from, to int64) error {
	w := watch{survey: s, own: map[int]int64{}}
	err := s.walk(ctx, b, from, s.end, func(u unit) bool {
		if u.at < s.first.at {
			return true
		}
		if u.pos > to && w.settling == 0 {
			return false
		}
		w.see(u)
		return len(s.jumps)+len(w.found) <= mostJumps
	})
	s.jumps = append(s.jumps, w.found...)
	if err == nil && len(s.jumps) > mostJumps {
		return clockBroken("the recording's clock jumps more than %d times", mostJumps)
	}
	return err
}

func clockBroken(format string, args ...any) error {
	return pipeline.Fail(pipeline.Invalid, "clock_broken", "remux it with OBS (File > Remux Recordings) or ffmpeg -i IN -c copy OUT.mkv, then run again", format, args...)
}

// watch sees units pass in order and finds where their clock jumps.
type watch struct {
	*survey
	raw, now int64         // of the last unit: as it stands there, and unwrapped
	own      map[int]int64 // unwrapped order of each track's last unit
	latest   int64         // of all tracks in this stretch
	shown    int64         // raw: the last shown picture
	shownNow int64         // the same unwrapped
	pictures bool          // one was seen
	settling int           // pictures until the last jump's after is sure
	started  bool
	found    []jump
}

// settle is how many pictures after a jump are looked at for the first shown.
const settle = 16

func (w *watch) see(u unit) {
	if w.started {
		w.now += w.step(w.raw, u.order)
	}
	w.raw, w.started = u.order, true
	shownNow := w.now + w.step(u.order, u.shown)
	prev, had := w.own[u.track]
	w.own[u.track] = w.now
	gap := w.ticks(int64(longestGap))
	if !u.picture {
		if !w.pictures || w.now <= w.latest+gap {
			w.latest = max(w.latest, w.now)
		}
		return
	}
	back, ahead := had && w.now < prev-w.slack, had && w.now > prev+gap && w.now > w.latest+gap
	switch {
	case w.pictures && (back || ahead):
		w.jump(u, shownNow)
	case w.settling > 0:
		w.settling--
		if j := &w.found[len(w.found)-1]; w.step(j.after, u.shown) < 0 && w.step(j.after, u.shown) > -w.ticks(1e9) {
			j.after = u.shown
		}
		fallthrough
	default:
		w.latest = max(w.latest, w.now)
		if !w.pictures || shownNow > w.shownNow {
			w.shown, w.shownNow = u.shown, shownNow
		}
	}
	w.pictures = true
}

func (w *watch) jump(u unit, shownNow int64) {
	j := jump{at: u.at, before: w.shown, after: u.shown, leap: shownNow - w.shownNow}
	if d := j.leap + w.short; w.short > 0 && distance(d, 0) <= w.ticks(int64(longestGap)) {
		j.exact = true
	}
	w.found = append(w.found, j)
	w.settling = settle
	w.latest, w.shown, w.shownNow = w.now, u.shown, shownNow
	clear(w.own)
	w.own[u.track] = w.now
}
