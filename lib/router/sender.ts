import type { Random } from '../domain/clock.js';
import { CONSEQUENCES } from '../domain/outcome.js';
import type { LiveRouteTable } from '../routing/live-route-table.js';
import type { Target } from '../routing/route-table.js';
import { openStream, sendJson, type AttemptRequest, type JsonAnswer } from '../upstream/attempt.js';
import { failureFrom, UpstreamFailure } from '../upstream/upstream-failure.js';
import type { Upstreams } from '../upstream/upstreams.js';
import { Call, type CallLedger, type CallRequest } from './call.js';
import { pause, retryDelay, type RetryPolicy } from './retry.js';
import { heldBack, RoutedStream } from './routed-stream.js';
import { UpstreamError } from './upstream-error.js';

/** How a route's requests are sent. */
export interface SendingPolicy {
  readonly retry: RetryPolicy;
  /** Content chunks of a stream held back before the first goes out. */
  readonly bufferThreshold: number;
}

export interface SenderOptions extends CallLedger {
  readonly table: LiveRouteTable;
  readonly upstreams: Upstreams;
  readonly policyOf: (route: string) => SendingPolicy;
  readonly random: Random;
}

/**
 * Sends a request whose environment is decided: attempts, retries within the environment, fallback while
 * nothing has gone out. All of the public ways to send end here.
 */
export class Sender {
  constructor(private readonly options: SenderOptions) {}

  /** @throws {UpstreamError} when nobody could give a whole answer. */
  async json(request: CallRequest): Promise<{ answer: JsonAnswer; call: Call }> {
    const call = new Call(request, this.options);
    const answer = await this.#rescued(call, (attempt) => sendJson(attempt));
    call.close('ok', answer.reading.usage);
    return { answer, call };
  }

  /**
   * Returns when the first chunks are there; until then every failure can still be rescued unseen. The stream has
   * to be read or cancelled.
   *
   * @throws {UpstreamError} when nobody could begin an answer.
   */
  async stream(request: CallRequest): Promise<RoutedStream> {
    const call = new Call(request, this.options);
    const { bufferThreshold } = this.options.policyOf(request.assignment.route);
    const begun = await this.#rescued(call, async (attempt) =>
      heldBack(await openStream(attempt), bufferThreshold, () => call.firstToken()),
    );
    return new RoutedStream(call, begun);
  }

  async #rescued<T>(call: Call, send: (request: AttemptRequest) => Promise<T>): Promise<T> {
    const { request } = call;
    let last = new UpstreamFailure('network', 'nobody was asked');
    let lastSlot: Target | undefined;
    for (const slot of this.#candidates(request)) {
      lastSlot = slot;
      const result = await this.#attempts(call, slot, send);
      if (!(result instanceof UpstreamFailure)) return result;
      last = result;
      if (!CONSEQUENCES[result.failure].fallBack) break;
    }
    call.close(last.failure);
    const { assignment, requestId } = request;
    const environment = lastSlot?.environment ?? assignment.environment;
    throw new UpstreamError(assignment.route, environment, last.failure, call.attempts, requestId, last);
  }

  /** Asks one environment until it answers or until asking again makes no sense. */
  async #attempts<T>(
    call: Call,
    slot: Target,
    send: (request: AttemptRequest) => Promise<T>,
  ): Promise<T | UpstreamFailure> {
    const { request } = call;
    const { clock, random, upstreams } = this.options;
    const { retry } = this.options.policyOf(request.assignment.route);
    const attempt: AttemptRequest = {
      client: upstreams.get(slot.version.upstream),
      dialect: request.dialect,
      version: slot.version,
      body: request.body,
      headers: {
        'x-deployment-env': slot.environment,
        'x-environment': slot.environment,
        'x-request-id': request.requestId,
      },
      signal: request.signal,
      clock,
    };
    for (let n = 1; ; n++) {
      try {
        return await call.attempt(slot, () => send(attempt), failureFrom);
      } catch (error) {
        const failure = failureFrom(error);
        if (n >= retry.attempts || !CONSEQUENCES[failure.failure].retry) return failure;
        const delay = retryDelay(n, failure.retryAfter, retry, random);
        if (delay === undefined) return failure;
        if (!(await pause(delay, clock, request.signal))) {
          return new UpstreamFailure('client_abort', 'the caller left');
        }
      }
    }
  }

  /** The assigned environment, then the active one, then the fallback chain; each once. */
  *#candidates({ assignment }: CallRequest): Generator<Target> {
    const asked = new Set([assignment.environment]);
    yield assignment;
    // Read late: by the time the assigned environment has failed, another one may be active.
    const route = this.options.table.current.find(assignment.route);
    for (const slot of route ? [route.active, ...route.fallback] : []) {
      if (asked.has(slot.environment)) continue;
      asked.add(slot.environment);
      yield slot;
    }
  }
}
