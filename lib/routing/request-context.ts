import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { Assignment } from './assignment.js';

/** What one incoming request has been told so far. */
export interface RequestContext {
  /** The caller's `X-Request-ID` when it is well-formed, else one made here. */
  readonly requestId: string;
  /** The caller's W3C trace context, when it sent a well-formed one. */
  readonly traceparent?: string | undefined;
  /** What tracing systems say beside it; nothing without it. */
  readonly tracestate?: string | undefined;
  /** Sticky key of the request, once the guard has found one. */
  stickyKey?: string | undefined;
  /** Decisions by route alias: the handler, the decorator and the router all read this. */
  readonly assignments: Map<string, Assignment>;
  /** The guard's own decision: what `@Assigned()` hands to the handler. */
  assignment?: Assignment;
}

/** Header values that may be passed on as they are: no separators, no control characters. */
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** @see https://www.w3.org/TR/trace-context/#traceparent-header */
const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;

/** Longer ones need not be passed on. @see https://www.w3.org/TR/trace-context/#tracestate-limits */
const TRACESTATE = /^[\x20-\x7e]{1,512}$/;

const storage = new AsyncLocalStorage<RequestContext>();
/** Where a request carries its context: a weak map beside it costs more than all else that is done to assign it. */
const CONTEXT = Symbol('blue-green request context');

interface Carrier {
  [CONTEXT]?: RequestContext;
}

interface IncomingRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Fastify's wrapper carries Node's own request here. */
  readonly raw?: object;
}

export function requestIdFrom(header: string | string[] | undefined): string {
  return typeof header === 'string' && REQUEST_ID.test(header) ? header : randomUUID();
}

/** The context of an incoming request, made on first use. Works outside the async scope of the request too. */
export function contextOf(request: IncomingRequest): RequestContext {
  const carrier: Carrier = request.raw ?? request;
  let context = carrier[CONTEXT];
  if (!context) {
    const { 'x-request-id': requestId, traceparent, tracestate } = request.headers;
    const isTraced = typeof traceparent === 'string' && TRACEPARENT.test(traceparent);
    context = {
      requestId: requestIdFrom(requestId),
      traceparent: isTraced ? traceparent : undefined,
      tracestate: isTraced && typeof tracestate === 'string' && TRACESTATE.test(tracestate) ? tracestate : undefined,
      assignments: new Map(),
    };
    carrier[CONTEXT] = context;
  }
  return context;
}

/** The context of the request that the current code runs for, if it runs for one. */
export function currentContext(): RequestContext | undefined {
  return storage.getStore();
}

/** Runs what comes next within the context of the request. A guard could not: it returns before the handler runs. */
export function openRequestContext(request: IncomingRequest, _response: unknown, next: () => void): void {
  storage.run(contextOf(request), next);
}
