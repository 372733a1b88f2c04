package whisper

import (
	"os"
	"runtime"
	"strings"
)

// Advice says how to get whisper-cli on this system.
func Advice() string {
	release, err := os.ReadFile("/etc/os-release")
	if err != nil {
		release = nil
	}
	return advice(runtime.GOOS, string(release))
}

const bySource = "build it as https://github.com/ggml-org/whisper.cpp says under Quick start, and set DROPCUT_WHISPER to its build/bin/whisper-cli"

// advice is Advice for a system and the text of its /etc/os-release.
func advice(system, release string) string {
	kin := ""
	for line := range strings.SplitSeq(release, "\n") {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		if name == "ID" || name == "ID_LIKE" {
			kin += " " + strings.Trim(value, `"'`)
		}
	}
	is := func(name string) bool { return strings.Contains(kin+" ", " "+name+" ") }
	switch {
	case system == "darwin":
		return "brew install whisper-cpp"
	case is("alpine"):
		return "apk add whisper.cpp; else " + bySource
	case is("debian") || is("ubuntu"):
		return "apt-get install whisper.cpp, where the release has it (apt-cache policy whisper.cpp tells); else " + bySource
	}
	return bySource
}
