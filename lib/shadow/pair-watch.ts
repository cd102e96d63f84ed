import type { Clock } from '../kit/clock.js';
import { similarityOf, type ShadowPair } from '../telemetry/shadow-pair.js';
import { measureOf, type ShadowPolicy } from './shadow-policy.js';

/** A single pair that drifts. */
export interface PairDrift {
  readonly similarity: number | null;
  /** The shadow took too much longer than the caller's answer. */
  readonly late: boolean;
  /** How many more there were since the last one that was reported. */
  readonly untold: number;
}

/** Watches each pair by itself: reports one that drifts, at most once per `pairAlertEvery`. */
export class PairWatch {
  #toldAt: number | undefined;
  #untold = 0;

  constructor(private readonly clock: Clock) {}

  /** `undefined` for a pair that does not drift, or whose turn it is not. */
  add({ comparison }: ShadowPair, policy: ShadowPolicy): PairDrift | undefined {
    const every = policy.pairAlertEvery;
    if (!comparison || every === false) return undefined;
    const similarity = similarityOf(comparison, measureOf(policy));
    const late = comparison.outsideTime === true;
    if (!late && (similarity === null || similarity >= policy.similarityThreshold)) return undefined;
    const now = this.clock.elapsed();
    if (this.#toldAt !== undefined && now - this.#toldAt < every) {
      this.#untold++;
      return undefined;
    }
    const untold = this.#untold;
    this.#toldAt = now;
    this.#untold = 0;
    return { similarity, late, untold };
  }
}
