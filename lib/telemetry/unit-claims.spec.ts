import { describe, expect, test } from '@jest/globals';
import { processorTime } from '../../test/support/processor.js';
import { UnitClaims } from './unit-claims.js';

const claim = (hash: number, key = 'green', among = 'failure') => {
  return { key, field: '-1>0', among, epoch: 1, hash, start: 0, most: 9 };
};
const countOf = (claims: UnitClaims, key: string) => claims.of(key).get('-1>0') ?? 0;

describe('What is counted by units', () => {
  test('counts at once, and until the store has decided on it', () => {
    const claims = new UnitClaims();
    for (const unit of [1, 2]) claims.add(claim(unit));
    claims.add(claim(3, 'blue'));
    expect([countOf(claims, 'green'), countOf(claims, 'blue')]).toEqual([2, 1]);
    expect(claims.take(10)).toHaveLength(3);
    claims.add(claim(4));
    expect([countOf(claims, 'green'), countOf(claims, 'blue')]).toEqual([3, 1]);
    claims.acknowledge();
    expect([countOf(claims, 'green'), countOf(claims, 'blue')]).toEqual([1, 0]);
  });

  test('waits in bounded number, whatever the kinds, and is handed in without moving the rest each time', () => {
    const claims = new UnitClaims();
    for (let kind = 0; kind < 20; kind++) {
      for (let unit = 0; unit < 30_000; unit++) claims.add(claim(unit, `key-${kind}`, `kind-${kind}`));
    }
    let taken = 0;
    const took = processorTime(() => {
      for (let part = claims.take(1_000); part.length > 0; part = claims.take(1_000)) {
        taken += part.length;
        claims.acknowledge();
      }
    });
    expect([taken, claims.isEmpty, claims.hasUnsent]).toEqual([500_000, true, false]);
    expect(took).toBeLessThan(5_000);
  });

  test('is handed in in its order, the arms as they came', () => {
    const claims = new UnitClaims();
    for (let unit = 0; unit < 6; unit++) claims.add(claim(unit, unit % 2 ? 'green' : 'blue'));
    expect(claims.take(4).map(({ hash }) => hash)).toEqual([0, 1, 2, 3]);
    expect(claims.hasUnsent).toBe(true);
    claims.acknowledge();
    expect(claims.take(4).map(({ hash }) => hash)).toEqual([4, 5]);
    expect(claims.hasUnsent).toBe(false);
  });

  test('is told apart by the starting points of events', () => {
    const claims = new UnitClaims();
    for (const field of ['-1>0', '-1>0', '0>3']) claims.add({ ...claim(1), field });
    expect([...claims.of('green')]).toEqual([
      ['-1>0', 2],
      ['0>3', 1],
    ]);
    claims.take(3);
    claims.acknowledge();
    expect([...claims.of('green'), claims.isEmpty]).toEqual([true]);
  });

  test('is bounded, both arms together and each kind for itself', () => {
    const claims = new UnitClaims();
    for (let unit = 0; unit < 100_000; unit++) claims.add(claim(unit, unit % 4 ? 'blue' : 'green', 'exposure'));
    expect([countOf(claims, 'blue'), countOf(claims, 'green')]).toEqual([49_152, 16_384]);
    claims.add(claim(1, 'green:failures'));
    expect(countOf(claims, 'green:failures')).toBe(1);
    claims.take(1_000);
    claims.acknowledge();
    claims.add(claim(1, 'late', 'exposure'));
    expect(countOf(claims, 'late')).toBe(1);
  });
});
