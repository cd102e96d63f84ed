import { alphaShares } from '../../lib/analysis/evidence/alpha-shares.js';
import { bucketMeanDifference, emptyBuckets } from '../../lib/analysis/evidence/bucket-means.js';
import { logMeanExp } from '../../lib/analysis/numerics.js';
import { stepPower } from '../../lib/analysis/evidence/power.js';
import { bucketOf, secondHash } from '../../lib/kit/second-hash.js';
import { fixedStrata, strataOf } from '../../lib/domain/strata.js';
import { startAt, type Timetable } from '../../lib/domain/timetable.js';
import { Bound, StratifiedComparison, type Place } from './comparison.js';
import type { Decider, Seen } from './decider.js';
import { FaultWatch } from './fault-watch.js';
import { SHARES } from './play.js';
import { TimeGate } from './time-gate.js';
import type { Ending, World } from './world.js';

const MINUTE = 60_000;
const TOTAL = 0.05;
const TIME_TOLERANCE = 1;
const COST_TOLERANCE = 0.2;
const WINSORISED_AT = 10;
/** Requests of the live environment from which on its rate of failures is known well enough to plan with. */
const FEWEST_SAMPLES = 50;
const FEWEST_UNITS = 10;
/** Between two looks at what a step could find. */
const PLANNING = 5 * MINUTE;

const ALPHAS = alphaShares(TOTAL, [
  { name: 'errors', kind: 'error' },
  ...['wrongAnswers', 'latency', 'firstToken', 'ceiling', 'trip'].map((name) => ({ name, kind: 'other' as const })),
])!;
const needed = (name: string): number => Math.log(1 / ALPHAS.get(name)!);

/** The default plan, out of the product's own formulas. */
export class DefaultPlanDecider implements Decider {
  readonly #timetable: Timetable;
  readonly #strata: readonly string[];
  #state: State;
  #share = 0;
  #segment = 0;
  #since = 0;
  #at = 0;
  #nextPlan = 0;
  /** The gate that reverted it. */
  because = '';

  /** @param detect `holdConditions.detect`: a step lasts until a canary this many times worse would have been found. */
  constructor(
    private readonly world: World,
    private readonly detect?: number,
  ) {
    this.#timetable = { planned: world.stepMinutes * MINUTE * SHARES.length, segments: SHARES.length - 1 };
    this.#strata = fixedStrata(world.attribute !== undefined);
    this.#state = new State(this.#strata);
  }

  begin(share: number, segment: number): void {
    this.#share = share;
    this.#segment = segment;
    this.#since = this.#at;
    this.#state.segment();
  }

