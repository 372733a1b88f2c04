package postgres

import "syscall"

// dieWithUs stops the child at once when this process is killed.
func dieWithUs(a *syscall.SysProcAttr) { a.Pdeathsig = syscall.SIGQUIT }
