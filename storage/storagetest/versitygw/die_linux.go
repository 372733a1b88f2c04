package versitygw

import (
	"os/exec"
	"syscall"
)

// dieWithUs ends the child when the test's process is killed.
func dieWithUs(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
