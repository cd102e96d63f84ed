import { expect, test } from '@jest/globals';
import { FakeClock } from '../../../test/support/fake-clock.js';
import { OwnEndedSessions, SharedEndedSessions } from './ended-sessions.js';

const HOUR = 3_600_000;

test('Ended sessions are remembered while their cookies would hold, ten thousand at most', async () => {
  const clock = new FakeClock();
  const ended = new OwnEndedSessions(clock);
  for (let n = 0; n < 10_001; n++) await ended.add(`id-${n}`, clock.now() + HOUR);
  expect([await ended.has('id-0'), await ended.has('id-1'), await ended.has('id-10000')]).toEqual([false, true, true]);
  clock.advance(HOUR);
  await ended.add('id-new', clock.now() + HOUR);
  expect([await ended.has('id-10000'), await ended.has('id-new')]).toEqual([false, true]);
});

test('While Redis is away each replica knows its own, and a logout says that others do not know of it', async () => {
  const away = { send: () => Promise.reject(new Error('away')) };
  const ended = new SharedEndedSessions(away, 'p:', new FakeClock());
  await expect(ended.add('id', HOUR)).rejects.toThrow('away');
  expect([await ended.has('id'), await ended.has('other')]).toEqual([true, false]);
});
