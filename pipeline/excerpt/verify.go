package excerpt

import (
	"strconv"
	"strings"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

const (
	rounded  = int64(time.Millisecond) // what Matroska rounds to
	leastUse = 15 * time.Second        // what an excerpt must show to be of use
)

// verify judges the finished file against the slice it was copied from, and
// says which frames it can show.
func (b *bench) verify(x *pipeline.Excerpted, rec pipeline.Recording) error {
	if err := same("picture", b.exact[0], b.shown[0]); err != nil {
		return err
	}
	if b.sound && !b.resampled {
		if err := same("sound", b.exact[1], b.shown[1]); err != nil {
			return err
		}
	}
	x.HasSound, x.TextCount = b.sound && b.heard.any(), b.text
	first, last := firstKey(b.exact[0]), times(b.exact[0])
	x.Window = x.Asked.Intersect(timeline.Window{In: b.frame(first), Out: b.frame(last[len(last)-1]) + 1})
	x.FirstPTS = source(rec.Media, first-pipeline.ExcerptLead)
	if lasts := b.rate.Duration(x.Window.Frames()); lasts < leastUse {
		return pipeline.Fail(pipeline.Invalid, "damaged", "remux the recording with OBS (File > Remux Recordings) or ffmpeg -i IN -c copy OUT.mkv, then run again",
			"the recording shows only %.1f s around this moment", lasts.Seconds())
	}
	return nil
}

// same reports Corrupt unless the file has every packet of the slice, when the
// slice has it. One in a hundred may have been moved: of two packets with one
// time in a damaged recording, the muxer moves the second.
func same(what string, sliced, filed []packet) error {
	want, got := times(sliced), times(filed)
	if len(want) == 0 || len(filed) < len(want) || len(want) == len(sliced) && len(got) != len(want) {
		return pipeline.Fail(pipeline.Corrupt, "packets_lost", "", "the excerpt has %d packets of %s where the recording has %d", len(got), what, len(want))
	}
	moved := 0
	for i := range min(len(want), len(got)) {
		if d := got[i] - want[i]; d > rounded || d < -rounded {
			moved++
		}
	}
	if moved > len(want)/100 && len(want) == len(sliced) {
		return pipeline.Fail(pipeline.Corrupt, "packets_moved", "", "the excerpt shows %d of %d packets of %s off their times", moved, len(want), what)
	}
	return nil
}

// firstKey is when the first picture that stands alone is shown.
func firstKey(all []packet) int64 {
	for _, p := range all {
		if p.key && p.at != timeless {
			return p.at
		}
	}
	return times(all)[0]
}

// source is the recording's own timestamp of a time on the timeline, which may
// lie a little before zero.
func source(m pipeline.Media, at int64) int64 {
	if ns, _, ok := m.Pieces.ToSource(time.Duration(max(at, 0))); ok {
		return ns + min(at, 0)
	}
	return at + m.Zero
}

// frame is the timeline's frame in which a time of the excerpt lies.
func (b *bench) frame(ns int64) int64 { return b.rate.Frames(time.Duration(ns - pipeline.ExcerptLead)) }

// nanos reads seconds as ffmpeg writes them, "12.345000", in nanoseconds.
func nanos(s string) (int64, bool) {
	s = strings.TrimSpace(s)
	negative := strings.HasPrefix(s, "-")
	whole, part, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	sec, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || sec < 0 || sec > 1e9 || len(part) > 9 {
		return 0, false
	}
	frac, err := strconv.ParseInt((part + "000000000")[:9], 10, 64)
	if err != nil || frac < 0 {
		return 0, false
	}
	if ns := sec*1e9 + frac; !negative {
		return ns, true
	} else {
		return -ns, true
	}
}
