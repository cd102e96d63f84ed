import { describe, expect, test } from '@jest/globals';
import { UnitClaims } from './unit-claims.js';

const claim = (unit: number, key = 'green', among = 'failure') => ({ key, among, epoch: 1, unit });

describe('What is counted by units', () => {
  test('counts at once, and until the store has decided on it', () => {
    const claims = new UnitClaims();
    for (const unit of [1, 2]) claims.add(claim(unit));
    claims.add(claim(3, 'blue'));
    expect([claims.countOf('green'), claims.countOf('blue')]).toEqual([2, 1]);
    expect(claims.take(10)).toHaveLength(3);
    claims.add(claim(4));
    expect([claims.countOf('green'), claims.countOf('blue')]).toEqual([3, 1]);
    claims.acknowledge();
    expect([claims.countOf('green'), claims.countOf('blue')]).toEqual([1, 0]);
  });

  test('waits in bounded number, whatever the kinds, and is handed in without moving the rest each time', () => {
    const claims = new UnitClaims();
    for (let kind = 0; kind < 20; kind++) {
      for (let unit = 0; unit < 30_000; unit++) claims.add(claim(unit, `key-${kind}`, `kind-${kind}`));
    }
    const began = performance.now();
    let taken = 0;
    for (let part = claims.take(1_000); part.length > 0; part = claims.take(1_000)) {
      taken += part.length;
      claims.acknowledge();
    }
    expect([taken, claims.isEmpty, claims.hasUnsent]).toEqual([500_000, true, false]);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  test('is handed in in its order, the arms as they came', () => {
    const claims = new UnitClaims();
    for (let unit = 0; unit < 6; unit++) claims.add(claim(unit, unit % 2 ? 'green' : 'blue'));
    expect(claims.take(4).map(({ unit }) => unit)).toEqual([0, 1, 2, 3]);
    expect(claims.hasUnsent).toBe(true);
    claims.acknowledge();
    expect(claims.take(4).map(({ unit }) => unit)).toEqual([4, 5]);
    expect(claims.hasUnsent).toBe(false);
  });

  test('is bounded, both arms together and each kind for itself', () => {
    const claims = new UnitClaims();
    for (let unit = 0; unit < 100_000; unit++) claims.add(claim(unit, unit % 4 ? 'blue' : 'green', 'exposure'));
    expect([claims.countOf('blue'), claims.countOf('green')]).toEqual([49_152, 16_384]);
    claims.add(claim(1, 'green:failures'));
    expect(claims.countOf('green:failures')).toBe(1);
    claims.take(1_000);
    claims.acknowledge();
    claims.add(claim(1, 'late', 'exposure'));
    expect(claims.countOf('late')).toBe(1);
  });
});
