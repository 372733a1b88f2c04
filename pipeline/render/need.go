package render

import (
	"context"

	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// What each step of render is going to write, at most. Bounds and not guesses:
// a step that has its room does not run out of it by what it does itself.

const (
	mostBitrate = maxrate * 1e6 / 8    // bytes a second of encoded picture
	mostBurst   = bufsize * 1e6 / 8    // bytes beyond it
	soundBytes  = 192_000 / 8 * 5 / 4  // bytes a second of encoded sound
	wavBytes    = 2 * 4 * int64(hertz) // bytes a second of sound as samples
	overhead    = 1 << 20              // boxes, scripts
	posterBytes = 2 << 20
	fontsAtHand = 32 << 20 // faces that a run's captions are set in
)

func (b Bench) reserve(ctx context.Context, w catalog.Work, n storage.Need) error {
	if b.Room == nil {
		return nil
	}
	return b.Room.Reserve(ctx, w, n)
}

// fetched is what a local copy of the excerpt takes: nothing where it is read
// where it lies.
func fetched(x pipeline.Excerpted, data storage.Bucket) int64 {
	if _, ok := data.(interface{ Path(key string) string }); ok {
		return 0
	}
	return x.Bytes
}

// need is that of a run.
func (in runInput) need(data storage.Bucket) storage.Need {
	var pictures int64
	for _, s := range in.order.Strands {
		pictures += in.rate.Millis(s.window().Frames())*mostBitrate/1000 + mostBurst
	}
	n := storage.Need{Temp: fetched(in.excerpt, data) + pictures + overhead, Data: pictures}
	if len(in.order.Fonts) > 0 {
		n.Temp += fontsAtHand
	}
	return n
}

// need is that of a sound: its samples, and its encoding twice.
func (in *soundInput) need(data storage.Bucket) storage.Need {
	seconds := in.samples()/hertz + 1
	coded := seconds*soundBytes + overhead
	return storage.Need{Temp: fetched(in.excerpt, data) + seconds*wavBytes + coded, Data: coded}
}

// need is that of an assembly: its segments and its sound side by side, the
// clip they become, and the clip where it goes.
func (in *assemblyInput) need() storage.Need {
	var sum int64
	for _, rows := range in.rows {
		most := int64(0)
		for _, r := range rows {
			most = max(most, r.Bytes)
		}
		sum += most
	}
	clip := sum + overhead
	if in.variant.Lead {
		clip += posterBytes
	}
	return storage.Need{Temp: sum + clip, Output: clip}
}
