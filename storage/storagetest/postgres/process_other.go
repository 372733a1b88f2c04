//go:build !linux

package postgres

import "syscall"

func dieWithUs(*syscall.SysProcAttr) {}
