package traces

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// roundOf is the round of a row: the passes of one have pluses behind it.
func roundOf(w catalog.Work) string { return strings.TrimRight(w.Input, "+") }

// Begin implements workers.Tracer: a span of the attempt, in its round's trace,
// until the function it returns is called with how the attempt ended.
func (t *Tracer) Begin(ctx context.Context, w catalog.Work) func(ended string, next []catalog.Work, err error) {
	round := roundOf(w)
	id := ids{traceOf(round), spanOf(fmt.Sprintf("%s/%d", w.ID, w.Fence))}
	root := trace.NewSpanContext(trace.SpanContextConfig{TraceID: id.trace, SpanID: spanOf(round), TraceFlags: trace.FlagsSampled, Remote: true})
	in := trace.ContextWithRemoteSpanContext(context.WithValue(context.WithoutCancel(ctx), idKey{}, id), root)
	_, span := t.tracer.Start(in, string(w.Kind), trace.WithAttributes(about(w)...))
	return func(ended string, next []catalog.Work, err error) {
		recording := w.Recording
		if len(next) > 0 && recording == "" {
			recording = next[0].Recording
		}
		if recording != "" {
			span.SetAttributes(attribute.String("recording", recording))
		}
		if clip := t.clipOf(in, w); clip != "" {
			span.SetAttributes(attribute.String("clip", clip))
		}
		span.SetAttributes(attribute.String("outcome", ended))
		if err != nil {
			tell(span, ended, pipeline.AsError(err, w.Kind))
		}
		span.End()
		t.over(in, w, recording, ended)
	}
}

// about is what is known of an attempt when it begins.
func about(w catalog.Work) []attribute.KeyValue {
	out := []attribute.KeyValue{attribute.String("step", string(w.Kind)), attribute.String("task", w.ID), attribute.Int64("attempt", w.Attempt),
		attribute.Int64("fence", w.Fence), attribute.String("urgency", string(pipeline.UrgencyOf(w.Priority)))}
	if w.Moment != "" {
		out = append(out, attribute.String("moment", w.Moment))
	}
	if pipeline.HasPrefix(w.Subject, pipeline.VariantID) {
		out = append(out, attribute.String("variant", w.Subject))
	}
	return out
}

// clipOf is the clip that a row is of, "" for none.
func (t *Tracer) clipOf(ctx context.Context, w catalog.Work) (clip string) {
	switch {
	case pipeline.HasPrefix(w.Subject, pipeline.ClipID):
		return w.Subject
	case !pipeline.HasPrefix(w.Subject, pipeline.VariantID):
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_ = t.catalog.Write(ctx, func(tx *catalog.Tx) error {
		v, err := tx.Variant(w.Subject)
		clip = v.Clip
		return err
	})
	return clip
}

// patience is how long the catalogue is waited for: it is told of, not worked for.
const patience = 2 * time.Second

// tell notes why an attempt did not end well.
func tell(span trace.Span, ended string, why *pipeline.Error) {
	span.AddEvent(ended, trace.WithAttributes(attribute.String("code", why.Code), attribute.String("kind", string(why.Kind)),
		attribute.String("step", string(why.Step)), attribute.Bool("retryable", why.Retryable()),
		attribute.String("detail", harmless(why.Detail)), attribute.String("hint", harmless(why.Hint))))
	if ended == "failed" && !errors.Is(why, pipeline.Stopped) {
		span.SetStatus(codes.Error, why.Code)
	}
}

var address = regexp.MustCompile(`\b([A-Za-z][A-Za-z0-9+.-]*://)(?:[^\s/@]*@)?([^\s?#"']*)[^\s"']*`)

// harmless is text without what addresses in it may give away: who asks, and
// signatures.
func harmless(text string) string { return address.ReplaceAllString(text, "$1$2") }
