package excerpt

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
)

const (
	mostThumbs = 1 << 14

	keyApart = 900 * time.Millisecond // keyframes that follow closer are passed over
	// looking is how many pixels are decoded at most to find where shots begin: 30 s of 1080p30.
	looking = int64(30*30) * 1920 * 1080
	// reorder is how much earlier than asked ffmpeg seeks where pictures are reordered: 3/23 s.
	reorder = int64(3e9) / 23
)

// lookAtKeys gives the keyframes, thinned out where they are many. Pictures
// that do not decode say nothing of shots: then there are none.
func (b *bench) lookAtKeys(ctx context.Context) ([]glance, error) {
	graph := fmt.Sprintf("select='key*(isnan(prev_selected_t)+gte(t-prev_selected_t,%s))'", ffmpeg.Seconds(int64(keyApart)))
	keys, err := b.glances(ctx, "keys", own(ffmpeg.Option{Name: "skip_frame", Value: "nokey"}, ffmpeg.Option{Name: "skip_loop_filter", Value: "all"}), graph)
	if errors.Is(err, pipeline.Invalid) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look at keyframes: %w", err)
	}
	return keys, nil
}

// looksAtOnce is how many stretches are decoded side by side.
const looksAtOnce = 2

// look finds where shots begin: every picture between two keyframes is looked
// at where one suspects it.
func (b *bench) look(ctx context.Context, keys []glance) (seen, error) {
	if len(keys) == 0 {
		return seen{}, nil
	}
	out := seen{frozen: still(keys, b.frame)}
	last := times(b.shown[0])
	stretches, sure := suspects(keys, last[len(last)-1], b.afford())
	for at, score := range sure {
		out.shots = append(out.shots, pipeline.Shot{At: b.frame(at), Score: score})
	}
	stretches = joined(stretches)
	found := make([][]pipeline.Shot, len(stretches))
	looks, ctx := errgroup.WithContext(ctx)
	looks.SetLimit(looksAtOnce)
	for i, s := range stretches {
		looks.Go(func() (err error) {
			found[i], err = b.shotsIn(ctx, fmt.Sprint("shots-", i), s)
			return err
		})
	}
	if err := looks.Wait(); err != nil {
		return seen{}, fmt.Errorf("look for shots: %w", err)
	}
	out.shots = slices.Concat(append(found, out.shots)...)
	slices.SortFunc(out.shots, func(x, y pipeline.Shot) int { return cmp.Compare(x.At, y.At) })
	return out, nil
}

// afford is how many nanoseconds of pictures may be looked at one by one.
func (b *bench) afford() int64 {
	second := max(1, int64(b.video.Width)*int64(b.video.Height)*b.rate.Num/b.rate.Den)
	return looking * 1000 / second * int64(time.Millisecond)
}

// shotsIn decodes all between two keyframes.
func (b *bench) shotsIn(ctx context.Context, name string, s stretch) ([]pipeline.Shot, error) {
	seek := s.from - b.start + rounded
	if !slices.IsSortedFunc(b.shown[0], func(x, y packet) int { return int(min(max(x.at-y.at, -1), 1)) }) {
		seek += reorder
	}
	graph := fmt.Sprintf("trim=start=%s:end=%s", ffmpeg.Seconds(s.from-rounded), ffmpeg.Seconds(s.to+int64(nearby*b.rate.Duration(1))))
	all, err := b.glances(ctx, name, own(ffmpeg.Option{Name: "noaccurate_seek"}, ffmpeg.Option{Name: "ss", Value: ffmpeg.Seconds(seek)},
		ffmpeg.Option{Name: "skip_loop_filter", Value: "all"}), graph)
	if err != nil {
		return nil, err
	}
	var out []pipeline.Shot
	found := cuts(all)
	for i, g := range all {
		if score, ok := found[i]; ok && g.at > s.from && g.at <= s.to+rounded {
			out = append(out, pipeline.Shot{At: b.frame(g.at), Score: score})
		}
	}
	return out, nil
}

// glances decodes what the input gives and the graph lets through, to thumbs.
// No two looks at once have the same name: their files are called by it.
func (b *bench) glances(ctx context.Context, name string, in ffmpeg.Input, graph string) ([]glance, error) {
	graph = fmt.Sprintf("[0:v:0]%s,scale=%d:%d:flags=area,format=rgb24,split[a][b]", graph, thumbWidth, thumbHeight)
	thumbsFile, thumbsListing := name+".rgb", name+".packets"
	common := []ffmpeg.Option{{Name: "fps_mode", Value: "passthrough"}, {Name: "enc_time_base", Value: "1:1000"}, {Name: "frames:v", Value: fmt.Sprint(mostThumbs)}}
	args := ffmpeg.Arguments(in, graph,
		ffmpeg.Output{Maps: []string{"[a]"}, File: thumbsFile, Options: append([]ffmpeg.Option{{Name: "f", Value: "rawvideo"}}, common...)},
		ffmpeg.Output{Maps: []string{"[b]"}, File: thumbsListing, Options: append([]ffmpeg.Option{{Name: "f", Value: "framecrc"}}, common...)})
	if _, err := b.run(ctx, args, ffmpeg.Limits{File: mostThumbs * thumbBytes}); err != nil {
		return nil, err
	}
	pixels, err := os.ReadFile(filepath.Join(b.folder, thumbsFile))
	if err != nil {
		return nil, pipeline.Fail(pipeline.Internal, "no_listing", "", "read small pictures: %w", err)
	}
	all, err := packetsIn(filepath.Join(b.folder, thumbsListing))
	if err != nil {
		return nil, err
	}
	var out []glance
	for i, p := range all[0] {
		if len(pixels) >= (i+1)*thumbBytes {
			out = append(out, glance{p.at, pixels[i*thumbBytes:][:thumbBytes]})
		}
	}
	return out, nil
}
