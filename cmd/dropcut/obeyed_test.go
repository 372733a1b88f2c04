package main

import (
	"context"
	"io"
	"testing"

	"dropcut/pipeline"
)

// TestAServiceThatIsToldToStopWhileItBeginsObeys: that is no failure, and what is
// wrong all the same is one.
func TestAServiceThatIsToldToStopWhileItBeginsObeys(t *testing.T) {
	t.Parallel()
	con := console{Out: io.Discard, Err: io.Discard}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	serve := serveCommand{Data: t.TempDir(), Listen: "127.0.0.1:0", AtOnce: 1}
	if err := serve.Run(ctx, con); err != nil {
		t.Errorf("a serve: %v", err)
	}
	work := workCommand{Data: t.TempDir(), Output: t.TempDir(), Store: t.TempDir(), Database: "postgres://127.0.0.1:1/none", Redis: "redis://127.0.0.1:1/0"}
	if err := work.Run(ctx, con); err != nil {
		t.Errorf("a work: %v", err)
	}
	work.Output, work.Store = "out", ""
	if err := work.Run(ctx, con); pipeline.KindOf(err) != pipeline.Usage {
		t.Errorf("a work that is called wrongly: %v", err)
	}
}
