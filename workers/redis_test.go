package workers

import (
	"context"
	"strings"
	"testing"
	"time"

	"dropcut/faultstest"
	"dropcut/storage/storagetest/wire"
	"dropcut/workers/workerstest"
)

// TestACallOfARedisThatSaysNothingEndsByItself: whoever calls it need not know
// how long is too long.
func TestACallOfARedisThatSaysNothingEndsByItself(t *testing.T) {
	t.Parallel()
	hole := wire.New(t, strings.TrimSuffix(strings.TrimPrefix(workerstest.NewRedis(t).URL(), "unix://"), "?db=0"))
	client, err := Dial("redis://" + hole.Address() + "/0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	hole.Set(wire.Weather{Hole: true})
	ended := make(chan error, 1)
	go func() { ended <- client.Ping(context.WithoutCancel(t.Context())).Err() }()
	select {
	case err := <-ended:
		if err == nil {
			t.Error("it is answered")
		}
	case <-time.After(faultstest.Patience()):
		t.Error("it has not ended")
	}
}
