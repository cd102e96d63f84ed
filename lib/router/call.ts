import type { Clock } from '../domain/clock.js';
import { countsAgainstArm, type Outcome } from '../domain/outcome.js';
import type { Usage } from '../domain/usage.js';
import type { Assignment } from '../routing/assignment.js';
import type { Target } from '../routing/route-table.js';
import type { PriceOf } from '../telemetry/cost.js';
import type { Observer } from '../telemetry/observation.js';
import type { Dialect, JsonObject } from '../upstream/dialects/dialect.js';
import type { UpstreamFailure } from '../upstream/upstream-failure.js';
import type { Attempt } from './upstream-error.js';

/** A request to a route, its environment decided. */
export interface CallRequest {
  readonly assignment: Assignment;
  readonly dialect: Dialect;
  readonly body: JsonObject;
  readonly requestId: string;
  readonly signal?: AbortSignal | undefined;
}

/** What the router needs to book a call. */
export interface CallLedger {
  readonly clock: Clock;
  readonly observe: Observer;
  readonly priceOf: PriceOf;
}

/** What a caller is told of a call beside the answer. */
export interface CallReport {
  readonly requestId: string;
  readonly route: string;
  /** The environment that answered. */
  readonly environment: string;
  /** Tag of the version that answered. */
  readonly version: string;
  /** Somebody other than the assigned environment answered. */
  readonly fallback: boolean;
  readonly attempts: readonly Attempt[];
}

/**
 * The books of one request, from its start to its end: who was asked, who answered, when the first token came.
 * Closing it makes the one observation; closing it again does nothing.
 */
export class Call {
  readonly #startedAt: number;
  readonly #attempts: Attempt[] = [];
  #answeredBy: Target | undefined;
  #firstTokenAt: number | undefined;
  #closed = false;

  constructor(
    readonly request: CallRequest,
    private readonly ledger: CallLedger,
  ) {
    this.#startedAt = ledger.clock.elapsed();
  }

  get attempts(): readonly Attempt[] {
    return this.#attempts;
  }

  /** Runs one attempt and keeps the record of it. */
  async attempt<T>(slot: Target, run: () => Promise<T>, failureOf: (error: unknown) => UpstreamFailure): Promise<T> {
    const { clock } = this.ledger;
    const begun = clock.elapsed();
    const attempt: Attempt = { environment: slot.environment, version: slot.version.tag, duration: 0 };
    this.#attempts.push(attempt);
    try {
      const result = await run();
      this.#answeredBy = slot;
      return result;
    } catch (error) {
      const failure = failureOf(error);
      attempt.failure = failure.failure;
      throw failure;
    } finally {
      attempt.duration = clock.elapsed() - begun;
    }
  }

  firstToken(): void {
    this.#firstTokenAt ??= this.ledger.clock.elapsed();
  }

  /** A stream that had begun broke: its attempt has failed after all. */
  brokeWith({ failure }: UpstreamFailure): void {
    const last = this.#attempts.at(-1);
    if (last) last.failure = failure;
  }

  report(): CallReport {
    const { assignment, requestId } = this.request;
    const slot = this.#answeredBy ?? assignment;
    return {
      requestId,
      route: assignment.route,
      environment: slot.environment,
      version: slot.version.tag,
      fallback: slot.environment !== assignment.environment,
      attempts: this.#attempts,
    };
  }

  /** Milliseconds since the request came in. */
  get latency(): number {
    return this.ledger.clock.elapsed() - this.#startedAt;
  }

  get timeToFirstToken(): number | undefined {
    return this.#firstTokenAt === undefined ? undefined : this.#firstTokenAt - this.#startedAt;
  }

  /** What this usage costs on the model that answered, US dollars. */
  costOf(usage: Usage | undefined): number | undefined {
    return usage && this.#answeredBy && this.ledger.priceOf(this.#answeredBy.version.model, usage);
  }

  /** The request has ended: observe it. */
  close(callerOutcome: Outcome, usage?: Usage): void {
    if (this.#closed) return;
    this.#closed = true;
    const { assignment, requestId } = this.request;
    const slot = this.#answeredBy;
    this.ledger.observe({
      at: this.ledger.clock.now(),
      requestId,
      route: assignment.route,
      environment: assignment.environment,
      version: assignment.version.tag,
      unit: assignment.unit,
      epoch: assignment.epoch,
      segment: assignment.segment,
      outcome: this.#outcomeOfAssigned() ?? callerOutcome,
      callerOutcome,
      answeredBy: slot && { environment: slot.environment, version: slot.version.tag },
      attempts: this.#attempts.length,
      latency: this.latency,
      timeToFirstToken: this.timeToFirstToken,
      usage,
      cost: this.costOf(usage),
    });
  }

  /**
   * Intention to treat: the first failure of the assigned environment, whoever saved the caller. One that counts
   * against it is not hidden by one that does not.
   */
  #outcomeOfAssigned(): Outcome | undefined {
    const { environment } = this.request.assignment;
    const failures = this.#attempts.flatMap((attempt) =>
      attempt.environment === environment && attempt.failure ? [attempt.failure] : [],
    );
    return failures.find(countsAgainstArm) ?? failures[0];
  }
}
