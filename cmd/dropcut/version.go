package main

import (
	"fmt"
	"runtime"
)

type versionCommand struct{}

func (versionCommand) Run(con console) error {
	_, err := fmt.Fprintln(con.Out, versionText())
	return err
}

func versionText() string {
	return fmt.Sprintf("dropcut %s (%s %s/%s)", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
