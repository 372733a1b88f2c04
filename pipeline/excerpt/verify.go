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
func (b *bench) verify(x *pipeline.Excerpted, rec pipeline.Recording, span timeline.Window) error {
	if err := b.same(); err != nil {
		return err
	}
	source := times(b.exact)
	x.HasSound, x.TextCount = b.sound && b.heard.any(), b.text
	x.Window = b.window(span)
	first := time.Duration(firstKey(b.exact) - pipeline.ExcerptLead)
	if ns, _, ok := rec.Media.Pieces.ToSource(max(first, 0)); ok {
		x.FirstPTS = ns + int64(min(first, 0))
	} else {
		x.FirstPTS = source[0] - pipeline.ExcerptLead + rec.Media.Zero
	}
	if lasts := b.rate.Duration(x.Window.Frames()); lasts < leastUse {
		return pipeline.Fail(pipeline.Invalid, "damaged", "remux the recording with OBS (File > Remux Recordings) or ffmpeg -i IN -c copy OUT.mkv, then run again",
			"the recording shows only %.1f s around this moment", lasts.Seconds())
	}
	return nil
}

// same reports Corrupt unless the file has every picture of the slice, when the slice has it.
func (b *bench) same() error {
	want, got := times(b.exact), times(b.shown)
	if len(want) == 0 || len(got) != len(want) {
		return pipeline.Fail(pipeline.Corrupt, "pictures_lost", "", "the excerpt has %d pictures of %d", len(got), len(want))
	}
	for i := range want {
		if d := got[i] - want[i]; d > rounded || d < -rounded {
			return pipeline.Fail(pipeline.Corrupt, "pictures_moved", "", "picture %d of the excerpt is shown %v off its time", i, time.Duration(d))
		}
	}
	return nil
}

// firstKey is when the first picture that stands alone is shown.
func firstKey(all []packet) int64 {
	for _, p := range all {
		if p.key {
			return p.at
		}
	}
	return all[0].at
}

// window is the part of span that the pictures of the file can show.
func (b *bench) window(span timeline.Window) timeline.Window {
	last := b.exact[0].at
	for _, p := range b.exact {
		last = max(last, p.at)
	}
	return span.Intersect(timeline.Window{In: b.frame(firstKey(b.exact)), Out: b.frame(last) + 1})
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
