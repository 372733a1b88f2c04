package whisper

import (
	"strings"
	"testing"
)

func TestAdviceFitsTheSystem(t *testing.T) {
	for _, c := range []struct{ system, release, want string }{
		{"darwin", "", "brew install whisper-cpp"},
		{"linux", "NAME=x\nID=debian\n", "apt-get install whisper.cpp"}, {"linux", "ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", "apt-get install whisper.cpp"},
		{"linux", "ID='alpine'\n", "apk add whisper.cpp"}, {"linux", "ID=notdebian\n", "build it"}, {"linux", "", "build it"}, {"freebsd", "", "build it"},
	} {
		if got := advice(c.system, c.release); !strings.HasPrefix(got, c.want) || c.system != "darwin" && !strings.Contains(got, "DROPCUT_WHISPER") {
			t.Errorf("%s %q: %s", c.system, c.release, got)
		}
	}
	if Advice() == "" {
		t.Error("none for this system")
	}
}
