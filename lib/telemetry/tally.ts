import type { Moments } from '../domain/figures.js';
import { isFault, isJudged } from '../domain/arbitration.js';
import { CONSEQUENCES, type FailureClass, type Outcome } from '../domain/outcome.js';
import { LogHistogram } from './log-histogram.js';
import type { Observation } from './observation.js';
import type { ShadowSide } from './shadow-pair.js';
import { summaryOf, type Summary } from './summary.js';

/** A sum as flat counters, for other processes. An absent counter is 0. */
export type Counters = Readonly<Record<string, number>>;

const COUNTED = [
  'verdicts',
  'failures',
  'units',
  'samples',
  'sampleSum',
  'sampleSquares',
  'requests',
  'judged',
  'errors',
  'inputTokens',
  'cachedInputTokens',
  'outputTokens',
  'cost',
  'pricedTokens',
  'answers',
  'unpriced',
  'modelDrift',
] as const;

/** A running sum of observations. Sums of sums are sums: windows, totals and replicas all merge this way. */
export class Tally {
  readonly #sums = Object.fromEntries(COUNTED.map((name) => [name, 0])) as Record<(typeof COUNTED)[number], number>;
  readonly #byClass = new Map<Outcome, number>();
  readonly #latency = new LogHistogram();
  readonly #firstToken = new LogHistogram();

  /** Requests whose verdict is known, ended or not. */
  get verdicts(): number {
    return this.#sums.verdicts;
  }

  /** Verdicts that count against the environment. */
  get failures(): number {
    return this.#sums.failures;
  }

  addVerdict(isFailure: boolean): void {
    this.#sums.verdicts++;
    if (isFailure) this.#sums.failures++;
  }

  get units(): number {
    return this.#sums.units;
  }

  addUnit(): void {
    this.#sums.units++;
  }

  get moments(): Moments {
    return { count: this.#sums.samples, sum: this.#sums.sampleSum, squares: this.#sums.sampleSquares };
  }

  addSample(value: number): void {
    this.#sums.samples++;
    this.#sums.sampleSum += value;
    this.#sums.sampleSquares += value * value;
  }

  /** Charges a request to its assigned environment. */
  addRequest(ended: Pick<Observation, 'outcome' | 'arbitration' | 'latency' | 'timeToFirstToken'>): void {
    const { outcome, latency, timeToFirstToken } = ended;
    this.#sums.requests++;
    if (outcome !== 'ok') this.#byClass.set(outcome, (this.#byClass.get(outcome) ?? 0) + 1);
    if (!isJudged(ended)) return;
    this.#sums.judged++;
    if (isFault(ended)) this.#sums.errors++;
    this.#latency.record(latency);
    if (timeToFirstToken !== undefined) this.#firstToken.record(timeToFirstToken);
  }

  /** Books tokens and money on the environment that answered. */
  addAnswer({ usage, cost, modelDrift }: Observation): void {
    if (modelDrift) this.#sums.modelDrift++;
    if (!usage) return;
    this.#sums.answers++;
    this.#sums.inputTokens += usage.inputTokens;
    this.#sums.cachedInputTokens += usage.cachedInputTokens;
    this.#sums.outputTokens += usage.outputTokens;
    if (cost === undefined) this.#sums.unpriced++;
    else {
      this.#sums.cost += cost;
      this.#sums.pricedTokens += usage.inputTokens + usage.outputTokens;
    }
  }

  /** Adds the times and cost of one of two answers to the same request. */
  addSide({ latency, timeToFirstToken, cost }: ShadowSide): void {
    this.#latency.record(latency);
    if (timeToFirstToken !== undefined) this.#firstToken.record(timeToFirstToken);
    if (cost === undefined) this.#sums.unpriced++;
    else this.#sums.cost += cost;
  }

  merge(other: Tally): void {
    for (const name of COUNTED) this.#sums[name] += other.#sums[name];
    for (const [outcome, count] of other.#byClass) {
      this.#byClass.set(outcome, (this.#byClass.get(outcome) ?? 0) + count);
    }
    this.#latency.merge(other.#latency);
    this.#firstToken.merge(other.#firstToken);
  }

  /** All counters, as {@link add} takes them. */
  counters(): Counters {
    const counters: Record<string, number> = {};
    for (const name of COUNTED) counters[name] = this.#sums[name];
    for (const [outcome, count] of this.#byClass) counters[`class:${outcome}`] = count;
    for (const [name, value] of this.#latency.counters()) counters[`latency:${name}`] = value;
    for (const [name, value] of this.#firstToken.counters()) counters[`firstToken:${name}`] = value;
    // One value that is not a number would spoil the sum of all replicas.
    return Object.fromEntries(Object.entries(counters).filter(([, value]) => Number.isFinite(value) && value !== 0));
  }

  /** Adds the counters of another tally. Unknown counters, of a newer release, are ignored. */
  add(counters: Counters): void {
    for (const [field, value] of Object.entries(counters)) {
      const [kind, name] = field.split(':', 2) as [string, string | undefined];
      if (name === undefined) {
        if (isCounted(kind)) this.#sums[kind] += value;
      } else if (kind === 'latency') this.#latency.add(name, value);
      else if (kind === 'firstToken') this.#firstToken.add(name, value);
      else if (kind === 'class' && isFailureClass(name)) {
        this.#byClass.set(name, (this.#byClass.get(name) ?? 0) + value);
      }
    }
  }

  summary(): Summary {
    return summaryOf(this.#sums, this.#byClass, { latency: this.#latency, timeToFirstToken: this.#firstToken });
  }
}

function isCounted(name: string): name is (typeof COUNTED)[number] {
  return (COUNTED as readonly string[]).includes(name);
}

function isFailureClass(name: string): name is FailureClass {
  return Object.hasOwn(CONSEQUENCES, name);
}
