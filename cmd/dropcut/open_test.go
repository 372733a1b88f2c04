package main

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"dropcut/pipeline"
)

// TestNobodyElseIsLetInWithoutAToken: --open is for who calls from this machine,
// so it is refused wherever others reach.
func TestNobodyElseIsLetInWithoutAToken(t *testing.T) {
	for _, address := range []string{"0.0.0.0:8420", ":8420", "[::]:8420", "192.0.2.7:8420", "[2001:db8::7]:8420", "clips.example.org:8420", "localhost.example.org:8420"} {
		var refused *pipeline.Error
		err := (&service{}).listen(t.Context(), calling{address: address, open: true})
		if !errors.As(err, &refused) || refused.Code != "open_to_others" || exitCode(err) != exitUsage || !strings.Contains(refused.Error(), address) {
			t.Errorf("%s: %v", address, err)
			continue
		}
		if !strings.Contains(refused.Hint, "dropcut tokens create") || !strings.Contains(refused.Hint, "127.0.0.1") {
			t.Errorf("%s: the hint is %q", address, refused.Hint)
		}
	}
}

// TestServeSaysWhyItIsNotOpenToOthers: with its exit code and what to do.
func TestServeSaysWhyItIsNotOpenToOthers(t *testing.T) {
	var out, talk bytes.Buffer
	code := run([]string{"serve", "--data", filepath.Join(t.TempDir(), "data"), "--open", "--listen", "0.0.0.0:0", "--metrics", ""}, console{&out, &talk})
	if code != exitUsage || !strings.Contains(talk.String(), "0.0.0.0:0 can be reached by others") || !strings.Contains(talk.String(), "dropcut tokens create") {
		t.Errorf("exit %d: %s", code, talk.String())
	}
}
