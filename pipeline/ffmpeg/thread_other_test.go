//go:build !linux

package ffmpeg

// wander has nowhere to go here.
func wander() {}
