package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"dropcut/pipeline"
)

type versionCommand struct {
	SBOM bool `name:"sbom" help:"List what this program is built from, as CycloneDX 1.6 in JSON."`
}

func (c versionCommand) Run(con console) error {
	if !c.SBOM {
		_, err := fmt.Fprintln(con.Out, versionText())
		return err
	}
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return pipeline.Fail(pipeline.NotFound, "no_parts", "build it with modules: make build", "this program does not say what it is built from")
	}
	out := json.NewEncoder(con.Out)
	out.SetIndent("", "  ")
	return out.Encode(partsOf(build))
}

func versionText() string {
	return fmt.Sprintf("dropcut %s (%s %s/%s)", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
