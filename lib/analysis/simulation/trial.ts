import type { Random } from '../../domain/clock.js';
import { logFailureEvidence, type SegmentFailures } from '../failure-evidence.js';

/** A stretch of a rollout: so many requests of both arms, with this share of the canary in [0, 1]. */
export interface Stretch {
  readonly share: number;
  readonly requests: number;
}

/** What a gate on the error rate tolerates. */
export interface Tolerance {
  /** Greatest ratio of the canary's failure rate to the baseline's. */
  readonly ratio: number;
  /** Chance of a false alarm. */
  readonly alpha: number;
}

/** What is tried: failure rates as fractions. */
export interface Trial extends Tolerance {
  readonly stretches: readonly Stretch[];
  readonly baselineRate: number;
  readonly canaryRate: number;
}

/**
 * Plays one rollout whose every request is a unit of its own, looked at after each, and says after how many requests of
 * both arms it is reverted; `Infinity` when it is not. Requests that do not fail are skipped over: they change no
 * evidence.
 */
export function playTrial({ stretches, baselineRate, canaryRate, ...tolerance }: Trial, random: Random): number {
  const watch = new EvidenceWatch(tolerance);
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
        if (watch.fails(random() * failing < fromCanary)) return before + at;
      }
    }
    before += requests;
  }
  return Infinity;
}

interface Counts extends SegmentFailures {
  canary: number;
  baseline: number;
}

/**
 * The evidence of a rollout under way, looked at after every failure. What cannot have become enough since the last
 * look is not computed: a failure of the canary adds at most −ln θ0, one of the baseline takes away.
 */
export class EvidenceWatch {
  readonly #segments: Counts[] = [];
  readonly #needed: number;
  #segment: Counts | undefined;
  /** The most that the evidence can be, and that one more failure of the canary can add to it. */
  #atMost = 0;
  #step = 0;

  constructor(private readonly tolerance: Tolerance) {
    this.#needed = -Math.log(tolerance.alpha);
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
