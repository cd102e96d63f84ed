import { nearest } from '../kit/nearest.js';
import { usage, type CliError } from './cli-error.js';
import { percent } from './session.js';

/** Names that most routes have: which others a route has is known to its server alone. */
const USUAL = ['blue', 'green', 'fallback'];

/**
 * `--blue 100 --green=0`, for any names of environments.
 *
 * @param options the verb's own flags, with their dashes: a mistyped one looks like an environment.
 * @throws {CliError}
 */
export function weightsIn(args: readonly string[], options: readonly string[] = []): Record<string, number> {
  const words = args.flatMap((word) => (/^--[^=]+=/.test(word) ? splitAt(word, word.indexOf('=')) : [word]));
  const weights: Record<string, number> = {};
  for (let index = 0; index < words.length; index += 2) {
    const [flag = '', share] = words.slice(index, index + 2);
    const isShare = share !== undefined && /^[\d.]+$/.test(share);
    if (!isShare) {
      const meant = nearest(flag, [...options, ...USUAL.map((name) => `--${name}`)]);
      if (meant !== undefined && meant !== flag) throw mistyped(flag, meant);
    }
    if (!/^--[a-z][a-z0-9-]{0,31}$/.test(flag) || share === undefined) {
      throw usage(`"${flag}" is not an environment with its share.`, 'Write it like --blue 100 --green 0.');
    }
    weights[flag.slice(2)] = percent(share);
  }
  const sum = Object.values(weights).reduce((total, share) => total + share, 0);
  if (Math.abs(sum - 100) <= 0.01) return weights;
  const unusual = Object.keys(weights).find((name) => !USUAL.includes(name) && nearest(name, USUAL));
  if (unusual !== undefined) throw mistyped(`--${unusual}`, `--${nearest(unusual, USUAL)}`);
  throw usage(`The shares sum to ${round(sum)}, not to 100.`, 'Write it like --blue 100 --green 0.');
}

function mistyped(flag: string, meant: string): CliError {
  return usage(`"${flag}" is neither an option nor an environment.`, `Did you mean ${meant}?`);
}

function splitAt(word: string, at: number): string[] {
  return [word.slice(0, at), word.slice(at + 1)];
}

export function zero(names: readonly string[]): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, 0]));
}

export function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
