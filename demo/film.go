package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
)

// reel is a stretch of the show that one process encodes: whole groups of
// pictures, so that reels can be joined end to end.
type reel struct {
	from, to int64
	step     int64 // every step-th frame is drawn, and shown step times
}

const (
	group    = 60 // frames between keyframes: 2 s
	mostReel = 10 * group
	slow     = 3
)

// reels cuts the show into pieces of work.
func (s show) reels() []reel {
	busy := s.busy()
	var out []reel
	for at := int64(0); at < s.frames; {
		r := reel{from: at, to: min(at+group, s.frames), step: slow}
		if r.to > busy.In && r.from < busy.Out {
			r.step = 1
		}
		at = r.to
		if n := len(out); n > 0 && out[n-1].step == r.step && r.to-out[n-1].from <= mostReel {
			out[n-1].to = r.to
			continue
		}
		out = append(out, r)
	}
	return out
}

// encode is how a reel's pictures become H.264: fast, and without B frames, so
// that reels joined end to end need no edit.
func (r reel) encode(w, h int, file string) []string {
	vf := "[0:v]fps=30,tpad=stop=2:stop_mode=clone[v]"
	return ffmpeg.Generated("rawvideo", "pipe:0", []ffmpeg.Option{{Name: "pix_fmt", Value: "yuv420p"}, {Name: "video_size", Value: fmt.Sprintf("%dx%d", w, h)},
		{Name: "framerate", Value: fmt.Sprintf("30/%d", r.step)}}, vf, ffmpeg.Output{Maps: []string{"[v]"}, File: file, Options: []ffmpeg.Option{
		{Name: "frames:v", Value: fmt.Sprint(r.to - r.from)}, {Name: "c:v", Value: "libx264"}, {Name: "preset", Value: "ultrafast"}, {Name: "crf", Value: "20"}, {Name: "threads", Value: "2"},
		{Name: "x264-params", Value: "keyint=60:min-keyint=60:scenecut=0:bframes=0:open-gop=0"},
		{Name: "color_primaries", Value: "bt709"}, {Name: "color_trc", Value: "bt709"}, {Name: "colorspace", Value: "bt709"}, {Name: "color_range", Value: "tv"},
		{Name: "video_track_timescale", Value: "15360"}, {Name: "f", Value: "mp4"}}})
}

// shoot draws and encodes the whole show into reels in dir; file lists them in
// order, as ffmpeg joins them.
func (g *stage) shoot(ctx context.Context, r *ffmpeg.Runner, dir, file string, tell func(float64)) error {
	all := g.show.reels()
	var done atomic.Int64
	var mu sync.Mutex
	count := func(frames int64) {
		mu.Lock()
		defer mu.Unlock()
		tell(float64(done.Add(frames)) / float64(g.show.frames))
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(2, runtime.NumCPU()))
	for i, x := range all {
		group.Go(func() error { return g.reel(ctx, r, dir, reelName(i), x, count) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	var list strings.Builder
	for i := range all {
		fmt.Fprintf(&list, "file '%s'\n", reelName(i))
	}
	if err := os.WriteFile(filepath.Join(dir, file), []byte(list.String()), 0o600); err != nil {
		return pipeline.Fail(pipeline.Unavailable, "storage", "", "list the demo's reels: %w", err)
	}
	return nil
}

func reelName(i int) string { return fmt.Sprintf("reel-%03d.mp4", i) }

// reel draws one reel into its encoder.
func (g *stage) reel(ctx context.Context, r *ffmpeg.Runner, dir, file string, x reel, count func(int64)) error {
	pictures, feed := io.Pipe()
	drawn := make(chan error, 1)
	go func() {
		f := newFrame(g.w, g.h)
		var err error
		for n := x.from; n < x.to && err == nil; n += x.step {
			g.draw(f, n)
			if _, err = feed.Write(f.bytes()); err == nil {
				count(min(x.step, x.to-n))
			}
		}
		_ = feed.CloseWithError(err)
		drawn <- err
	}()
	_, err := r.Run(ctx, ffmpeg.Command{Args: x.encode(g.w, g.h, file), Dir: dir, Stdin: pictures})
	_ = pictures.CloseWithError(errors.New("the encoder has ended")) // lets the painter go
	if failed := <-drawn; err == nil && failed != nil && !errors.Is(failed, io.ErrClosedPipe) {
		return nil // the encoder had all it asked for
	}
	return err
}
