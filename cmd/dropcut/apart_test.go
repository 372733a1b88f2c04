package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
)

func TestASourceInWhichClipsWouldBeFoundIsRefused(t *testing.T) {
	t.Parallel()
	top := t.TempDir()
	in := func(name string) string { return filepath.Join(top, name) }
	for _, err := range []error{os.MkdirAll(in("data/clips"), 0o755), os.Symlink(in("data"), in("link")), os.Symlink(top, in("up"))} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		why, source, data, output, store string
		refused                          bool
	}{
		{"the usual folders", in("data/recordings"), in("data"), "", "", false},
		{"data, and so clips, in it", top, in("data"), "", "", true},
		{"clips are it", in("data/clips"), in("data"), "", "", true},
		{"clips are it, by a link", in("link/clips"), in("data"), "", "", true},
		{"a folder that is not there yet, above by a link", in("up"), in("new/data"), "s3://b/out", "", true},
		{"only the output lies in it", in("shows"), in("data"), in("shows/out"), in("store"), true},
		{"only the store lies in it", in("shows"), in("data"), in("out"), in("shows/x/store"), true},
		{"a name that only begins alike", in("clip"), in("clips/data"), "", "", false},
		{"a store with prefixes of their own", "s3://b/in", in("data"), "s3://b/out", "", false},
		{"a prefix that only begins alike", "s3://b/in", in("data"), "s3://b/inside", "", false},
		{"a whole bucket, with clips in it", "s3://b", in("data"), "s3://b/out", "", true},
		{"the same prefix", "s3://b/x/", in("data"), "s3://b/x", "", true},
		{"another bucket", "s3://a", in("data"), "s3://b", "", false},
	} {
		err := placed(c.data, "", c.output, c.store).apart(c.source)
		if c.refused != errors.Is(err, pipeline.Usage) || c.refused && pipeline.AsError(err, "").Hint == "" || !c.refused && err != nil {
			t.Errorf("%s: %v", c.why, err)
		}
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	err := (&serveCommand{Source: top, Data: in("data"), Listen: "127.0.0.1:0"}).Run(stopped, console{io.Discard, io.Discard})
	if _, gone := os.Stat(in("data/" + lockName)); !errors.Is(err, pipeline.Usage) || gone == nil {
		t.Errorf("serve: %v, and its data folder is in use: %v", err, gone == nil)
	}
}

// TestLinksLeadToWhatAnswersThem: those of a folder to us, those of a store to
// it, by the name that others know.
func TestLinksLeadToWhatAnswersThem(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "x")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "x")
	t.Setenv("AWS_ENDPOINT_URL", "http://store:7070")
	for _, c := range []struct{ output, public, begins string }{
		{t.TempDir(), "", ""}, {t.TempDir(), "https://media.example", "refused"},
		{"s3://clips/a", "", "http://store:7070/clips/a/"}, {"s3://clips/a", "https://media.example", "https://media.example/clips/a/"}, {"s3://clips", "media.example", "refused"},
	} {
		output, err := openBucket(t.Context(), c.output)
		if err != nil {
			t.Fatal(err)
		}
		s := &service{workshop: &workshop{output: output}}
		b, err := s.linked(c.public)
		begins := ""
		switch {
		case err != nil && pipeline.KindOf(err) == pipeline.Usage:
			begins = "refused"
		case err == nil && b != nil:
			begins, _, err = b.Link(t.Context(), "x.mp4", time.Minute)
		}
		if err != nil && begins != "refused" || !strings.HasPrefix(begins, c.begins) || c.begins == "" && b != nil {
			t.Errorf("%s by %q: %q, %v", c.output, c.public, begins, err)
		}
	}
}
