//go:build !linux

package workerstest

import "os/exec"

func dieWithUs(*exec.Cmd) {}
