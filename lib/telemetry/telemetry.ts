import { Logger } from '@nestjs/common';
import { systemClock, type Clock } from '../kit/clock.js';
import { isFault, isJudged } from '../domain/arbitration.js';
import { evidenceIn } from '../domain/outcome.js';
import { AgeWatch, type AgeLimit } from './age-watch.js';
import type { Evidence } from './arm.js';
import { ByPlace } from './by-place.js';
import { Figures } from './figures.js';
import { Listeners } from './listeners.js';
import type { Placement, Observation, Observer, Verdict, WatchedCall } from './observation.js';
import { pulseAfter, type Pulse } from './pulse.js';
import { RouteEvidence } from './route-evidence.js';
import { RollingWindow } from './rolling-window.js';
import type { Summary } from './summary.js';
import type { Trial } from './trial.js';

/** Figures of one version in one environment. */
interface VersionFigures {
  /** The series of its total. */
  readonly total: string;
  readonly window: RollingWindow;
  pulse: Pulse | undefined;
}

/**
 * Versions in slots with figures: at least, and per environment. Beyond that the one that was idle longest is
 * forgotten.
 */
const LEAST_PLACES = 4_096;
const PER_ENVIRONMENT = 4;

/**
 * All figures: totals and rolling windows per environment and version, and the evidence of the rollout under way.
 * Sums only; nothing of a request is kept. Where replicas share their figures these are the sums over all of them, the
 * others' as of their last exchange.
 */
export class Telemetry implements Observer {
  readonly #logger = new Logger(Telemetry.name);
  readonly #versions: ByPlace<VersionFigures>;
  #isFull = false;
  readonly #evidence: RouteEvidence;
  /** As many as there are evaluators, at most. */
  readonly #unscorable = new Set<string>();
  readonly #ages: AgeWatch;
  readonly #onOutgrown = new Listeners<Placement>();
  readonly #onVerdict = new Listeners<Verdict>();
  readonly #onObservation = new Listeners<Observation>();

