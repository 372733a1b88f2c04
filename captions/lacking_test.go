package captions

import (
	"os"
	"runtime"
	"slices"
	"testing"
)

// lacking leaves a test out where this machine lacks what scripts/setup test
// installs. Where CI is set nothing may be lacking, and no test is left out
// (but on macOS, where fonts are not installed by it).
func lacking(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") != "" && runtime.GOOS == "linux" {
		t.Fatalf("%s: scripts/setup test installs it", what)
	}
	t.Skip(what)
}

// interFonts are the system's fonts where Inter is among them.
func interFonts(t testing.TB) *Fonts {
	t.Helper()
	f := testFonts(t)
	if f.BuiltIn() {
		lacking(t, "Inter is not installed (fonts-inter)")
	}
	return f
}

// unwritten is what text needs of fonts that are not here; empty where they
// are. Any other problem of a text that has none is a fault.
func unwritten(t testing.TB, of string, all []Problem) string {
	t.Helper()
	i := slices.IndexFunc(all, func(p Problem) bool { return p.Code == "font_missing" })
	if i < 0 && len(all) > 0 {
		t.Errorf("%s: %v", of, all)
	}
	if i < 0 {
		return ""
	}
	return all[i].Detail + "; " + all[i].Hint
}
