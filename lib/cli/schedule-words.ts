import ms from 'ms';
import type { TimedStep } from '../analysis/simulation/simulation.js';
import { duration } from '../validation/duration.js';
import { usage } from './cli-error.js';
import { percent } from './session.js';

/**
 * `5:1h,25:2h,100`: weights in percent with their durations. The last duration is optional.
 *
 * @throws {CliError}
 */
export function parseSteps(text: string): TimedStep[] {
  const words = text.split(',');
  return words.map((word, n) => {
    const [weight = '', time, ...more] = word.trim().split(':');
    if (more.length > 0 || (time === undefined && n < words.length - 1)) {
      throw usage(`"${word}" is not a step.`, 'Write them like --steps 5:1h,25:2h,50:2h,100.');
    }
    return { weight: percent(weight), duration: time === undefined ? 0 : parseTime(time) };
  });
}

/** The inverse of {@link parseSteps}. */
export function stepsInWords(steps: readonly TimedStep[]): string {
  return steps
    .map(({ weight, duration: time }) => (time === 0 ? `${weight}` : `${weight}:${timeInWords(time)}`))
    .join(',');
}

/** In the largest unit that divides it: `1h`, `90m`. */
export function timeInWords(time: number): string {
  const units: readonly (readonly [string, number])[] = [['h', 3_600_000], ['m', 60_000], ['s', 1000]]; // prettier-ignore
  const [unit, size] = units.find(([, length]) => time >= length && time % length === 0) ?? ['ms', 1];
  return `${time / size}${unit}`;
}

/** @throws {CliError} */
export function parseTime(text: string): number {
  const parsed = duration.safeParse(text.trim());
  if (parsed.success && parsed.data > 0 && parsed.data <= ms('365d')) return parsed.data;
  throw usage(`"${text}" is not a time.`, 'Write one like 30m, 4h or 1d, a year at most.');
}

/**
 * `1%` or `0.01`.
 *
 * @throws {CliError}
 */
export function fraction(text: string): number {
  const [, digits, sign] = /^(\d{1,3}(?:\.\d{1,9})?) ?(%?)$/.exec(text.trim()) ?? [];
  const value = digits === undefined ? NaN : Number(digits) / (sign === '%' ? 100 : 1);
  if (value >= 0 && value <= 1) return value;
  throw usage(`"${text}" is not a share.`, 'Write it like 1% or 0.01.');
}

/**
 * A number above 0.
 *
 * @throws {CliError}
 */
export function positive(text: string): number {
  const value = Number(text);
  if (/^\d{1,9}(\.\d{1,6})?$/.test(text) && value > 0) return value;
  throw usage(`"${text}" is not a number above 0.`, 'Write one like 20 or 0.5.');
}
