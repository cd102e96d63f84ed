import type { Arbitration } from '../domain/arbitration.js';
import { countsAgainstArm, type FailureClass, type Outcome } from '../domain/outcome.js';
import { isExpectedModel } from '../domain/version.js';
import type { Clock } from '../kit/clock.js';
import type { ModelDrift, Observation, Observer, Placement, WatchedCall } from '../telemetry/observation.js';
import type { JsonObject } from '../kit/json.js';
import type { CallEnd, CallFailure, CallListener, HeardCall } from './call-listener.js';
import { placementOf, type CallRequest } from './call-request.js';
import type { Attempt } from './attempts.js';

/** Keeps a line of every request. `asked` is its body, if that may be kept. */
interface RequestLines {
  see(observation: Observation, asked: JsonObject | undefined): void;
}

/** Makes the one observation of every call, and charges its assigned environment as soon as the verdict is known. */
export class ObservedCalls implements CallListener {
  constructor(
    readonly observer: Observer,
    readonly clock: Clock,
    readonly requestLog: RequestLines,
  ) {}

  begun(request: CallRequest, isStream: boolean): HeardCall {
    return new ObservedCall(request, isStream, this);
  }
}

class ObservedCall implements HeardCall {
  readonly #placement: Placement;
  /** Follows the age of the call, if telemetry wants to. */
  readonly #watched: WatchedCall | undefined;
  #firstFailure: FailureClass | undefined;
  #charged: Outcome | undefined;

  constructor(
    private readonly request: CallRequest,
    isStream: boolean,
    private readonly deps: ObservedCalls,
  ) {
    this.#placement = deps.observer.arrives(placementOf(request));
    this.#watched = deps.observer.begin(this.#placement, isStream);
  }

  firstToken(): void {
    this.#watched?.firstToken();
  }

  failed({ environment, failure: said, asked }: CallFailure): void {
    // Intention to treat: the assigned environment has failed, whichever environment saves the caller.
    if (environment !== this.#placement.environment) return;
    const failure = asked === false && said === 'rate_limited' ? 'circuit_open' : said;
    this.#firstFailure ??= failure;
    if (countsAgainstArm(failure)) this.#charge(failure);
  }

  ended(end: CallEnd): void {
    const { outcome, answeredBy, attempts, latency, timeToFirstToken, usage, cost, model } = end;
    this.#watched?.ended();
    // A later failure of another class may have been charged: then the refusal is not what counts.
    const charged = this.#charge(this.#firstFailure ?? outcome, end.arbitration);
    const observation: Observation = {
      ...this.#placement,
      outcome: charged,
      arbitration: charged === 'rejected' ? end.arbitration : undefined,
      at: this.deps.clock.now(),
      requestId: this.request.requestId,
      callerOutcome: outcome,
      answeredBy: answeredBy && { environment: answeredBy.environment, version: answeredBy.version.tag },
      attempts: attempts.length,
      retries: attempts.length > 1 ? retriesIn(attempts) : undefined,
      latency,
      timeToFirstToken,
      usage,
      cost,
      modelDrift: driftOf(model, answeredBy),
    };
    this.deps.observer.observe(observation);
    const { body, byEvaluator } = this.request;
    this.deps.requestLog.see(observation, byEvaluator ? undefined : body);
  }

  /** The verdict on the assigned environment; the first one stands. */
  #charge(outcome: Outcome, arbitration?: Arbitration): Outcome {
    if (this.#charged !== undefined) return this.#charged;
    this.#charged = outcome;
    this.deps.observer.charge({ ...this.#placement, at: this.deps.clock.now(), outcome, arbitration });
    return outcome;
  }
}

function driftOf(answered: string | undefined, answeredBy: CallEnd['answeredBy']): ModelDrift | undefined {
  const version = answeredBy?.version;
  if (answered === undefined || !version || isExpectedModel(version, answered)) return undefined;
  return { expected: version.pinnedModel ?? version.model, answered };
}

/** Attempts that asked the same environment as the attempt before. */
function retriesIn(attempts: readonly Attempt[]): number {
  return attempts.filter(({ environment }, n) => environment === attempts[n - 1]?.environment).length;
}
