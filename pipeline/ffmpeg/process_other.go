//go:build !linux

package ffmpeg

import (
	"os"
	"syscall"
)

// ownGroup makes a child the head of its own process group.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// endGroup does nothing: there is no way here to wait without reaping.
func endGroup(*os.Process) {}

// endRest kills whoever the child left behind.
func endRest(child *os.Process) { _ = syscall.Kill(-child.Pid, syscall.SIGKILL) }

// peak is not known here.
func peak(*os.ProcessState) int64 { return 0 }
