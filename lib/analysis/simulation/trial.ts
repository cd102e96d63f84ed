import type { Random } from '../../kit/clock.js';
import { logFailureEvidence, type SegmentFailures } from '../failure-evidence.js';

/** A stretch of a rollout: so many requests of both arms, with this share of the canary in [0, 1]. */
export interface Stretch {
  readonly share: number;
  readonly requests: number;
}

/** The tolerance of a gate on the error rate. */
export interface Tolerance {
  /** Greatest ratio of the canary's failure rate to the baseline's. */
  readonly ratio: number;
  /** Chance of a false alarm. */
  readonly alpha: number;
  /** Weight of the comparison among everything that the gate mixes, in (0, 1]. Default 1: it stands alone. */
  readonly mixture?: number | undefined;
}

/** The callers. */
export interface Callers {
  /** Users who come back again and again. Default: each request is another user's. */
  readonly users?: number | undefined;
  /** How often a client asks again after a failure. Default 0. */
  readonly retries?: number | undefined;
}

/** A rollout to simulate. Failure rates are fractions. */
export interface SimulatedRollout extends Tolerance, Callers {
  readonly stretches: readonly Stretch[];
  readonly baselineRate: number;
  readonly canaryRate: number;
}

/**
 * Plays one rollout and returns after how many requests of both arms it is reverted; `Infinity` when it is not. A user
 * counts once, at the first failure, and the evidence is read after each. Requests that do not fail are skipped: they
 * change no evidence.
 */
export function playTrial(
  { stretches, baselineRate, canaryRate, users = Infinity, retries = 0, ...tolerance }: SimulatedRollout,
  random: Random,
): number {
  const watch = new EvidenceWatch(tolerance);
  const failed = new FailedUsers(users, random);
  let before = 0;
  for (const { share, requests } of stretches) {
    const fromCanary = share * canaryRate;
    const failing = fromCanary + (1 - share) * baselineRate;
    const logPasses = Math.log1p(-failing);
    watch.begin(share);
    if (failing > 0 && share > 0 && share < 1) {
      // How many requests until the next failure is geometric.
      const gap = (): number => 1 + Math.floor(Math.log1p(-random()) / logPasses);
      for (let at = gap(); at <= requests; at += gap()) {
        const isCanary = random() * failing < fromCanary;
        if (failed.isNew(isCanary, share) && watch.fails(isCanary)) return before + at;
        // The client asks again: requests of the same user, which fail as often and tell nothing new.
        const rate = isCanary ? canaryRate : baselineRate;
        for (let n = 0, again = true; n < retries && again; n++, at++) again = random() < rate;
      }
    }
    before += requests;
  }
  return Infinity;
}

/** Users who have failed. Users who move to the canary when its share rises were among the first of the others. */
class FailedUsers {
  readonly #known = new Set<number>();

  constructor(
    private readonly users: number,
    private readonly random: Random,
  ) {}

  /** A request of one of the users of that arm fails. Whether it is the user's first. */
  isNew(isCanary: boolean, share: number): boolean {
    const { users } = this;
    if (users === Infinity) return true;
    const place = isCanary ? this.random() * share : share + this.random() * (1 - share);
    const user = Math.floor(place * users);
    if (this.#known.has(user)) return false;
    this.#known.add(user);
    return true;
  }
}

interface Counts extends SegmentFailures {
  canary: number;
  baseline: number;
}

/**
 * The evidence of a running rollout, read after every failure. It is computed only when it can be enough: a failure of
 * the canary adds at most −ln θ0, and a failure of the baseline reduces it.
 */
export class EvidenceWatch {
  readonly #segments: Counts[] = [];
  readonly #needed: number;
  #segment: Counts | undefined;
  /** Upper bounds: of the evidence, and of what one more failure of the canary adds. */
  #atMost = 0;
  #step = 0;

  constructor(private readonly tolerance: Tolerance) {
    this.#needed = -Math.log(tolerance.alpha * (tolerance.mixture ?? 1));
  }

  /** From here on the canary has this share, in [0, 1]. */
  begin(share: number): void {
    this.#segment = { share, canary: 0, baseline: 0 };
    this.#segments.push(this.#segment);
    const { ratio } = this.tolerance;
    this.#step = Math.log1p((1 - share) / (share * ratio));
  }

  /** A unit failed for the first time, in one of the two arms. @returns whether the evidence is enough. */
  fails(isCanary: boolean): boolean {
    const segment = this.#segment;
    if (!segment) return false;
    if (!isCanary) {
      segment.baseline++;
      return false;
    }
    segment.canary++;
    this.#atMost += this.#step;
    if (this.#atMost < this.#needed) return false;
    this.#atMost = logFailureEvidence(this.#segments, this.tolerance.ratio);
    return this.#atMost >= this.#needed;
  }
}
