import { expect, test } from '@jest/globals';
import { FakeClock } from '../../test/support/fake-clock.js';
import { SharedLease } from './shared-lease.js';

test('a lease of workers has one holder, which keeps it by asking', async () => {
  const clock = new FakeClock();
  const lease = new SharedLease(4_000, clock);
  const [one, two] = [lease.of(1), lease.of(2)];
  expect([await one.isHeld(), await two.isHeld()]).toEqual([true, false]);
  clock.advance(3_999);
  expect([await one.isHeld(), await two.isHeld()]).toEqual([true, false]);
  clock.advance(4_000);
  expect([await two.isHeld(), await one.isHeld()]).toEqual([true, false]);
});

test('a worker that has died leaves the lease to the next one at once, and only its own', async () => {
  const lease = new SharedLease(4_000, new FakeClock());
  await lease.of(1).isHeld();
  await lease.of(2).release();
  expect(await lease.of(2).isHeld()).toBe(false);
  await lease.of(1).release();
  expect(await lease.of(2).isHeld()).toBe(true);
});
