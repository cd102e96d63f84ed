import { describe, expect, test } from '@jest/globals';
import { Breather } from './breather.js';
import { Turns } from './turns.js';

describe('Turns', () => {
  test('let so many tasks run at once, and the others one for each that ends, failed or not', async () => {
    const turns = new Turns(16);
    let [running, most, ran] = [0, 0, 0];
    const task = async (n: number): Promise<void> => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
      ran++;
      if (n % 3 === 0) throw new Error('failed');
    };
    await Promise.allSettled(Array.from({ length: 1_000 }, (_, n) => turns.take(() => task(n))));
    expect([most, ran, running]).toEqual([16, 1_000, 0]);
  });
});

describe('A breather', () => {
  test('gives others their turn during long work', async () => {
    const breather = new Breather();
    let turns = 0;
    const other = setInterval(() => turns++, 0);
    const ends = performance.now() + 60;
    while (performance.now() < ends) if (breather.isDue) await breather.pause();
    clearInterval(other);
    expect(breather.pauses).toBeGreaterThan(3);
    expect(turns).toBeGreaterThan(0);
  });
});
