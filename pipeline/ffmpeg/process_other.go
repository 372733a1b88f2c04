//go:build !linux

package ffmpeg

import "syscall"

// ownGroup makes a child the head of its own process group.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
