package traces

import (
	"context"
	"crypto/sha256"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// Catalog is where rounds are read.
type Catalog interface {
	Write(ctx context.Context, f func(*catalog.Tx) error) error
}

// Tracer tells a collector of attempts and rounds. It never holds work up: what
// the collector does not take in time is lost.
type Tracer struct {
	catalog  Catalog
	provider *sdk.TracerProvider
	tracer   trace.Tracer
	log      *slog.Logger
}

// Open makes a tracer that sends over OTLP/HTTP to where the standard variables
// (OTEL_EXPORTER_OTLP_…) say; it asks nothing of the collector yet. version is
// this program's.
func Open(ctx context.Context, c Catalog, version string, log *slog.Logger) (*Tracer, error) {
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, pipeline.Fail(pipeline.Usage, "bad_tracing", "check the variables OTEL_EXPORTER_OTLP_…", "send traces: %w", err)
	}
	about, err := resource.New(ctx, resource.WithAttributes(attribute.String("service.name", "dropcut"), attribute.String("service.version", version)),
		resource.WithHost(), resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		return nil, pipeline.Fail(pipeline.Usage, "bad_tracing", "check the variable OTEL_RESOURCE_ATTRIBUTES", "say who sends traces: %w", err)
	}
	t := &Tracer{catalog: c, log: log}
	otel.SetErrorHandler(&complaints{log: log})
	t.provider = sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(about), sdk.WithIDGenerator(named{}), sdk.WithSampler(sdk.AlwaysSample()))
	t.tracer = t.provider.Tracer("dropcut")
	return t, nil
}

// flush is how long the last spans may take to be sent.
const flush = 3 * time.Second

// Close sends what was not sent yet, and ends the tracer.
func (t *Tracer) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), flush)
	defer cancel()
	return t.provider.Shutdown(ctx)
}

// traceOf is the trace of a round.
func traceOf(round string) (id trace.TraceID) {
	sum := sha256.Sum256([]byte("dropcut trace\x00" + round))
	copy(id[:], sum[:])
	return id
}

// spanOf is the span that a name has in every trace.
func spanOf(name string) (id trace.SpanID) {
	sum := sha256.Sum256([]byte("dropcut span\x00" + name))
	copy(id[:], sum[:])
	return id
}

type idKey struct{}

type ids struct {
	trace trace.TraceID
	span  trace.SpanID
}

// named gives spans the IDs that their context holds.
type named struct{}

// NewIDs implements the SDK's IDGenerator.
func (named) NewIDs(ctx context.Context) (trace.TraceID, trace.SpanID) {
	x, _ := ctx.Value(idKey{}).(ids)
	return x.trace, x.span
}

// NewSpanID implements the SDK's IDGenerator.
func (n named) NewSpanID(ctx context.Context, _ trace.TraceID) trace.SpanID {
	_, span := n.NewIDs(ctx)
	return span
}
