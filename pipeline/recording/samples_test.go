package recording

import (
	"os"
	"path/filepath"
	"testing"
)

// sample is a real recording that nobody on the project made. Tests that want
// one are skipped, and say so, where there is none.
func samplePath(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "samples", filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		t.Skip("no samples here: " + name)
	}
	return path
}
