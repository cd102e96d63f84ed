import { usage } from './cli-error.js';
import { percent } from './session.js';

/** `--blue 100 --green=0`, for any names of environments. @throws {CliError} */
export function weightsIn(args: readonly string[]): Record<string, number> {
  const words = args.flatMap((word) => (/^--[^=]+=/.test(word) ? splitAt(word, word.indexOf('=')) : [word]));
  const weights: Record<string, number> = {};
  for (let index = 0; index < words.length; index += 2) {
    const [flag = '', share] = words.slice(index, index + 2);
    if (!/^--[a-z][a-z0-9-]{0,31}$/.test(flag) || share === undefined) {
      throw usage(`"${flag}" is not an environment with its share.`, 'Write it like --blue 100 --green 0.');
    }
    weights[flag.slice(2)] = percent(share);
  }
  const sum = Object.values(weights).reduce((total, share) => total + share, 0);
  if (Math.abs(sum - 100) <= 0.01) return weights;
  throw usage(`The shares sum to ${round(sum)}, not to 100.`, 'Write it like --blue 100 --green 0.');
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
