import type { IncomingHttpHeaders } from 'node:http';
import type { CallerSignal } from '../kit/caller-signal.js';
import type { Clock } from '../kit/clock.js';
import type { JsonObject } from '../kit/json.js';
import type { Target } from '../routing/route-table.js';
import type { KnownDialect } from '../upstream/dialects/dialects.js';
import { preparedCall } from '../upstream/prepared-call.js';
import { readAll } from '../upstream/response-body.js';
import { failureFrom } from '../upstream/upstream-failure.js';
import type { Upstreams } from '../upstream/upstreams.js';
import { Watchdog } from '../upstream/watchdog.js';

/** A request beside the calls to a model: it generates nothing, and nobody is charged for it. */
export interface SideCall {
  readonly dialect: KnownDialect;
  readonly method: 'GET' | 'POST';
  /** After the path of the dialect, query included. */
  readonly suffix: string;
  /** As the caller sent it. Absent when the request has none. */
  readonly body?: JsonObject;
  readonly callerHeaders: Readonly<Record<string, string>> | undefined;
  readonly signal: CallerSignal;
  /** Longest wait, milliseconds. Default: that of whole answers. */
  readonly limit?: number;
  readonly maxBytes: number;
}

export interface SideAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface SideCallDeps {
  readonly upstreams: Upstreams;
  readonly clock: Clock;
}

/** Asks one environment. @throws {UpstreamFailure} when no answer came; an error of the provider's is an answer. */
export async function sideCall(
  { version }: Target,
  { dialect, method, suffix, body, callerHeaders, signal, limit, maxBytes }: SideCall,
  { upstreams, clock }: SideCallDeps,
): Promise<SideAnswer> {
  const client = upstreams.get(version.upstream);
  const watchdog = new Watchdog(clock, signal, upstreams.end);
  watchdog.limit('answer', limit ?? client.config.timeouts.total);
  try {
    const call = preparedCall({
      client,
      dialect,
      // Parameters, such as a limit on the output, are for what is generated.
      version: { ...version, parameters: undefined },
      body: body ?? {},
      headers: {},
      callerHeaders,
      signal,
      clock,
      checkCost: (_version, _dialect, forUpstream) => forUpstream,
    });
    const sent = body && JSON.stringify(call.body);
    const answer = await client.request(method, `${call.path}${suffix}`, call.headers, watchdog.signal, sent);
    return { status: answer.status, headers: answer.headers, body: await readAll(answer.body, maxBytes) };
  } catch (error) {
    throw failureFrom(watchdog.reasonOr(error));
  } finally {
    watchdog.release();
  }
}
