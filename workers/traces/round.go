package traces

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"dropcut/storage/catalog"
)

// over tells of w's round, where w was the last of it: from when its recording
// landed, or it was asked for, to when it was ready.
func (t *Tracer) over(ctx context.Context, w catalog.Work, recording, ended string) {
	within, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	round := roundOf(w)
	var r catalog.RoundEnd
	if err := t.catalog.Write(within, func(tx *catalog.Tx) (err error) {
		r, err = tx.RoundEnd(recording, round)
		return err
	}); err != nil {
		t.log.Debug("round not traced", "recording", recording, "error", err)
		return
	}
	if r.Unfinished > 0 || r.Last != w.ID && ended != lost {
		return
	}
	id := ids{traceOf(round), spanOf(round)}
	_, span := t.tracer.Start(context.WithValue(ctx, idKey{}, id), "round", trace.WithNewRoot(), trace.WithTimestamp(r.Landed),
		trace.WithAttributes(attribute.String("recording", recording), attribute.Int64("tasks", r.Done), attribute.Int64("tasks_failed", r.Failed)))
	outcome := "ready"
	if r.Failed > 0 || r.Done == 0 {
		outcome = "failed"
		span.SetStatus(codes.Error, r.Code)
	}
	span.SetAttributes(attribute.String("outcome", outcome))
	span.AddEvent(outcome, trace.WithTimestamp(r.Ended))
	span.End(trace.WithTimestamp(r.Ended))
}

// lost is how an attempt ended whose claim was taken away: nobody else may tell
// of its round.
const lost = "lost"

// complaints are what the SDK says of itself: that a collector is away is said
// once in a while, and holds nothing up.
type complaints struct {
	log  *slog.Logger
	last atomic.Int64
}

const saidAgain = time.Minute

// Handle implements the SDK's ErrorHandler.
func (c *complaints) Handle(err error) {
	now, last := time.Now().UnixNano(), c.last.Load()
	if (last == 0 || now-last > int64(saidAgain)) && c.last.CompareAndSwap(last, now) {
		c.log.Warn("traces not sent", "error", harmless(err.Error()))
	}
}
