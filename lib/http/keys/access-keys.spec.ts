import { hash } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { processorTime } from '../../../test/support/processor.js';
import { FakeClock } from '../../../test/support/fake-clock.js';
import type { Caller } from '../../domain/access-key.js';
import { AccessKeys } from './access-keys.js';

const GUEST: Caller = { name: 'guest', scopes: ['inference'], environments: [] };
const sent = (key: string, ip = '10.0.0.1') => ({ headers: { 'x-api-key': key }, ip });

let clock: FakeClock;
let asked: string[];
let answer: (key: string) => Promise<Caller | undefined>;
let keys: AccessKeys;

beforeEach(() => {
  [clock, asked] = [new FakeClock(), []];
  answer = (key) => Promise.resolve(key.startsWith('right') ? { ...GUEST, name: key } : undefined);
  keys = new AccessKeys(
    [],
    (key) => {
      asked.push(key);
      return answer(key);
    },
    clock,
  );
});

async function outcomes(count: number, keyOf: (n: number) => string): Promise<Record<string, number>> {
  const all = await Promise.allSettled(Array.from({ length: count }, async (_, n) => keys.callerOf(sent(keyOf(n)))));
  const counts: Record<string, number> = {};
  for (const one of all) {
    const name =
      one.status === 'rejected' ? (one.reason as { code: string }).code : one.value === undefined ? 'wrong' : 'right';
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

describe('Keys that are looked up', () => {
  test('800 guesses at once are no more than 60 guesses', async () => {
    expect(await outcomes(800, (n) => `wrong-${n}`)).toEqual({ wrong: 60, too_many_requests: 740 });
    expect(asked).toHaveLength(60);
  });

  test('800 callers behind one address come in at once: a right key is no guess', async () => {
    expect(await outcomes(800, (n) => `right-${n}`)).toEqual({ right: 800 });
  });

  test('a caller who was looked up comes in, also from an address that guesses', async () => {
    await keys.callerOf(sent('right-1'));
    await outcomes(100, (n) => `wrong-${n}`);
    expect(await keys.callerOf(sent('right-1'))).toMatchObject({ name: 'right-1' });
    await expect(keys.callerOf(sent('right-2'))).rejects.toMatchObject({ code: 'too_many_requests' });
    expect(await keys.callerOf(sent('right-2', '10.0.0.2'))).toMatchObject({ name: 'right-2' });
  });

  test('a look-up that never settles ends after ten seconds, and is no guess', async () => {
    answer = () => new Promise(() => {});
    const caller = keys.callerOf(sent('right-1'));
    await new Promise(setImmediate);
    clock.advance(10_000);
    await expect(caller).rejects.toMatchObject({ code: 'hook_timeout', status: 503 });
  });
});

describe('Keys of the options', () => {
  test('are found among 10,000 without a look at the others', () => {
    const many = Array.from({ length: 10_000 }, (_, n) => ({
      ...GUEST,
      name: `k${n}`,
      key: `key-number-${n}-of-many`,
    }));
    const listed = new AccessKeys(many, undefined, clock);
    const took = processorTime(() => {
      for (let n = 0; n < 10_000; n++) void listed.callerOf(sent(`key-number-${n}-of-many`));
    });
    // One by one this takes ten times as long: 10,000 comparisons for each of 10,000 keys.
    expect(took).toBeLessThan(500);
    expect(listed.callerOf(sent('key-number-7-of-many'))).toMatchObject({ name: 'k7' });
  });

  test('are known by their hash, in letters of either size', () => {
    const upper = hash('sha256', 'a-key-with-a-hash', 'hex').toUpperCase();
    const listed = new AccessKeys([{ ...GUEST, hash: upper }], undefined, clock);
    expect(listed.callerOf(sent('a-key-with-a-hash'))).toMatchObject({ name: 'guest' });
  });
});