  request({ ask, reply, unit, isCanary, liveTakes, clock }: Seen): boolean {
    const start = startAt(this.#timetable, clock, this.#segment);
    const place: Place = { unit, isCanary, start, share: this.#share };
    const { attribute } = this.world;
    const state = this.#state;
    const isFirst = state.sample(isCanary, unit, start);
    const isFault = reply.ending === 'own' || (reply.ending === 'refusal' && isCanary && liveTakes);
    const isTripped = state.faults.count(place, isFault, isFault || reply.ending !== 'refusal', liveTakes);
    // Caches are cold for those who have just moved: the first request of each keyed unit tells nothing about times
    // and cost.
    const isTimed = unit < 0 || !isFirst;
    if (isTimed && reply.ending !== 'refusal') {
      if (state.latency.reverts(place, reply.latency)) return this.#reverts('latency');
      if (ask.streamed && state.firstToken.reverts(place, reply.firstToken)) return this.#reverts('firstToken');
      if (reply.ending !== 'own') state.spend(isCanary, unit, reply.cost);
    }
    if (isTripped) return this.#reverts('trip');
    if (reply.ending === 'ok') return false;
    const { streamed, tools, structured, long } = ask;
    const traits = { streamed, tools, structured, long, ...(attribute && { attribute: ask[attribute] }) };
    return state.compare(reply.ending, place, strataOf(traits)) && this.#reverts(reply.ending);
  }

  tick(at: number): boolean {
    this.#at = at;
    return this.#state.faults.ceiling() === 'canary' && this.#reverts('ceiling');
  }

  mayAdvance(at: number): boolean {
    const state = this.#state;
    if (state.faults.ceiling() !== 'under' || state.isTooDear()) return false;
    if (this.#share >= 1) return true;
    if (!state.hasSamples(FEWEST_SAMPLES, FEWEST_UNITS)) return false;
    if (this.detect === undefined) return true;
    if (at < this.#nextPlan) return false;
    this.#nextPlan = at + PLANNING;
    return state.couldFind(this.detect, this.#share, at - this.#since);
  }

  #reverts(because: string): true {
    this.because = because;
    return true;
  }

  lose(): void {
    this.#state = new State(this.#strata);
  }
}

/** All that is counted. */
class State {
  readonly faults = new FaultWatch(ALPHAS.get('ceiling')!, ALPHAS.get('trip')!);
  readonly latency = new TimeGate(TIME_TOLERANCE, needed('latency'));
  readonly firstToken = new TimeGate(TIME_TOLERANCE, needed('firstToken'));
  readonly #processes: Readonly<Record<Exclude<Ending, 'ok'>, StratifiedComparison>>;
  readonly #errors = new Bound(needed('errors'));
  readonly #wrong = new Bound(needed('wrongAnswers'));
  readonly #costs = { canary: emptyBuckets(), baseline: emptyBuckets() };
  readonly #pooled = { count: 0, sum: 0 };
  /** Keyed units of the segment, with the starting point that they last counted for. */
  #seen = new Map<number, number>();
  #samples = noSamples();
  #failures = { own: 0, refusal: 0, live: 0 };

  constructor(strata: readonly string[]) {
    this.#processes = {
      own: new StratifiedComparison(strata),
      refusal: new StratifiedComparison(strata),
      wrong: new StratifiedComparison(strata),
    };
  }

  segment(): void {
    this.#seen = new Map();
    this.#samples = noSamples();
  }

  /** Takes in a request. Whether it is the first of its unit in the segment. */
  sample(isCanary: boolean, unit: number, start: number): boolean {
    const before = unit < 0 ? undefined : this.#seen.get(unit);
    const isFirst = before === undefined;
    if (unit >= 0) this.#seen.set(unit, start);
    const samples = this.#samples[isCanary ? 'canary' : 'baseline'];
    samples.requests++;
    if (isFirst || start > before) samples.counted++;
    if (isFirst) samples.units++;
    if (!isCanary) this.#failures.live++;
    return isFirst;
  }

  hasSamples(samples: number, units: number): boolean {
    const { canary, baseline } = this.#samples;
    return Math.min(canary.counted, baseline.counted) >= samples && Math.min(canary.units, baseline.units) >= units;
  }

  /** Whether this failure reverts. */
  compare(ending: Exclude<Ending, 'ok'>, place: Place, strata: readonly string[]): boolean {
    if (!place.isCanary && ending !== 'wrong') this.#failures[ending]++;
    if (!this.#processes[ending].count(place, strata) || !place.isCanary) return false;
    const { own, refusal, wrong } = this.#processes;
    if (ending === 'wrong') return this.#wrong.isReached(place.share, () => wrong.read().log);
    return this.#errors.isReached(place.share, () => logMeanExp([own.read().log, refusal.read().log]));
  }

  spend(isCanary: boolean, unit: number, cost: number): void {
    const pooled = this.#pooled;
    const most = pooled.count < FEWEST_SAMPLES ? cost : (WINSORISED_AT * pooled.sum) / pooled.count;
    pooled.count++;
    pooled.sum += cost;
    const bucket = bucketOf(secondHash(unit < 0 ? pooled.count : unit));
    const { counts, sums } = this.#costs[isCanary ? 'canary' : 'baseline'];
    counts[bucket]!++;
    sums[bucket]! += Math.min(cost, most);
  }

  isTooDear(): boolean {
    const found = bucketMeanDifference(this.#costs, ALPHAS.get('wrongAnswers')!);
    if (!found) return false;
    const { counts, sums } = this.#costs.baseline;
    const mean = sums.reduce((a, b) => a + b, 0) / counts.reduce((a, b) => a + b, 0);
    return found.lower > COST_TOLERANCE * mean;
  }

  /** Whether a canary so many times worse would have been found since the step began. */
  couldFind(times: number, weight: number, elapsed: number): boolean {
    const { canary, baseline } = this.#samples;
    const { own, refusal, live } = this.#failures;
    const traffic = {
      requestsPerHour: ((canary.requests + baseline.requests) * 60 * MINUTE) / elapsed,
      unitsPerHour: ((canary.units + baseline.units) * 60 * MINUTE) / elapsed,
      failureRate: Math.max(own, refusal, 1) / Math.max(live, 1),
      weight,
    };
    return stepPower(traffic, { alpha: ALPHAS.get('errors')! }, elapsed, { ratio: times }).misses <= 0.2;
  }
}

function noSamples() {
  const none = { requests: 0, units: 0, counted: 0 };
  return { canary: { ...none }, baseline: { ...none } };
}
