package workerstest

import (
	"runtime"
	"testing"
)

// refusals is a test that notes that it failed.
type refusals struct {
	testing.TB
	failed bool
}

func (r *refusals) Helper() {}
func (r *refusals) Fatalf(string, ...any) {
	r.failed = true
	runtime.Goexit()
}

func TestAServerThatIsNotOursIsNeitherFlushedNorKilled(t *testing.T) {
	r := NewRedis(t)
	ctx := t.Context()
	for what, harm := range map[string]func(*Redis){"flush": (*Redis).Flush, "kill": (*Redis).Kill} {
		for _, marker := range []string{"somebody else's", ""} {
			if marker == "" {
				r.client.Del(ctx, markerKey)
			} else {
				r.client.Set(ctx, markerKey, marker, 0)
			}
			r.client.Set(ctx, "theirs", "kept", 0)
			tb := &refusals{TB: t}
			done := make(chan struct{})
			mine := *r
			mine.t = tb
			go func() {
				defer close(done)
				harm(&mine)
			}()
			<-done
			if got := r.client.Get(ctx, "theirs").Val(); !tb.failed || got != "kept" {
				t.Errorf("%s of a server with the marker %q: refused %v, and what it held is %q", what, marker, tb.failed, got)
			}
		}
	}
}

func TestAServerBeginsEmptyAndAgainAfterAKill(t *testing.T) {
	r := NewRedis(t)
	ctx := t.Context()
	r.client.Set(ctx, "a", "b", 0)
	r.Kill()
	r.Start()
	if n := r.client.DBSize(ctx).Val(); n != 1 { // the marker
		t.Errorf("%d keys after a kill", n)
	}
	r.client.Set(ctx, "a", "b", 0)
	r.Flush()
	if n := r.client.DBSize(ctx).Val(); n != 1 {
		t.Errorf("%d keys after a flush", n)
	}
}
