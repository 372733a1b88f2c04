//go:build !linux

package jail

import (
	"os"
	"syscall"
)

// enter has no walls to put up here; Level says so, and mode required refuses.
func (j Jail) enter() error {
	if j.Probe != "" {
		_, err := os.Stdout.WriteString(`{"detail":"no sandbox on this system"}` + "\n")
		if err == nil {
			os.Exit(0)
		}
		return err
	}
	return syscall.Exec(j.Program, append([]string{j.Program}, j.Args...), j.Env)
}
