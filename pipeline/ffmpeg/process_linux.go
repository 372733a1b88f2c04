package ffmpeg

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// ownGroup makes a child the head of its own process group, and lets the
// kernel kill it when the thread that started it ends.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// endGroup waits until the child has ended and kills whoever it left behind.
// The child is not reaped yet, so its number cannot be somebody else's.
func endGroup(child *os.Process) {
	for {
		err := unix.Waitid(unix.P_PID, child.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	_ = syscall.Kill(-child.Pid, syscall.SIGKILL)
}

// endRest has nothing left to do: see endGroup.
func endRest(*os.Process) {}

// peak is the most memory the child held, in bytes.
func peak(state *os.ProcessState) int64 {
	if u, ok := state.SysUsage().(*syscall.Rusage); ok {
		return int64(u.Maxrss) << 10
	}
	return 0
}
