import type { Server } from 'node:http';

/** Milliseconds. A prompt of several megabytes may come over a slow line; headers are short. */
const LIMITS = { headers: 20_000, request: 5 * 60_000 };

/**
 * Milliseconds that an idle connection is kept. Load balancers keep theirs for 60 s or a little more; one that uses a
 * connection which we are closing gets no answer.
 */
const KEEP_ALIVE = 72_000;

/**
 * Limits the time for a request: a client that trickles bytes gets 408. Set explicitly because adapters change Node's
 * defaults: Fastify waits forever.
 */
export function limitSlowRequests(server: Server, { headers, request } = LIMITS): void {
  server.headersTimeout = headers;
  server.requestTimeout = request;
  server.keepAliveTimeout = KEEP_ALIVE;
}
