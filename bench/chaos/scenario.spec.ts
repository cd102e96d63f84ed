import { describe, expect, test } from '@jest/globals';
import { FAULTS, scenario } from './scenario.js';

const MINUTE = 60_000;

describe('The plan of a run', () => {
  test('is the same for the same seed, and another one for another', () => {
    expect(scenario(7, MINUTE)).toEqual(scenario(7, MINUTE));
    expect(scenario(8, MINUTE)).not.toEqual(scenario(7, MINUTE));
  });

  test('of the first minute is how a longer run begins', () => {
    const short = scenario(7, MINUTE);
    expect(scenario(7, 10 * MINUTE).slice(0, short.length)).toEqual(short);
  });

  test('has every kind of fault within two minutes, none longer than its kind may last', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const faults = scenario(seed, 2 * MINUTE);
      expect(new Set(faults.map(({ name }) => name))).toEqual(new Set(Object.keys(FAULTS)));
      for (const { name, at, lasts } of faults) {
        expect(lasts).toBeLessThanOrEqual(FAULTS[name]);
        expect(at).toBeLessThan(2 * MINUTE);
      }
    }
  });
});
