package ffmpeg

import (
	"context"
	"strings"
)

// Has reports whether the build has an encoder, decoder, filter, muxer or
// demuxer (kind) of that name.
func (r *Runner) Has(ctx context.Context, kind, name string) (bool, error) {
	res, err := r.start(ctx, r.ffmpeg, Command{Args: []string{"-hide_banner", "-h", kind + "=" + name}, Limits: probeLimits()})
	if err != nil {
		return false, err
	}
	// What is unknown is said on standard error, with exit status 0.
	return strings.HasPrefix(strings.ToLower(string(res.Stdout)), kind+" "+name), nil
}
