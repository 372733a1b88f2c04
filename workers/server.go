package workers

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// Server does the rows of a catalogue for as long as it runs, beside any number
// of others on any number of machines. Redis carries the ID of a row that can
// be claimed, and nothing that matters: what is lost there is rung for again,
// what is doubled finds nothing to claim.
type Server struct {
	Hand
	Redis redis.UniversalClient // the caller's to close, after Run returned
	Slots int                   // cores to keep busy, see Weights; default: as many as the machine bears
	Every time.Duration         // how often to look for rows to ring for; default 1 s
	Grace time.Duration         // within which Run returns when it is stopped; default 10 s

	once   sync.Once
	bell   chan struct{}
	client *asynq.Client
	room   *room
	mu     sync.Mutex
	held   map[string]catalog.Work // in hand now, by ID
	gone   sync.Map                // what does not answer now: name to bool
}

func (s *Server) setUp() {
	s.once.Do(func() {
		s.defaults()
		if s.Slots < 1 {
			s.Slots = ThisMachine().Slots()
		}
		if s.Every == 0 {
			s.Every = time.Second
		}
		if s.Grace == 0 {
			s.Grace = 10 * time.Second
		}
		s.bell = make(chan struct{}, 1)
		s.client = asynq.NewClientFromRedisClient(s.Redis)
		s.room = newRoom(s.Slots)
		s.held = map[string]catalog.Work{}
	})
}

// Run works until ctx ends, and may be called once. Then it takes no more
// tasks and hands back the rows in hand, without spending an attempt. A step
// that does not end within Grace loses its row to others; that is the only
// error, of kind Internal.
func (s *Server) Run(ctx context.Context) error {
	srv, err := s.listen(ctx)
	if err != nil {
		return err
	}
	s.reconcile(ctx)
	return s.stop(srv)
}

// glance is how often an idle server looks for messages. Measured with an
// embedded Redis: 3 % of a core (200 ms: 1 %), and a row that follows another
// begins after 0.1 s instead of 0.2 s; a line has ten.
const glance = 100 * time.Millisecond

// listen begins to answer messages.
func (s *Server) listen(ctx context.Context) (*asynq.Server, error) {
	s.setUp()
	srv := asynq.NewServerFromRedisClient(s.Redis, asynq.Config{
		Concurrency: s.Slots, Queues: queues(), StrictPriority: true,
		TaskCheckInterval: glance, ShutdownTimeout: time.Millisecond,
		Logger: talk{s.Log}, LogLevel: asynq.WarnLevel,
	})
	heed := func(of context.Context, t *asynq.Task) error { // of is asynq's: it ends with the message, not with the work
		queue, _ := asynq.GetQueueName(of)
		s.heed(ctx, t, pipeline.Urgency(queue))
		return nil
	}
	if err := srv.Start(asynq.HandlerFunc(heed)); err != nil {
		return nil, pipeline.Fail(pipeline.Internal, "workers", "", "start workers: %w", err)
	}
	return srv, nil
}

// Ring makes the server look for rows to ring for at once. Whoever adds a row
// beside it may call it, at any time.
func (s *Server) Ring() {
	s.setUp()
	ring(s.bell)
}

// heed answers one message: it claims the row it names and does it, where the
// catalogue says that there is something to do.
func (s *Server) heed(ctx context.Context, t *asynq.Task, u pipeline.Urgency) {
	cores := max(Weights[pipeline.Step(t.Type())], 1)
	if !s.room.take(ctx, cores, u) {
		return
	}
	defer s.room.give(cores)
	w, err := s.claim(ctx, string(t.Payload()))
	if err != nil || w == nil {
		s.away("catalogue", err)
		return
	}
	s.hold(*w)
	defer s.release(*w)
	if err := s.do(ctx, *w); err != nil {
		s.Log.Error("work not kept", "step", w.Kind, "subject", w.Subject, "attempt", w.Attempt, "error", err)
	}
	ring(s.bell)
}

// claim claims a row. A stop waits for its answer: a claim that was made and not
// heard of would cost an attempt and a lease.
func (s *Server) claim(ctx context.Context, id string) (*catalog.Work, error) {
	if ctx.Err() != nil {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	return s.DB.ClaimRow(ctx, id, s.Lease)
}

func (s *Server) hold(w catalog.Work) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held[w.ID] = w
}

func (s *Server) release(w catalog.Work) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held[w.ID].Fence == w.Fence {
		delete(s.held, w.ID)
	}
}

// stop waits for the rows in hand, which ctx's end has told to stop. Those that
// are deaf are handed back over their heads.
func (s *Server) stop(srv *asynq.Server) error {
	hard := time.After(s.Grace)
	soft := time.After(s.Grace * 8 / 10)
	left := make(chan struct{})
	empty := s.room.close()
	go func() { // asynq waits for Redis, however long that takes
		defer close(left)
		srv.Stop()
		<-empty
		srv.Shutdown()
	}()
	select {
	case <-left:
		return nil
	case <-soft:
	}
	deaf := s.seize()
	select {
	case <-left:
	case <-hard:
	}
	if len(deaf) > 0 {
		return pipeline.Fail(pipeline.Internal, "deaf_step", "end the process", "%d rows did not stop within %s and were handed back: %v", len(deaf), s.Grace, deaf)
	}
	return nil
}

// seize hands back what is still in hand, while its steps go on: what they
// make is refused. It returns the kinds of it.
func (s *Server) seize() []pipeline.Step {
	s.mu.Lock()
	rows := slices.Collect(maps.Values(s.held))
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), s.Grace/10)
	defer cancel()
	var out []pipeline.Step
	for _, w := range rows {
		if err := s.handBack(ctx, w); err != nil && !isLost(err) {
			s.Log.Error("row not handed back", "step", w.Kind, "subject", w.Subject, "error", err)
		}
		out = append(out, w.Kind)
	}
	return out
}
