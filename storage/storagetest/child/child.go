// Package child starts the servers of tests so that they end with the test's
// process, whatever ends that, and not before. Only tests may import it.
package child

import (
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// Child is a process that was started.
type Child struct {
	Process *os.Process     // ours until Ended: no other process has its number
	Ended   <-chan struct{} // closed once it has ended and was waited for
}

// Start starts cmd, which gets the signal last when this process dies. On Linux
// a child dies with the thread that made it, and threads end in tests: so it has
// one that lives as long as it does. Elsewhere it may outlive a test that is killed.
func Start(cmd *exec.Cmd, last syscall.Signal) (*Child, error) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	dieWithUs(cmd.SysProcAttr, last)
	started, ended := make(chan error), make(chan struct{})
	go func() {
		defer close(ended)
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return &Child{cmd.Process, ended}, nil
}

// IsDown reports whether it has ended.
func (c *Child) IsDown() bool {
	select {
	case <-c.Ended:
		return true
	default:
		return false
	}
}

// End sends it a signal that ends it, and waits until it has. It may be called again.
func (c *Child) End(by syscall.Signal) {
	_ = c.Process.Signal(by)
	<-c.Ended
}
