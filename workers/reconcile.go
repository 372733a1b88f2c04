package workers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// bucket is how long the message for one claim of a row keeps its ID. While it
// waits in Redis it is not sent again; where it was lost in a way that keeps
// its ID taken, the next one gets through.
const bucket = 5 * time.Second

// farOff is a deadline that never comes: how long a row may take is the
// catalogue's to say. Without one asynq ends a task after half an hour.
var farOff = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// queues is the queues of tasks, one an urgency, as asynq wants them: a high
// number goes first.
func queues() map[string]int {
	out := map[string]int{}
	for i, u := range pipeline.Urgencies {
		out[string(u)] = len(pipeline.Urgencies) - i
	}
	return out
}

// reconcile rings for rows until ctx ends: at every tick, and at once when a
// row was finished here. Neither Redis nor the catalogue is waited for long.
func (s *Server) reconcile(ctx context.Context) {
	tick := time.NewTicker(s.Every)
	defer tick.Stop()
	for {
		s.round(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-s.bell:
		}
	}
}

// patience is how long one look waits for the catalogue, and for Redis.
const patience = 5 * time.Second

// round rings once for the most urgent rows that can be claimed. Not more than
// a few for each slot: when those are claimed the next are rung for.
func (s *Server) round(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	limit := max(4*s.Slots, 16)
	rows, err := s.DB.ToRing(ctx, limit)
	if s.away("catalogue", err); err != nil || len(rows) == 0 {
		return
	}
	s.room.giveWay(pipeline.UrgencyOf(rows[0].Priority))
	s.away("redis", s.ring(ctx, rows, int64(limit)))
}

// ring sends a message for each row, but none to a queue in which limit wait.
func (s *Server) ring(ctx context.Context, rows []catalog.Ring, limit int64) error {
	waiting, err := s.waiting(ctx)
	if err != nil {
		return err
	}
	for _, r := range rows {
		u := pipeline.UrgencyOf(r.Priority)
		if waiting[u] >= limit {
			continue
		}
		task := asynq.NewTask(string(r.Kind), []byte(r.ID))
		id := fmt.Sprintf("%s:%d:%d", r.ID, r.Fence, time.Now().UnixMilli()/bucket.Milliseconds())
		_, err := s.client.EnqueueContext(ctx, task, asynq.TaskID(id), asynq.Queue(string(u)),
			asynq.MaxRetry(0), asynq.Retention(0), asynq.Deadline(farOff))
		switch {
		case err == nil:
			waiting[u]++
			s.Counts.Rung.Add(1)
		case errors.Is(err, asynq.ErrTaskIDConflict): // rung already, here or elsewhere
		default:
			return err
		}
	}
	return nil
}

// waiting is how many messages wait in each queue. The keys are asynq's: its
// own inspector forgets a queue when Redis is flushed.
func (s *Server) waiting(ctx context.Context) (map[pipeline.Urgency]int64, error) {
	lengths := map[pipeline.Urgency]*redis.IntCmd{}
	_, err := s.Redis.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, u := range pipeline.Urgencies {
			lengths[u] = p.LLen(ctx, "asynq:{"+string(u)+"}:pending")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := map[pipeline.Urgency]int64{}
	for u, n := range lengths {
		out[u] = n.Val()
	}
	return out, nil
}
