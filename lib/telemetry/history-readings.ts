const SECOND = 1_000;
export const MINUTE = 60_000;
export const QUARTER = 15 * MINUTE;

/** How long each series can be read, milliseconds. It is kept a little longer. */
const SECONDS_FOR = 2 * MINUTE;
export const MINUTES_FOR = 120 * MINUTE;
export const QUARTERS_FOR = 72 * 60 * MINUTE;

/** The series of a version in its slot, by the prefix of their names. Each holds everything, as long as it is kept. */
export const LENGTHS = { 'seconds:': SECOND, 'minutes:': MINUTE, 'quarters:': QUARTER } as const;

/** Slices of one series, from `from` on, up to `to` and without it. */
interface Reading {
  readonly series: keyof typeof LENGTHS;
  readonly from: number;
  readonly to: number;
}

/**
 * Where to read a period, so that every request is read once: both ends to the second if they are recent. Otherwise the
 * period begins with the next full slice, unless nothing is left of it: a deployment is not to be charged with the
 * figures of the one before it. The end includes its slice. All times by the clock that cuts the slices.
 */
export function readings(begin: number, end: number, now: number): Reading[] {
  const cut = down(now - MINUTES_FOR, QUARTER);
  const all: Reading[] = [];
  const read = (series: Reading['series'], from: number, to: number): void => {
    const length = LENGTHS[series];
    if (from < to) all.push({ series, from: Math.floor(from / length), to: Math.ceil(to / length) });
  };
  if (begin < cut) read('quarters:', opening(begin, end, QUARTER), Math.min(end, cut));

  const isRecent = (time: number): boolean => time >= now - SECONDS_FOR;
  const start = Math.max(begin, cut);
  if (start >= end) return all;
  const first = isRecent(start) ? up(start, MINUTE) : opening(start, end, MINUTE);
  read('seconds:', start, Math.min(first, end));
  const last = down(end, MINUTE);
  const endsExactly = isRecent(last) && end <= now;
  read('minutes:', first, endsExactly ? last : end);
  if (endsExactly) read('seconds:', Math.max(first, last), end);
  return all;
}

function opening(begin: number, end: number, length: number): number {
  const next = up(begin, length);
  return next < end ? next : down(begin, length);
}

const up = (time: number, length: number): number => Math.ceil(time / length) * length;
const down = (time: number, length: number): number => Math.floor(time / length) * length;
