import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { Assignment } from './assignment.js';

/** Facts about one incoming request. */
export interface RequestContext {
  /** The caller's `X-Request-ID` when it is well-formed, else one made here. */
  readonly requestId: string;
  /** The caller's W3C trace context, when it sent a well-formed one. */
  readonly traceparent?: string | undefined;
  /** The caller's `tracestate`; only with a `traceparent`. */
  readonly tracestate?: string | undefined;
  /** Sticky key of the request, once the guard has found one. */
  stickyKey?: string | undefined;
  /** Assignments by route alias. The handler, the decorator and the router all read them. */
  readonly assignments: Map<string, Assignment>;
  /** The guard's assignment, which `@Assigned()` gives to the handler. */
  assignment?: Assignment;
}

/** Header values that are safe to pass on: no separators, no control characters. */
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** @see https://www.w3.org/TR/trace-context/#traceparent-header */
const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;

/** Longer ones need not be passed on. @see https://www.w3.org/TR/trace-context/#tracestate-limits */
const TRACESTATE = /^[\x20-\x7e]{1,512}$/;

const storage = new AsyncLocalStorage<RequestContext>();
/** The property of a request that holds its context. A weak map would cost more than the whole assignment. */
const CONTEXT = Symbol('blue-green request context');

interface Carrier {
  [CONTEXT]?: RequestContext;
}

interface IncomingRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Node's own request, inside Fastify's wrapper. */
  readonly raw?: object;
}

export function requestIdFrom(header: string | string[] | undefined): string {
  return typeof header === 'string' && REQUEST_ID.test(header) ? header : randomUUID();
}

/** The agent's run that a request belongs to. */
export function episodeFrom(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && REQUEST_ID.test(header) ? header : undefined;
}

/** The context of an incoming request, created on first use. Also works outside the request's async scope. */
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

/** The context of the request that the current code runs for, if there is one. */
export function currentContext(): RequestContext | undefined {
  return storage.getStore();
}

/** Runs `next` inside the context of the request. A guard cannot: it returns before the handler runs. */
export function openRequestContext(request: IncomingRequest, _response: unknown, next: () => void): void {
  storage.run(contextOf(request), next);
}
