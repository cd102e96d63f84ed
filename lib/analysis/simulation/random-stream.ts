import type { Random } from '../../domain/clock.js';

const WARM_UP = 15;

/**
 * One of many independent streams of random numbers that are the same in every run: "small fast counter" (sfc32, 128
 * bits of state, from PractRand by Chris Doty-Humphrey). With a stream for each trial, results do not depend on who
 * runs which.
 */
export function randomStream(seed: number, stream: number): Random {
  let [a, b, c, counter] = [seed | 0, stream | 0, (seed / 2 ** 32) | 0, 1];
  const next: Random = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < WARM_UP; i++) next();
  return next;
}
