import { StandstillWatch, type Standstills } from './standstill.js';

/** The source of time. Pass a fake one in tests; see {@link systemClock}. */
export interface Clock {
  /** Wall time, milliseconds since the epoch. */
  now(): number;
  /** Milliseconds since an arbitrary start; never goes back. For durations. */
  elapsed(): number;
  /** Calls `callback` once after `ms` milliseconds; the returned function cancels it. */
  after(ms: number, callback: () => void): () => void;
  /** When this process did not run. Absent: it always does. */
  standstills?(): Standstills;
  /** Milliseconds since an arbitrary start in which this process ran. Absent: `elapsed` less the standstills. */
  running?(): number;
}

/** Milliseconds since an arbitrary start in which this process ran: time in which it stood still does not count. */
export function runningTime(clock: Clock): number {
  return clock.running?.() ?? clock.elapsed() - (clock.standstills?.().ms ?? 0);
}

/** A number in [0, 1), like `Math.random`. */
export type Random = () => number;

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  standstills: () => watched().seen,
  running: () => watched().running,
};

let watch: StandstillWatch | undefined;

function watched(): StandstillWatch {
  return (watch ??= StandstillWatch.started(() => performance.now(), Date.now));
}
