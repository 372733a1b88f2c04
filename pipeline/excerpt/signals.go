package excerpt

import (
	"context"

	"dropcut/pipeline"
)

// signals is what the excerpt says about itself.
func (b *bench) signals(ctx context.Context, x *pipeline.Excerpted, keys []glance) error {
	if x.HasSound {
		levels := b.heard.levels
		for missing := int(b.rate.Duration(x.Asked.Frames())/hop) - len(levels); missing > 0; missing-- {
			levels = append(levels, silentDB) // the sound ended before the picture
		}
		x.Signals.Levels = pipeline.Levels{From: x.Asked.In, Below: below(levels)}
		x.Signals.Silences = onTimeline(silences(levels), x.Asked.In, b.rate, x.Window)
		x.Signals.Gaps = onTimeline(gaps(levels), x.Asked.In, b.rate, x.Window)
		for _, l := range b.heard.loudness {
			if x.Window.Contains(l.At) {
				x.Signals.Loudness = append(x.Signals.Loudness, l)
			}
		}
	}
	seen, err := b.look(ctx, keys)
	if err != nil {
		return err
	}
	shots, frozen := seen.shots, seen.frozen
	for _, s := range shots {
		if x.Window.Contains(s.At) {
			x.Signals.Shots = append(x.Signals.Shots, s)
		}
	}
	for _, w := range frozen {
		if w = w.Intersect(x.Window); !w.IsEmpty() {
			x.Signals.Frozen = append(x.Signals.Frozen, w)
		}
	}
	return nil
}
