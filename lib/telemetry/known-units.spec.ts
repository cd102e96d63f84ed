import { describe, expect, test } from '@jest/globals';
import { KnownUnits } from './known-units.js';
import type { UnitClaim } from './unit-claims.js';

const claim = (hash: number, more: Partial<UnitClaim> = {}): UnitClaim => ({
  key: 'trial',
  field: 'own',
  among: 'chat:own',
  epoch: 1,
  hash,
  start: 0,
  most: 1_000,
  ...more,
});

describe('units that processes share', () => {
  test('count once for a starting point, and again for a later one', () => {
    const known = new KnownUnits();
    const counted = [0, 0, 3, 1].map((start) => known.claim(claim(7, { start })).counted);
    expect(counted).toEqual([{ 'events:-1>0': 1, units: 1 }, {}, { 'events:0>3': 1 }, {}]);
  });

  test('count again in another epoch, and not in one that is over', () => {
    const known = new KnownUnits();
    const counted = [1, 2, 1].map((epoch) => known.claim(claim(7, { epoch })).counted['units'] ?? 0);
    expect(counted).toEqual([1, 1, 0]);
  });

  test('are thinned when they are too many: half of them stand for two each', () => {
    const known = new KnownUnits();
    let units = 0;
    let level = 0;
    for (let hash = 0; hash < 100; hash++) {
      const answer = known.claim(claim(hash, { most: 20 }));
      units += answer.counted['units'] ?? 0;
      level = answer.level;
    }
    expect(level).toBe(3);
    expect(units).toBeGreaterThan(80);
    expect(units).toBeLessThan(120);
    expect(known.claim(claim(101)).counted).toEqual({});
  });
});
