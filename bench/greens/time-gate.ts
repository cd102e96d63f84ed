import { logStartsEvidence } from '../../lib/analysis/evidence/starts.js';
import { timeLimits, type TimeLimits } from '../../lib/analysis/evidence/time-tolerance.js';
import { Bound, Comparison, type Place } from './comparison.js';

const QUANTILE = 0.95;
/** Times of the live environment below which a stretch fixes no limit. */
const FEWEST = 100;
/** Parts of an e-fold that times are counted by. */
const BINS = 50;

/** The default gate on a time: reverts a canary whose p95 is surely more than half as long again as the live one's. */
export class TimeGate {
  readonly #over = new Comparison();
  /** Times of the live environment in the stretch that lasts. */
  #times = new Map<number, number>();
  #count = 0;
  #stretch = 0;
  #limits: TimeLimits | undefined;
  readonly #bound: Bound;

  constructor(
    private readonly tolerance: number,
    needed: number,
  ) {
    this.#bound = new Bound(needed);
  }

  /** Takes in a request. Whether it reverts. */
  reverts(place: Place, ms: number): boolean {
    const { start, isCanary } = place;
    if (start > this.#stretch) this.#nextStretch(start);
    if (!isCanary) {
      const bin = Math.ceil(Math.log(ms) * BINS);
      this.#times.set(bin, (this.#times.get(bin) ?? 0) + 1);
      this.#count++;
    }
    if (!this.#limits || ms <= this.#limits[isCanary ? 'canary' : 'live']) return false;
    return this.#over.count(place) && isCanary && this.#bound.isReached(place.share, () => this.#read());
  }

  #read(): number {
    return logStartsEvidence(this.#over.claims, 1).log;
  }

  #nextStretch(start: number): void {
    this.#stretch = start;
    if (this.#count < FEWEST) return;
    let left = QUANTILE * this.#count;
    for (const [bin, n] of [...this.#times].toSorted(([a], [b]) => a - b)) {
      left -= n;
      if (left > 0) continue;
      this.#limits = timeLimits(Math.exp(bin / BINS), this.tolerance);
      break;
    }
    this.#times = new Map();
    this.#count = 0;
  }
}
