import { CONSEQUENCES, type FailureClass } from '../domain/outcome.js';
import type { CallerSignal } from '../kit/caller-signal.js';
import type { LiveRouteTable } from '../routing/live-route-table.js';
import { openStream } from '../upstream/send.js';
import type { Continuation } from '../upstream/dialects/dialect.js';
import { failureFrom, type UpstreamFailure } from '../upstream/upstream-failure.js';
import { attempt, attemptOf, type AttemptDeps } from './attempt-of.js';
import type { Breakers } from './breakers.js';
import type { Call } from './call.js';
import { candidatesFor } from './candidates.js';
import { bodyFor, resumed, resumeModes } from './resume.js';
import type { Recovery } from './routed-stream.js';
import { SentAnswer } from './sent-answer.js';
import type { BegunStream } from './stream-buffer.js';

/** The dependencies for continuing a stream elsewhere. */
export interface RecoveryDeps extends AttemptDeps {
  readonly table: LiveRouteTable;
  readonly breakers: Breakers;
}

/** The caller or this process is leaving: there is no point in asking on. */
const LEAVING = new Set<FailureClass>(['client_abort', 'shutdown']);

/** Has another environment continue a stream that broke off, when the route wants that and the dialect allows it. */
export class StreamRecovery implements Recovery {
  /** The part that has gone out; absent when nothing is to be continued. */
  readonly sent: SentAnswer | undefined;
  readonly #continuation: Continuation | undefined;

  constructor(
    private readonly call: Call,
    mode: 'error' | 'continue',
    private readonly deps: RecoveryDeps,
  ) {
    this.#continuation = mode === 'continue' ? call.request.dialect.continuation : undefined;
    this.sent = this.#continuation && new SentAnswer();
  }

  broke(failure: UpstreamFailure): void {
    const { answeredBy, request } = this.call;
    if (answeredBy) this.deps.breakers.get(request.assignment.route, answeredBy)?.report(failure);
  }

  async resume(failure: UpstreamFailure, abandoned: CallerSignal): Promise<BegunStream | undefined> {
    const continuation = this.#continuation;
    if (!continuation || !this.sent?.resumable || CONSEQUENCES[failure.failure].fallBack !== 'any') return undefined;
    return this.#resume(continuation, this.sent.text, abandoned);
  }

  /** Asks the environments that have not failed at this call yet to continue after what was sent. */
  async #resume(continuation: Continuation, sent: string, abandoned: CallerSignal): Promise<BegunStream | undefined> {
    const { request, attempts } = this.call;
    const failed = new Set(attempts.filter(({ failure }) => failure).map(({ environment }) => environment));
    for (const target of candidatesFor(request.assignment, this.deps.table)) {
      if (failed.has(target.environment)) continue;
      for (const mode of resumeModes(target.version)) {
        if (abandoned.aborted) return undefined;
        const toContinue = { ...request, body: bodyFor(mode, request.body, sent, continuation) };
        try {
          return await attempt(
            this.call,
            target,
            this.deps.breakers,
            () => attemptOf(toContinue, target, this.deps, abandoned),
            async (asked) => resumed(await openStream(asked), mode, sent, continuation),
          );
        } catch (error) {
          // Try the next mode or the next environment; this failure is among the attempts.
          if (LEAVING.has(failureFrom(error).failure)) return undefined;
        }
      }
    }
    return undefined;
  }
}
