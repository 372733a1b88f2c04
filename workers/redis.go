package workers

import (
	"context"
	"net"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"dropcut/pipeline"
)

// Dial makes a client of the Redis at url, such as redis://host:6379/0 or
// unix:///run/redis.sock. It asks nothing yet: a Redis that is away may come.
func Dial(url string) (redis.UniversalClient, error) {
	o, err := redis.ParseURL(url)
	if err != nil {
		return nil, pipeline.Fail(pipeline.Usage, "bad_redis", "give a URL such as redis://host:6379/0", "no Redis has the address given") // never the URL: it may hold a password
	}
	bound(o)
	return redis.NewClient(o), nil
}

// hush keeps the client from writing to the process's stderr: a server says
// once that Redis is away.
type hush struct{}

func (hush) Printf(context.Context, string, ...any) {}

func init() { redis.SetLogger(hush{}) }

// bound keeps every call short, also when Redis is away: asynq asks again at
// once when a call fails, so a call must not fail at once either.
func bound(o *redis.Options) {
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = time.Second, 2*time.Second, 2*time.Second
	o.MaxRetries, o.MinRetryBackoff, o.MaxRetryBackoff = 1, 100*time.Millisecond, 200*time.Millisecond
	o.ContextTimeoutEnabled = true
	o.DisableIdentity = true
}

// embedded is a client of a Redis that lives in this process.
type embedded struct {
	*redis.Client
	redis *miniredis.Miniredis
}

// Embedded starts a Redis in this process, without a port, and makes a client
// of it; Close ends both. It begins empty each time, which loses nothing. ctx
// bounds the start only.
func Embedded(ctx context.Context) (redis.UniversalClient, error) {
	m := miniredis.NewMiniRedis()
	m.ClockTTL(true)
	o := &redis.Options{Addr: "127.0.0.1:1", // never dialled
		Dialer: func(context.Context, string, string) (net.Conn, error) { return m.Dial() }}
	bound(o)
	e := &embedded{redis.NewClient(o), m}
	if err := e.Ping(ctx).Err(); err != nil {
		_ = e.Close()
		return nil, pipeline.Fail(pipeline.Internal, "redis", "", "start the Redis inside: %w", err)
	}
	return e, nil
}

// Close ends the client and the Redis.
func (e *embedded) Close() error {
	err := e.Client.Close()
	e.redis.Close()
	return err
}
