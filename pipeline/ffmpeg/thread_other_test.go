//go:build !linux

package ffmpeg

const deathWord = "_death"

// death is not asked for here.
func death() {}
