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
	"dropcut/pipeline/desk"
	"dropcut/pipeline/stranger"
	"dropcut/storage/catalog"
	"dropcut/storage/dir"
	"dropcut/storage/s3"
	"dropcut/web"
	"dropcut/web/api"
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
	meter   *metrics.Meter
	parts   []func(context.Context)
	chooser desk.Chooser // which variant of a clip goes out
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
	s.meter = metrics.New(s.db, s.counts())
	s.server.Watch = watches{&logged{log: log}, s.meter}
	if c.metrics == "" {
		return s, nil
	}
	return s, s.open(ctx, c.metrics, "--metrics", "metrics", func(string) http.Handler { return s.meter.Handler() })
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
	answer := bounded(handler(base))
	answer.BaseContext = func(net.Listener) context.Context { return ctx }
	s.parts = append(s.parts, func(ctx context.Context) { s.answer(ctx, answer, listener) })
	s.said.Info("listening", "address", base, "for", what)
	return nil
}

// bounded is a server that waits for nobody without end.
func bounded(h http.Handler) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 10 * time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
}

// watch takes in what arrives in the source that w names, as w says.
func (s *service) watch(ctx context.Context, w arrivals.Watcher) error {
	where := w.Name
	if w.AtOnce < 1 {
		return pipeline.Fail(pipeline.Usage, "usage", "give --at-once 1 or more", "with --at-once %d no recording would be taken", w.AtOnce)
	}
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
	if err := half(ctx, source, "."); err != nil { // uploads of a process that was killed
		return err
	}
	w.Catalog, w.Source, w.Name, w.Data, w.Taken, w.Log = s.db, source, where, s.data, s.server.Ring, s.said
	s.watcher = arrivals.New(w)
	s.parts = append(s.parts, s.watcher.Run)
	if folder, ok := source.(*dir.Bucket); ok {
		s.parts = append(s.parts, func(ctx context.Context) {
			if err := folder.Follow(ctx, s.watcher.Ring); err != nil {
				s.said.Warn("no events of the source; it is listed all the same", "source", where, "every", w.Every.String(), "error", err)
			}
		})
	}
	s.said.Info("watching", "source", where)
	return nil
}

// stopWithin is how long a request may go on when the service stops.
const stopWithin = 2 * time.Second

// calling is how a service is called.
type calling struct {
	address string // host:port
	public  string // where others reach it; "" for the address itself
	store   string // where others reach the store that is the output; "" for where we do
	open    bool   // whoever calls from this machine needs no token
	rate    int    // calls a second of one token
}

// listen answers over HTTP.
func (s *service) listen(ctx context.Context, l calling) error {
	host, _, err := net.SplitHostPort(l.address)
	if err != nil {
		return pipeline.Fail(pipeline.Usage, "listen", "give --listen HOST:PORT", "%q is no address: %w", l.address, err)
	}
	if l.open && !stranger.IsLoopback(host) {
		return pipeline.Fail(pipeline.Usage, "open_to_others", "leave --open out and make tokens with dropcut tokens create, or listen at 127.0.0.1",
			"%s can be reached by others, and nothing would keep them out", l.address)
	}
	secret, err := linkKey(s.premises.data)
	if err != nil {
		return err
	}
	guard, err := webhookGuard()
	if err != nil {
		return err
	}
	secrets, err := inboundSecrets()
	if err != nil {
		return err
	}
	store, err := s.linked(l.store)
	if err != nil {
		return err
	}
	var here string
	err = s.open(ctx, l.address, "--listen", "api", func(base string) http.Handler {
		here = base
		if l.public != "" {
			base = strings.TrimSuffix(l.public, "/")
		}
		files := web.Signed{Base: base, Secret: secret}
		calls := &api.API{Catalog: s.db, Desk: s.desk(), Source: s.watcher.Source, Output: s.output, Links: files, Guard: guard, Rate: l.rate, Log: s.said,
			Keys:    api.Keys{Catalog: s.db, Root: []string{os.Getenv("DROPCUT_TOKEN"), localToken(secret)}, Open: l.open},
			Secrets: secrets, Look: s.watcher.Ring, Wake: s.server.Ring}
		if store != nil {
			calls.Links, files.Secret = store, nil
		}
		return (&web.Site{API: calls.Handler(), Output: s.output, Files: files, Ready: s.ready, Log: s.said}).Handler()
	})
	if err != nil || l.open || os.Getenv("DROPCUT_TOKEN") != "" {
		return err
	}
	return s.firstToken(ctx, here)
}

// linked is the store that is the output, with links that lead to where others
// reach it; nil where the output is a folder, whose links lead to us.
func (s *service) linked(public string) (*s3.Bucket, error) {
	b, ok := s.output.(*s3.Bucket)
	switch {
	case !ok && public != "":
		return nil, pipeline.Fail(pipeline.Usage, "usage", "leave --store-public out, or give an --output that is a store; links to files of a folder begin with --public",
			"the output is no store, and its files are not had from %s", public)
	case !ok || public == "":
		return b, nil
	}
	return b.LinkedAt(public)
}

// desk is where clips are judged, handed out and reported on.
func (s *service) desk() *desk.Desk {
	return &desk.Desk{Choose: s.chooser.Choose, Tell: func(tx *catalog.Tx, creator, kind string, data any) error { return tx.Tell(creator, kind, data) }}
}

// sweepEvery is how soon a claim whose time ran out is unknown, and a variant
// recalled whose offer is over, where nobody calls.
const sweepEvery = 5 * time.Second

// learnEvery is how soon what posts earned counts: their windows are 12 hours.
const learnEvery = 5 * time.Minute

// sweep looks after the desk.
func (s *service) sweep(ctx context.Context) {
	d, learnt := s.desk(), time.Time{}
	for tick := time.NewTicker(sweepEvery); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
		if err := d.Sweep(ctx, s.db); err != nil && ctx.Err() == nil {
			s.said.Warn("the desk was not looked after", "error", err)
		}
		if time.Since(learnt) < learnEvery {
			continue
		}
		if err := s.chooser.Learn(ctx, s.db); err != nil && ctx.Err() == nil {
			s.said.Warn("nothing was learnt of posts", "error", err)
		}
		learnt = time.Now()
	}
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
