package child

import "syscall"

func dieWithUs(a *syscall.SysProcAttr, last syscall.Signal) { a.Pdeathsig = last }
