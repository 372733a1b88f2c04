package excerpt

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

// view is one look at the excerpt: what is read of it, which of the pictures are
// looked at, and the name of its files, which no other view has at once.
type view struct {
	name    string
	options []ffmpeg.Option
	filter  string
}

// lookAtKeys gives the keyframes, thinned out where they are many. Pictures
// that do not decode say nothing of shots: then there are none.
func (b *bench) lookAtKeys(ctx context.Context) ([]glance, error) {
	keys, err := b.glances(ctx, view{"keys", []ffmpeg.Option{{Name: "skip_frame", Value: "nokey"}, {Name: "skip_loop_filter", Value: "all"}},
		fmt.Sprintf("select='key*(isnan(prev_selected_t)+gte(t-prev_selected_t,%s))'", ffmpeg.Seconds(int64(keyApart)))})
	if errors.Is(err, pipeline.Invalid) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look at keyframes: %w", err)
	}
	return keys[0], nil
}

const (
	looksAtOnce = 2               // processes that decode stretches side by side
	mostViews   = 8               // stretches that one of them decodes: each takes some eight threads and three open files
	opened      = 6 * 1920 * 1080 // pixels of a picture, summed over them
)

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
	for first, n := 0, b.together(len(stretches)); first < len(stretches); first += n {
		some := stretches[first:min(first+n, len(stretches))]
		looks.Go(func() error {
			shots, err := b.shotsIn(ctx, first, some)
			copy(found[first:], shots)
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

// together is how many of so many stretches one process decodes: starting one
// costs as much as decoding some seconds of a small picture, and each decoder
// holds some pictures.
func (b *bench) together(stretches int) int {
	most := min(mostViews, max(1, opened/max(1, b.video.Width*b.video.Height)))
	return min(most, max(1, (stretches+looksAtOnce-1)/looksAtOnce))
}

// shotsIn decodes all between the two keyframes of each stretch. first is the
// number of the first of them.
func (b *bench) shotsIn(ctx context.Context, first int, all []stretch) ([][]pipeline.Shot, error) {
	back := int64(0)
	if !slices.IsSortedFunc(b.shown[0], func(x, y packet) int { return int(min(max(x.at-y.at, -1), 1)) }) {
		back = reorder
	}
	views := make([]view, len(all))
	for i, s := range all {
		views[i] = view{fmt.Sprint("shots-", first+i),
			[]ffmpeg.Option{{Name: "noaccurate_seek"}, {Name: "ss", Value: ffmpeg.Seconds(s.from - b.start + rounded + back)},
				{Name: "skip_loop_filter", Value: "all"}},
			fmt.Sprintf("trim=start=%s:end=%s", ffmpeg.Seconds(s.from-rounded), ffmpeg.Seconds(s.to+int64(nearby*b.rate.Duration(1))))}
	}
	if len(views) > 1 { // each decoder would take a thread a core
		for i := range views {
			views[i].options = append(views[i].options, ffmpeg.Option{Name: "threads", Value: "2"})
		}
	}
	pictures, err := b.glances(ctx, views...)
	if err != nil {
		return nil, err
	}
	out := make([][]pipeline.Shot, len(all))
	for n, s := range all {
		found := cuts(pictures[n])
		for i, g := range pictures[n] {
			if score, ok := found[i]; ok && g.at > s.from && g.at <= s.to+rounded {
				out[n] = append(out[n], pipeline.Shot{At: b.frame(g.at), Score: score})
			}
		}
	}
	return out, nil
}

// glances decodes what each view shows, to thumbs.
func (b *bench) glances(ctx context.Context, views ...view) ([][]glance, error) {
	if _, err := b.run(ctx, lookArguments(views), ffmpeg.Limits{File: mostThumbs * thumbBytes}); err != nil {
		return nil, err
	}
	out := make([][]glance, len(views))
	for i, v := range views {
		pixels, err := os.ReadFile(filepath.Join(b.folder, v.name+thumbsEnding))
		if err != nil {
			return nil, pipeline.Fail(pipeline.Internal, "no_listing", "", "read small pictures: %w", err)
		}
		all, err := packetsIn(filepath.Join(b.folder, v.name+listingEnding))
		if err != nil {
			return nil, err
		}
		for n, p := range all[0] {
			if len(pixels) >= (n+1)*thumbBytes {
				out[i] = append(out[i], glance{p.at, pixels[n*thumbBytes:][:thumbBytes]})
			}
		}
	}
	return out, nil
}

const (
	thumbsEnding  = ".rgb"
	listingEnding = ".packets"
)

// lookArguments has one process look at the excerpt as often as there are views.
func lookArguments(views []view) []string {
	last := len(views) - 1
	in := own(views[last].options...)
	for _, v := range views[:last] {
		in.Before = append(in.Before, ffmpeg.Input{File: excerptFile, Options: append([]ffmpeg.Option{{Name: "f", Value: "matroska"}}, v.options...)})
	}
	common := []ffmpeg.Option{{Name: "fps_mode", Value: "passthrough"}, {Name: "enc_time_base", Value: "1:1000"}, {Name: "frames:v", Value: fmt.Sprint(mostThumbs)}}
	var graphs []string
	var outs []ffmpeg.Output
	for i, v := range views {
		graphs = append(graphs, fmt.Sprintf("[%d:v:0]%s,scale=%d:%d:flags=area,format=rgb24,split[a%d][b%d]", i, v.filter, thumbWidth, thumbHeight, i, i))
		outs = append(outs,
			ffmpeg.Output{Maps: []string{fmt.Sprintf("[a%d]", i)}, File: v.name + thumbsEnding, Options: append([]ffmpeg.Option{{Name: "f", Value: "rawvideo"}}, common...)},
			ffmpeg.Output{Maps: []string{fmt.Sprintf("[b%d]", i)}, File: v.name + listingEnding, Options: append([]ffmpeg.Option{{Name: "f", Value: "framecrc"}}, common...)})
	}
	return ffmpeg.Arguments(in, strings.Join(graphs, ";"), outs...)
}