  /**
   * @param windowLength of the rolling windows, milliseconds.
   * @param environments that are configured: the bound follows them.
   */
  constructor(
    private readonly windowLength: number,
    private readonly sums = new Figures(),
    private readonly clock: Clock = systemClock,
    environments = 0,
  ) {
    this.#versions = new ByPlace(
      Math.max(LEAST_PLACES, PER_ENVIRONMENT * environments),
      (route, environment, version) => this.#of(`${route}/${environment}@${version}`),
      ({ total, window }) => {
        this.sums.forget(total);
        this.sums.forget(window.series);
      },
      () => this.#tellFull(),
    );
    this.#evidence = new RouteEvidence(sums, windowLength);
    this.#ages = new AgeWatch(clock, (gate, placement) => this.#outgrew(gate, placement));
  }

  arrives<Placed extends Placement>(placement: Placed): Placed {
    const mayBeCold = this.#evidence.trial(placement)?.arrives(placement, this.clock.now());
    return mayBeCold ? { ...placement, mayBeCold } : placement;
  }

  begin(placement: Placement, isStream: boolean): WatchedCall | undefined {
    this.#evidence.trial(placement)?.exposes(placement);
    return placement.mayBeCold ? undefined : this.#ages.begin(placement, isStream);
  }

  charge(verdict: Verdict): void {
    const { at, route, environment, version, outcome } = verdict;
    const figures = this.#versions.get(route, environment, version);
    figures.pulse = pulseAfter(figures.pulse, verdict);
    const kind = evidenceIn(outcome);
    if (kind !== 'none') this.#evidence.trial(verdict)?.count(kind, verdict, at);
    if (isJudged(verdict)) {
      this.#evidence.arm(verdict)?.charge(verdict);
      this.#evidence.trial(verdict)?.runs.charge(verdict);
    }
    if (isFault(verdict)) this.#evidence.trial(verdict)?.count('fault', verdict, at);
    this.#onVerdict.tell(verdict);
  }

  observe(observation: Observation): void {
    const { at, route, environment, version, answeredBy } = observation;
    const charged = this.#versions.get(route, environment, version);
    this.sums.own(charged.total).addRequest(observation);
    charged.window.tallyAt(at).addRequest(observation);
    this.#evidence.arm(observation)?.add(observation);
    if (isFault(observation)) this.#evidence.trial(observation)?.failed(observation);
    if (observation.cost !== undefined) this.#evidence.trial(observation)?.spent(observation.cost, observation);
    if (answeredBy) {
      const answered = this.#versions.get(route, answeredBy.environment, answeredBy.version);
      this.sums.own(answered.total).addAnswer(observation);
      answered.window.tallyAt(at).addAnswer(observation);
    }
    this.#onObservation.tell(observation);
  }

  /**
   * Calls back for every verdict, as soon as it is known. The returned function ends it. Has to be quick: a request
   * waits for it. Errors of the listener are logged.
   */
  onVerdict(listener: (verdict: Verdict) => void): () => void {
    return this.#onVerdict.add(listener);
  }

  /**
   * The same for every unit that has outgrown an age limit, while its request may still be under way, or that got an
   * answer of no use.
   */
  onOutgrown(listener: (placement: Placement) => void): () => void {
    return this.#onOutgrown.add(listener);
  }

  /** The same for every request when it has ended. */
  onObservation(listener: (observation: Observation) => void): () => void {
    return this.#onObservation.add(listener);
  }

  /** Since its first request. In a fleet a pause of two weeks resets it. */
  total(route: string, environment: string, version: string): Summary {
    return this.sums.read(this.#of(`${route}/${environment}@${version}`).total).summary();
  }

  /** Over the rolling window. */
  recent(route: string, environment: string, version: string, now: number): Summary {
    return this.#of(`${route}/${environment}@${version}`).window.read(now).summary();
  }

  /** How the environment has answered this process lately; `undefined` before its first request. */
  pulse(route: string, environment: string, version: string): Pulse | undefined {
    return this.#versions.peek(route, environment, version)?.pulse;
  }

  /** The evidence on an environment since revision `epoch`, under the weights of `segment`. */
  evidence(route: string, environment: string, epoch: number, segment: number, now: number): Evidence {
    return this.#evidence.read(route, environment, epoch, segment, now);
  }

  /** Sets how old new requests of the route may grow before they are counted; an empty list ends the count. */
  limitAges(route: string, limits: readonly AgeLimit[]): void {
    this.#ages.watch(route, limits);
  }

  ageLimitsOf(route: string): readonly AgeLimit[] {
    return this.#ages.limitsOf(route);
  }

  /** Books an evaluator's score of an answer. */
  score(evaluator: string, placement: Placement, value: number): void {
    if (!placement.offSplit) this.#evidence.trial(placement)?.sample(evaluator, placement, value);
  }

  /** Books a whole answer of no use. */
  wrongAnswer(placement: Placement): void {
    if (this.#evidence.trial(placement)?.count('wrongAnswer', placement, this.clock.now()))
      this.#onOutgrown.tell(placement);
  }

  /** Whether the scores of an evaluator can be relied on. */
  scorable(evaluator: string, isScorable: boolean): void {
    if (isScorable) this.#unscorable.delete(evaluator);
    else this.#unscorable.add(evaluator);
  }

  isScorable(evaluator: string): boolean {
    return !this.#unscorable.has(evaluator);
  }

  /** Names the sums that evidence is in: another name means that earlier ones are lost. */
  get era(): string | undefined {
    return this.sums.era;
  }

  /** The comparison of the route's arms since revision `epoch`. */
  trial(route: string, epoch: number): Trial {
    return this.#evidence.trialSince(route, epoch);
  }

  #tellFull(): void {
    if (!this.#isFull)
      this.#logger.warn('More versions than have room: totals of those that were idle longest start over.');
    this.#isFull = true;
  }

  #outgrew(gate: string, placement: Placement): void {
    if (this.#evidence.trial(placement)?.count(`older:${gate}`, placement, this.clock.now()))
      this.#onOutgrown.tell(placement);
  }

  #of(place: string): VersionFigures {
    const window = new RollingWindow(this.sums, `window:${place}`, this.windowLength);
    return { total: `total:${place}`, window, pulse: undefined };
  }
}
