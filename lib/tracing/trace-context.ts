import type { Context, SpanContext } from '@opentelemetry/api';
import type { CallRequest } from '../router/call-request.js';
import type { OpenTelemetryApi } from './open-telemetry-api.js';

/** What a call is a part of: the span that is open where it is made, else the one that its caller names. */
export function parentOf(
  api: OpenTelemetryApi,
  { traceparent, tracestate }: Pick<CallRequest, 'traceparent' | 'tracestate'>,
): Context {
  const active = api.context.active();
  if (traceparent === undefined || api.trace.getSpanContext(active)) return active;
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  return api.trace.setSpanContext(active, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
    ...(tracestate !== undefined && { traceState: api.createTraceState(tracestate) }),
  });
}

/** As the W3C's headers have it; `undefined` for the context of a span that nobody records. */
export function traceHeadersOf(api: OpenTelemetryApi, context: SpanContext): Record<string, string> | undefined {
  if (!api.isSpanContextValid(context)) return undefined;
  const { traceId, spanId, traceFlags, traceState } = context;
  const traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
  const tracestate = traceState?.serialize();
  return tracestate ? { traceparent, tracestate } : { traceparent };
}

/**
 * For what is done inside a span that says it all: an instrumentation of the HTTP client would repeat it, and add a second
 * `traceparent` to the request. The key is the one that OpenTelemetry's SDK looks for.
 */
export function withoutTracing(api: OpenTelemetryApi, context: Context): Context {
  return context.setValue(api.createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING'), true);
}
