import type { Context, SpanContext } from '@opentelemetry/api';
import type { CallRequest } from '../router/call-request.js';
import type { OpenTelemetryApi } from './open-telemetry-api.js';

/** The parent of a call: the span that is active where it is made, else the one that the caller's headers name. */
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

/** The W3C's headers; `undefined` for the context of a span that is not recorded. */
export function traceHeadersOf(api: OpenTelemetryApi, context: SpanContext): Record<string, string> | undefined {
  if (!api.isSpanContextValid(context)) return undefined;
  const { traceId, spanId, traceFlags, traceState } = context;
  const traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
  const tracestate = traceState?.serialize();
  return tracestate ? { traceparent, tracestate } : { traceparent };
}

/**
 * Suppresses tracing inside a span: an instrumentation of the HTTP client would repeat it, and add a second
 * `traceparent` to the request. The key is the one that OpenTelemetry's SDK reads.
 */
export function withoutTracing(api: OpenTelemetryApi, context: Context): Context {
  return context.setValue(api.createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING'), true);
}
