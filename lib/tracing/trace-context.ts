import type { Context, SpanContext } from '@opentelemetry/api';
import type { OpenTelemetryApi } from './open-telemetry-api.js';

/** What a call is a part of: the span that is open where it is made, else the one that its caller names. */
export function parentOf(api: OpenTelemetryApi, traceparent: string | undefined): Context {
  const active = api.context.active();
  if (traceparent === undefined || api.trace.getSpanContext(active)) return active;
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  return api.trace.setSpanContext(active, { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true });
}

/** As the W3C's header has it; `undefined` for the context of a span that nobody records. */
export function traceparentOf(api: OpenTelemetryApi, context: SpanContext): string | undefined {
  if (!api.isSpanContextValid(context)) return undefined;
  const { traceId, spanId, traceFlags } = context;
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

/**
 * For what is done inside a span that says it all: an instrumentation of the HTTP client would repeat it, and add a second
 * `traceparent` to the request. The key is the one that OpenTelemetry's SDK looks for.
 */
export function withoutTracing(api: OpenTelemetryApi, context: Context): Context {
  return context.setValue(api.createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING'), true);
}
