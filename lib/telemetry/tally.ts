import { isFault, isJudged } from '../domain/arbitration.js';
import type { EventCounts, UnitBuckets } from '../domain/figures.js';
import { BUCKETS } from '../kit/second-hash.js';
import { CONSEQUENCES, type FailureClass, type Outcome } from '../domain/outcome.js';
import { UnitEvents } from './event-counts.js';
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
  'requests',
  'bound',
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
  /** Made with the first sample of a unit: most tallies have none. */
  #buckets: ReturnType<typeof emptyBuckets> | undefined;
  #events: UnitEvents | undefined;
  #level = 0;

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

  /** An estimate, once not all of them are counted. */
  get units(): number {
    return this.#sums.units;
  }

  /** @param units that the one which is counted stands for. */
  addUnit(units = 1): void {
    this.#sums.units += units;
  }

  /** Units by their events. */
  get events(): EventCounts[] {
    return this.#events?.read() ?? [];
  }

  /** @param field as `eventField` writes it. */
  addEvent(field: string, units = 1): void {
    (this.#events ??= new UnitEvents()).add(field, units);
  }

  /** One unit of 2^level counts here. */
  get level(): number {
    return this.#level;
  }

  thinned(level: number): void {
    this.#level = Math.max(this.#level, level);
  }

  /** All samples. */
  get samples(): { readonly count: number; readonly sum: number } {
    return { count: this.#sums.samples, sum: this.#sums.sampleSum };
  }

  /** The same by the bucket of their unit, for those that have one. */
  get buckets(): UnitBuckets {
    const { counts, sums } = this.#buckets ?? emptyBuckets();
    return { counts: [...counts], sums: [...sums] };
  }

  /** @param bucket of the unit that it is a sample of; left out where units do not matter. */
  addSample(value: number, bucket?: number): void {
    this.#sums.samples++;
    this.#sums.sampleSum += value;
    if (bucket === undefined) return;
    const { counts, sums } = (this.#buckets ??= emptyBuckets());
    counts[bucket]! += 1;
    sums[bucket]! += value;
  }

  /** Charges a request to its assigned environment. */
  addRequest(ended: Pick<Observation, 'outcome' | 'arbitration' | 'latency' | 'timeToFirstToken' | 'bound'>): void {
    const { outcome, latency, timeToFirstToken } = ended;
    this.#sums.requests++;
    if (ended.bound) this.#sums.bound++;
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
    this.thinned(other.#level);
    if (other.#events) (this.#events ??= new UnitEvents()).merge(other.#events);
    if (!other.#buckets) return;
    const { counts, sums } = (this.#buckets ??= emptyBuckets());
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      counts[bucket]! += other.#buckets.counts[bucket]!;
      sums[bucket]! += other.#buckets.sums[bucket]!;
    }
  }

  /** All counters, as {@link add} takes them. */
  counters(): Counters {
    const counters: Record<string, number> = {};
    for (const name of COUNTED) counters[name] = this.#sums[name];
    for (const [outcome, count] of this.#byClass) counters[`class:${outcome}`] = count;
    for (const [name, value] of this.#latency.counters()) counters[`latency:${name}`] = value;
    for (const [name, value] of this.#firstToken.counters()) counters[`firstToken:${name}`] = value;
    this.#buckets?.counts.forEach((value, bucket) => (counters[`bucketCount:${bucket}`] = value));
    this.#buckets?.sums.forEach((value, bucket) => (counters[`bucketSum:${bucket}`] = value));
    for (const [field, units] of this.#events?.entries() ?? []) counters[`events:${field}`] = units;
    // One value that is not a number would spoil the sum of all replicas.
    return Object.fromEntries(Object.entries(counters).filter(([, value]) => Number.isFinite(value) && value !== 0));
  }

  /** Adds the counters of another tally. Unknown counters, of a newer release, are ignored. */
  add(counters: Counters): void {
    for (const [field, value] of Object.entries(counters)) {
      const [kind, name] = field.split(':', 2) as [string, string | undefined];
      if (name === undefined) {
        if (isCounted(kind)) this.#sums[kind] += value;
        else if (kind === 'level') this.thinned(value);
      } else if (kind === 'latency') this.#latency.add(name, value);
      else if (kind === 'firstToken') this.#firstToken.add(name, value);
      else if (kind === 'events') this.addEvent(name, value);
      else if (kind === 'bucketCount' || kind === 'bucketSum') this.#addBucket(kind, Number(name), value);
      else if (kind === 'class' && isFailureClass(name)) {
        this.#byClass.set(name, (this.#byClass.get(name) ?? 0) + value);
      }
    }
  }

  #addBucket(kind: 'bucketCount' | 'bucketSum', bucket: number, value: number): void {
    const { counts, sums } = (this.#buckets ??= emptyBuckets());
    const of = kind === 'bucketCount' ? counts : sums;
    if (of[bucket] !== undefined) of[bucket] += value;
  }

  summary(): Summary {
    return summaryOf(this.#sums, this.#byClass, { latency: this.#latency, timeToFirstToken: this.#firstToken });
  }
}

function emptyBuckets(): { counts: number[]; sums: number[] } {
  return { counts: zeros(), sums: zeros() };
}

function zeros(): number[] {
  return Array.from({ length: BUCKETS }, () => 0);
}

function isCounted(name: string): name is (typeof COUNTED)[number] {
  return (COUNTED as readonly string[]).includes(name);
}

function isFailureClass(name: string): name is FailureClass {
  return Object.hasOwn(CONSEQUENCES, name);
}
