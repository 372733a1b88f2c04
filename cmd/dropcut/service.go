package main

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/arrivals"
	"dropcut/storage/dir"
	"dropcut/storage/s3"
	"dropcut/web"
	"dropcut/web/metrics"
	"dropcut/workers"
	"dropcut/workers/traces"
)

// serviceConfig is what a service needs beside its premises.
type serviceConfig struct {
	redis   string // URL; "" for one inside this process
	slots   int
	metrics string // host:port; "" for none
	spare   size   // of each disk, left free
}

// whileFull is how long work for which there is no room is left alone.
const whileFull = 5 * time.Second

// service is a workshop whose rows are done as they come.
type service struct {
	*workshop
	server  *workers.Server
	watcher *arrivals.Watcher // nil where nobody watches a source
	parts   []func(context.Context)
	said    *slog.Logger
}

// openService opens a workshop, its recogniser and its queue.
func openService(ctx context.Context, p premises, c serviceConfig, con console) (_ *service, err error) {
	log := slog.New(slog.NewJSONHandler(con.Err, nil))
	s := &service{said: log}
	if s.workshop, err = openPremises(ctx, p, log); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	if s.hears, err = recogniser("", s.runner); err != nil {
		return nil, err
	}
	if p.database == "" {
		if err := s.db.Orphaned(ctx); err != nil {
			return nil, err
		}
	}
	redis, err := workers.Embedded(ctx)
	if c.redis != "" {
		redis, err = workers.Dial(c.redis)
	}
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, redis)
	s.room = s.measure(c.spare)
	s.server = &workers.Server{Redis: redis, Slots: c.slots,
		Hand: workers.Hand{DB: s.db, Steps: s.steps(), Full: whileFull, Disks: s.room, Log: log}}
	if err := s.trace(ctx); err != nil {
		return nil, err
	}
	meter := metrics.New(s.db, s.counts())
	s.server.Watch = watches{&logged{log: log}, meter}
	if c.metrics == "" {
		return s, nil
	}
	return s, s.open(ctx, c.metrics, "--metrics", "metrics", func(string) http.Handler { return meter.Handler() })
}

// tracing are the standard variables that say where traces go; nothing is
// traced unless one is set.
var tracing = []string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"}

// trace has the workers tell a collector of what they do, where there is one.
func (s *service) trace(ctx context.Context) error {
	if !slices.ContainsFunc(tracing, func(name string) bool { return os.Getenv(name) != "" }) {
		return nil
	}
	tracer, err := traces.Open(ctx, s.db, version, s.said)
	if err != nil {
		return err
	}
	s.closers, s.server.Trace = append(s.closers, tracer), tracer
	return nil
}

// counts is what the workers count, by the name it is shown with.
func (s *service) counts() map[string]func() int64 {
	c := &s.server.Counts
	return map[string]func() int64{"rung_total": c.Rung.Load, "claimed_total": c.Claimed.Load, "lost_total": c.Lost.Load,
		"refused_total": c.Refused.Load, "handed_back_total": c.HandedBack.Load, "abandoned_total": c.Abandoned.Load, "waited_for_room_total": c.Waited.Load}
}

// open answers at an address for as long as the service runs; flag names it and
// what says what for.
func (s *service) open(ctx context.Context, address, flag, what string, handler func(base string) http.Handler) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return pipeline.Fail(pipeline.Usage, "listen", "name another address with "+flag, "listen at %s: %w", address, err)
	}
	base := "http://" + listener.Addr().String()
	answer := &http.Server{Handler: handler(base), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 10 * time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, BaseContext: func(net.Listener) context.Context { return ctx }}
	s.parts = append(s.parts, func(ctx context.Context) { s.answer(ctx, answer, listener) })
	s.said.Info("listening", "address", base, "for", what)
	return nil
}

// watch takes in what arrives in a source.
func (s *service) watch(ctx context.Context, where string, every, settle time.Duration) error {
	if !isStore(where) {
		full, err := filepath.Abs(where)
		if err != nil {
			return pipeline.Fail(pipeline.Usage, "usage", "check --source", "find %s: %w", where, err)
		}
		where = full
		if err := os.MkdirAll(where, 0o755); err != nil {
			return pipeline.Fail(pipeline.Invalid, "not_allowed", "check who owns it", "make %s: %w", where, err)
		}
	}
	source, err := s.source(ctx, where)
	if err != nil {
		return err
	}
	s.watcher = arrivals.New(arrivals.Watcher{Catalog: s.db, Source: source, Name: where, Data: s.data, Every: every, Settle: settle,
		Taken: s.server.Ring, Log: s.said})
	s.parts = append(s.parts, s.watcher.Run)
	if folder, ok := source.(*dir.Bucket); ok {
		s.parts = append(s.parts, func(ctx context.Context) {
			if err := folder.Follow(ctx, s.watcher.Ring); err != nil {
				s.said.Warn("no events of the source; it is listed all the same", "source", where, "every", every.String(), "error", err)
			}
		})
	}
	s.said.Info("watching", "source", where)
	return nil
}

// stopWithin is how long a request may go on when the service stops.
const stopWithin = 2 * time.Second

// listen answers over HTTP.
func (s *service) listen(ctx context.Context, address string) error {
	token := os.Getenv("DROPCUT_TOKEN")
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return pipeline.Fail(pipeline.Usage, "listen", "give --listen HOST:PORT", "%q is no address: %w", address, err)
	}
	if token == "" && !isLoopback(host) {
		return pipeline.Fail(pipeline.Usage, "no_token", "set DROPCUT_TOKEN to a long random text, or listen at 127.0.0.1",
			"%s can be reached by others, and nothing keeps them out", address)
	}
	secret, err := linkKey(s.premises.data)
	if err != nil {
		return err
	}
	return s.open(ctx, address, "--listen", "api", func(base string) http.Handler {
		site := &web.Site{Catalog: s.db, Output: s.output, Links: web.Signed{Base: base, Secret: secret}, Token: token,
			Look: s.watcher.Ring, Wake: s.server.Ring, Ready: s.ready, Log: s.said}
		if b, ok := s.output.(*s3.Bucket); ok {
			site.Links = b
		}
		return site.Handler()
	})
}

func (s *service) answer(ctx context.Context, answer *http.Server, listener net.Listener) {
	ended := make(chan error, 1)
	go func() { ended <- answer.Serve(listener) }()
	select {
	case err := <-ended:
		s.said.Error("no longer listening", "error", err)
		return
	case <-ctx.Done():
	}
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	if answer.Shutdown(within) != nil {
		_ = answer.Close()
	}
	<-ended
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// ready says why work would not go on.
func (s *service) ready(ctx context.Context) error {
	if _, err := s.db.Unfinished(ctx); err != nil {
		return err
	}
	if err := s.server.Redis.Ping(ctx).Err(); err != nil {
		return pipeline.Fail(pipeline.Unavailable, "redis", "start it: work goes on by itself", "Redis does not answer: %s", strings.TrimSpace(err.Error()))
	}
	return nil
}

// run works until ctx ends, and waits for all that it began.
func (s *service) run(ctx context.Context) error {
	var all sync.WaitGroup
	for _, part := range s.parts {
		all.Go(func() { part(ctx) })
	}
	err := s.server.Run(ctx)
	all.Wait()
	s.said.Info("stopped")
	return err
}
