import { countsAgainstArm, hasVerdict, type Outcome } from '../domain/outcome.js';
import { LogHistogram } from './log-histogram.js';
import type { Observation } from './observation.js';

/** Figures of one environment over some stretch of time. Times in milliseconds, money in US dollars. */
export interface Summary {
  readonly requests: number;
  /** Requests that say something about the environment: successes, and failures of its own. */
  readonly judged: number;
  readonly errors: number;
  readonly errorsByClass: Readonly<Partial<Record<Outcome, number>>>;
  /** Errors over judged requests; `null` without any. */
  readonly errorRate: number | null;
  readonly latency: Distribution;
  readonly timeToFirstToken: Distribution;
  /** Answers whose tokens were counted. */
  readonly answers: number;
  /** All of them, the cached ones included. */
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly cost: number;
  /** Answers whose model has no known price; their cost is missing above. */
  readonly unpriced: number;
  /** Answers by a model that is not the one configured. */
  readonly modelDrift: number;
  /** Over the answers that have a price, as is the next one. */
  readonly costPerToken: number | null;
  readonly costPer1000Requests: number | null;
}

export interface Distribution {
  readonly count: number;
  readonly mean: number | null;
  /** The `p` quantile, `p` in [0, 1]. */
  quantile(p: number): number | null;
}

/** A running sum of observations. Sums of sums are sums: windows, totals and replicas all merge this way. */
export class Tally {
  #requests = 0;
  #judged = 0;
  #errors = 0;
  #inputTokens = 0;
  #cachedInputTokens = 0;
  #outputTokens = 0;
  #cost = 0;
  #pricedTokens = 0;
  #answers = 0;
  #unpriced = 0;
  #modelDrift = 0;
  readonly #byClass = new Map<Outcome, number>();
  readonly #latency = new LogHistogram();
  readonly #firstToken = new LogHistogram();

  /** Charges a request to the environment that was assigned. */
  addRequest({ outcome, latency, timeToFirstToken }: Observation): void {
    this.#requests++;
    if (outcome !== 'ok') this.#byClass.set(outcome, (this.#byClass.get(outcome) ?? 0) + 1);
    if (!hasVerdict(outcome)) return;
    this.#judged++;
    if (countsAgainstArm(outcome)) this.#errors++;
    this.#latency.record(latency);
    if (timeToFirstToken !== undefined) this.#firstToken.record(timeToFirstToken);
  }

  /** Books tokens and money on the environment that answered. */
  addAnswer({ usage, cost, modelDrift }: Observation): void {
    if (modelDrift) this.#modelDrift++;
    if (!usage) return;
    this.#answers++;
    this.#inputTokens += usage.inputTokens;
    this.#cachedInputTokens += usage.cachedInputTokens;
    this.#outputTokens += usage.outputTokens;
    if (cost === undefined) this.#unpriced++;
    else {
      this.#cost += cost;
      this.#pricedTokens += usage.inputTokens + usage.outputTokens;
    }
  }

  merge(other: Tally): void {
    this.#requests += other.#requests;
    this.#judged += other.#judged;
    this.#errors += other.#errors;
    this.#inputTokens += other.#inputTokens;
    this.#cachedInputTokens += other.#cachedInputTokens;
    this.#outputTokens += other.#outputTokens;
    this.#cost += other.#cost;
    this.#pricedTokens += other.#pricedTokens;
    this.#answers += other.#answers;
    this.#unpriced += other.#unpriced;
    this.#modelDrift += other.#modelDrift;
    for (const [outcome, count] of other.#byClass) {
      this.#byClass.set(outcome, (this.#byClass.get(outcome) ?? 0) + count);
    }
    this.#latency.merge(other.#latency);
    this.#firstToken.merge(other.#firstToken);
  }

  summary(): Summary {
    const priced = this.#answers - this.#unpriced;
    return {
      requests: this.#requests,
      judged: this.#judged,
      errors: this.#errors,
      errorsByClass: Object.fromEntries(this.#byClass),
      errorRate: ratio(this.#errors, this.#judged),
      latency: this.#latency,
      timeToFirstToken: this.#firstToken,
      answers: this.#answers,
      inputTokens: this.#inputTokens,
      cachedInputTokens: this.#cachedInputTokens,
      outputTokens: this.#outputTokens,
      cost: this.#cost,
      unpriced: this.#unpriced,
      modelDrift: this.#modelDrift,
      costPerToken: ratio(this.#cost, this.#pricedTokens),
      costPer1000Requests: ratio(this.#cost * 1000, priced),
    };
  }
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
