import type { Random } from '../../lib/kit/clock.js';
import { seededRandom } from '../../test/support/seeded-random.js';

/** The faults, each with its longest time in milliseconds. */
export const FAULTS = {
  'replica killed': 4_000,
  'replica frozen': 6_000,
  'clock jump': 8_000,
  'redis killed': 4_000,
  'redis frozen': 9_000,
  'redis paused': 3_000,
  'scripts flushed': 0,
  'redis slow': 6_000,
  'redis cut': 12_000,
  'redis silent': 12_000,
  'redis deaf': 0,
  'redis failover': 0,
  'redis refuses': 6_000,
  'redis emptied': 8_000,
  'evidence evicted': 0,
  'another app': 0,
  'provider bad': 6_000,
  'provider slow': 6_000,
  'provider cut': 3_000,
  'disk full': 5_000,
} as const;

export type FaultName = keyof typeof FAULTS;

/** One fault of a run, decided beforehand. */
export interface PlannedFault {
  readonly name: FaultName;
  /** Milliseconds behind the begin. */
  readonly at: number;
  /** How long it lasts, milliseconds. */
  readonly lasts: number;
  /** Its target and its force: in [0, 1), for the fault to make of it what it needs. */
  readonly whom: number;
  readonly howHard: number;
}

const SHORTEST = 300;
/** Milliseconds from one fault to the next, on average. */
const EVERY = 2_500;
/** Before the first. */
const QUIET = 2_000;

/** All that goes wrong in a run: drawn like cards, so that even a short run has some of everything. */
export function scenario(seed: number, duration: number): readonly PlannedFault[] {
  const random = seededRandom(seed);
  const faults: PlannedFault[] = [];
  let deck: FaultName[] = [];
  for (let at = QUIET; at < duration; at += EVERY * 2 * random()) {
    if (deck.length === 0) deck = shuffled(Object.keys(FAULTS) as FaultName[], random);
    const name = deck.pop()!;
    const longest = FAULTS[name];
    const lasts = longest === 0 ? 0 : SHORTEST + (longest - SHORTEST) * random();
    faults.push({ name, at, lasts, whom: random(), howHard: random() });
  }
  return faults;
}

function shuffled<T>(all: readonly T[], random: Random): T[] {
  const keyed = all.map((one): [number, T] => [random(), one]);
  return keyed.toSorted(([a], [b]) => a - b).map(([, one]) => one);
}
