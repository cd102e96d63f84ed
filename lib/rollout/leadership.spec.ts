import { afterEach, expect, jest, test } from '@jest/globals';
import { Leadership } from './leadership.js';
import type { Lease } from './lease.js';

afterEach(() => {
  jest.useRealTimers();
});

/** A lease that says what it is told to. */
class Told implements Lease {
  answer: boolean | Error = false;
  released = 0;

  async isHeld(): Promise<boolean> {
    if (this.answer instanceof Error) throw this.answer;
    return this.answer;
  }

  async release(): Promise<void> {
    this.released++;
  }
}

test('who gains the lease is told once, and again when it was lost between', async () => {
  jest.useFakeTimers();
  const lease = new Told();
  const leadership = new Leadership(lease, 5_000);
  let gained = 0;
  await leadership.start(() => gained++);
  expect([leadership.leads, gained]).toEqual([false, 0]);
  lease.answer = true;
  await jest.advanceTimersByTimeAsync(1_000);
  expect([leadership.leads, gained]).toEqual([true, 1]);
  lease.answer = new Error('away');
  await jest.advanceTimersByTimeAsync(500);
  expect(leadership.leads).toBe(false);
  lease.answer = true;
  await jest.advanceTimersByTimeAsync(500);
  expect([leadership.leads, gained]).toEqual([true, 2]);
  await leadership.stop();
});

test('a replica that ends gives the lease back, if it has it', async () => {
  const [has, hasNot] = [new Told(), new Told()];
  has.answer = true;
  for (const lease of [has, hasNot]) {
    const leadership = new Leadership(lease, 60_000);
    await leadership.start(() => {});
    await leadership.stop();
    expect(leadership.leads).toBe(false);
  }
  expect([has.released, hasNot.released]).toEqual([1, 0]);
});

/** A lease that answers when it is told to, and is taken by then. */
class Slow implements Lease {
  holder: string | undefined;
  answer: () => void = () => {};

  async isHeld(): Promise<boolean> {
    await new Promise<void>((resolve) => (this.answer = resolve));
    this.holder = 'us';
    return true;
  }

  async release(): Promise<void> {
    this.holder = undefined;
  }
}

test('a question that is under way when a replica ends does not take the lease again', async () => {
  jest.useFakeTimers();
  const lease = new Slow();
  const leadership = new Leadership(lease, 5_000);
  let gained = 0;
  const started = leadership.start(() => gained++);
  lease.answer();
  await started;
  await jest.advanceTimersByTimeAsync(500);
  const stopped = leadership.stop();
  expect(leadership.leads).toBe(false);
  lease.answer();
  await stopped;
  expect([lease.holder, gained]).toEqual([undefined, 1]);
});

test('nor does one that is the first', async () => {
  const lease = new Slow();
  const leadership = new Leadership(lease, 5_000);
  let gained = 0;
  const started = leadership.start(() => gained++);
  const stopped = leadership.stop();
  lease.answer();
  await Promise.all([started, stopped]);
  expect([lease.holder, gained]).toEqual([undefined, 0]);
});
