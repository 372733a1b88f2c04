package demo

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"dropcut/pipeline/ffmpeg"
)

// thumbs is how many pictures the strip of a recording has.
const thumbs = 20

// strip makes one wide JPEG of the recording's pictures, evenly spaced. Only
// keyframes are decoded.
func strip(ctx context.Context, r *ffmpeg.Runner, recording string, length time.Duration, dir, name string) error {
	file, err := filepath.Abs(recording)
	if err == nil {
		dir, err = filepath.Abs(dir)
	}
	if err != nil {
		return err
	}
	every := max(length.Milliseconds()/thumbs, 1)
	graph := fmt.Sprintf(`[0:v]select='isnan(prev_selected_t)+gte(t-prev_selected_t\,%d.%03d-0.05)',scale=80:120:force_original_aspect_ratio=increase,crop=80:120,tile=%dx1[v]`,
		every/1000, every%1000, thumbs)
	args := ffmpeg.Arguments(ffmpeg.Input{File: file, Options: []ffmpeg.Option{{Name: "skip_frame", Value: "nokey"}}}, graph,
		ffmpeg.Output{Maps: []string{"[v]"}, File: name, Options: []ffmpeg.Option{{Name: "frames:v", Value: "1"}, {Name: "q:v", Value: "4"}, {Name: "f", Value: "image2"}, {Name: "update", Value: "1"}}})
	_, err = r.Run(ctx, ffmpeg.Command{Args: args, Dir: dir, Read: []string{file}})
	return err
}
