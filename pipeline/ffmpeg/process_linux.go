package ffmpeg

import "syscall"

// ownGroup makes a child the head of its own process group, and lets the
// kernel kill it when the thread that started it ends.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
