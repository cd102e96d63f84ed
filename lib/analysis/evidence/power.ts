import { firstWhere, logGamma } from '../numerics.js';
import { ALTERNATIVES, LOG_MULTIPLES, penaltiesAt } from './multiples.js';

/** Traffic of a step, as observed lately. */
export interface StepTraffic {
  /** Requests in an hour, of both arms. */
  readonly requestsPerHour: number;
  /** Different units among them; as many as requests when nothing is sticky. */
  readonly unitsPerHour: number;
  /** Units that exist at all: returning users. Absent: new ones keep coming. */
  readonly units?: number | undefined;
  /** Chance that a request of the live environment fails, in (0, 1). */
  readonly failureRate: number;
  /** Share of the canary, in (0, 1). */
  readonly weight: number;
}

/** The gate that has to find it. */
export interface GateNeeds {
  readonly alpha: number;
  /** Weight of the comparison in the gate's mixtures, in (0, 1]. Default: {@link JOB_MIXTURE}. */
  readonly mixture?: number | undefined;
  /** Greatest ratio of the canary's failure rate to the live one's that it tolerates. Default 1. */
  readonly limit?: number | undefined;
}

/** The power of a step: figures for a sentence. */
export interface StepPower {
  /** The smallest ratio of failure rates that it finds with the wanted power; `Infinity`: none. */
  readonly detects: number;
  /** Chance that it misses a canary that is `ratio` times worse. */
  readonly misses: number;
  /** Length at which the step finds that one with the wanted power, milliseconds; `Infinity`: it never does. */
  readonly needed: number;
}

const HOUR = 3_600_000;
const POWER = 0.8;
/**
 * The weight that the comparison of all units from the start has among everything that the gate on the error rate
 * mixes: starting points, classes and strata each take a half.
 */
export const JOB_MIXTURE = 1 / 8;
const SHORTEST = 60_000;
const LONGEST = 60 * 24 * HOUR;
const PRECISION = 1_000;
/** Spread of the counts that is looked at, standard deviations. */
const SPREAD = 8;

/** Computes the power of a step of this length, and the length at which it sees a canary `ratio` times worse. */
export function stepPower(
  traffic: StepTraffic,
  gate: GateNeeds,
  duration: number,
  { ratio = 3, power = POWER }: { readonly ratio?: number; readonly power?: number } = {},
): StepPower {
  const found = (times: number, length: number): number => chanceToFind(traffic, gate, length, times);
  const worst = 1 / traffic.failureRate;
  const detects =
    found(worst, duration) < power ? Infinity : firstWhere((r) => found(r, duration) >= power, 1, worst, 0.01);
  return { detects, misses: 1 - found(ratio, duration), needed: lengthFor((length) => found(ratio, length) >= power) };
}

/** The least length of a step at which it holds. Doubles first: great counts take longer to look at. */
function lengthFor(holds: (length: number) => boolean): number {
  for (let length = SHORTEST; length <= LONGEST; length *= 2) {
    if (holds(length)) return firstWhere(holds, 0, length, PRECISION);
  }
  return Infinity;
}

/**
 * Chance that a canary which fails so many times as often has been found at the end of the step. Failing units of
 * both arms are Poisson counts; the evidence rises with those of the canary, so the fewest that suffice are looked
 * for.
 */
export function chanceToFind(traffic: StepTraffic, gate: GateNeeds, duration: number, ratio: number): number {
  const { weight } = traffic;
  const [canary, baseline] = [
    weight * failing(traffic, duration, ratio, ratio),
    (1 - weight) * failing(traffic, duration, 1, ratio),
  ];
  const { alpha, mixture = JOB_MIXTURE, limit = 1 } = gate;
  const enough = Math.log(1 / alpha / mixture);
  const penalties = penaltiesAt((weight * limit) / (weight * limit + 1 - weight));
  // Without an array for each pair of counts: thousands are looked at.
  const isEnough = (c: number, b: number): boolean => {
    let sum = 0;
    for (let j = 0; j < ALTERNATIVES; j++) sum += Math.exp(c * LOG_MULTIPLES[j]! - (c + b) * penalties[j]! - enough);
    return sum >= ALTERNATIVES;
  };
  const tail = new Tail(canary);
  let fewest = tail.from;
  let chance = 0;
  const last = Math.ceil(baseline + widthOf(baseline));
  const first = Math.max(0, Math.floor(baseline - widthOf(baseline)));
  for (let b = first, exactly = poisson(baseline, b); b <= last; b++, exactly *= baseline / b) {
    while (fewest <= tail.to && !isEnough(fewest, b)) fewest++;
    if (fewest > tail.to) break;
    chance += exactly * tail.atLeast(fewest);
  }
  return Math.min(chance, 1);
}

/**
 * Units that would fail at least once since the best starting point, if all were in one arm. Where the same units
 * come again and again, later requests of theirs tell nothing: what each of them is asked is cut where a worse canary
 * has failed most of its own.
 */
function failing(traffic: StepTraffic, duration: number, ratio: number, worse: number): number {
  const { requestsPerHour, unitsPerHour, units = Infinity, failureRate } = traffic;
  const requests = (requestsPerHour * duration) / HOUR;
  if (!(requests > 0 && unitsPerHour > 0)) return 0;
  const inAnHour = Math.max(1, requestsPerHour / unitsPerHour);
  const different = Math.min(requests / inAnHour, units);
  const each = Math.min(requests / different, Math.max(1, 1 / (failureRate * worse)));
  return different * (1 - (1 - Math.min(failureRate * ratio, 1)) ** each);
}

/** Chances that a Poisson count is at least so great. */
class Tail {
  /** Below it is next to nothing, and above `to` as well. */
  readonly from: number;
  readonly to: number;
  readonly #chances: number[] = [];

  constructor(mean: number) {
    this.from = Math.max(0, Math.floor(mean - widthOf(mean)));
    this.to = Math.ceil(mean + widthOf(mean));
    let below = 0;
    for (let n = this.from, exactly = poisson(mean, n); n <= this.to; n++, exactly *= mean / n) {
      this.#chances.push(Math.max(0, 1 - below));
      below += exactly;
    }
  }

  /** @param n from `from` to `to`. */
  atLeast(n: number): number {
    return this.#chances[n - this.from]!;
  }
}

function widthOf(mean: number): number {
  return SPREAD * Math.sqrt(mean) + SPREAD;
}

function poisson(mean: number, n: number): number {
  if (mean <= 0) return n === 0 ? 1 : 0;
  return Math.exp(n * Math.log(mean) - mean - logGamma(n + 1));
}
