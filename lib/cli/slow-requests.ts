import type { Server } from 'node:http';

/** Milliseconds. A prompt of some megabytes takes its time over a slow line; headers do not. */
const LIMITS = { headers: 20_000, request: 5 * 60_000 };

/**
 * Whoever sends a byte now and then does not keep a connection by it: what has not come whole by then is answered with 408.
 * Said here, since adapters change what Node would do by itself: Fastify takes all the time there is.
 */
export function limitSlowRequests(server: Server, { headers, request } = LIMITS): void {
  server.headersTimeout = headers;
  server.requestTimeout = request;
}
