import { describe, expect, test } from '@jest/globals';
import { FakeClock } from './fake-clock.js';

describe('a clock that stands still', () => {
  test('calls what falls due in its order, and what that leads to as well', () => {
    const clock = new FakeClock();
    const calls: [string, number][] = [];
    const call = (name: string) => () => calls.push([name, clock.elapsed()]);
    clock.after(200, call('second'));
    clock.after(100, () => {
      call('first')();
      clock.after(150, call('third'));
    });
    clock.after(400, call('later'));
    clock.advance(300);
    expect(calls).toEqual([
      ['first', 100],
      ['second', 200],
      ['third', 250],
    ]);
    expect(clock.timers).toBe(1);
  });

  test('has its wall time set without any time passing', () => {
    const clock = new FakeClock(1_000);
    clock.setWall(500);
    expect([clock.now(), clock.elapsed()]).toEqual([500, 0]);
  });
});

describe('a running clock', () => {
  test('calls by itself', async () => {
    const clock = FakeClock.running();
    const before = clock.elapsed();
    await new Promise<void>((resolve) => clock.after(5, resolve));
    expect(clock.elapsed()).toBeGreaterThan(before);
    expect(clock.timers).toBe(0);
  });

  test('can be moved forward, and calls what falls due then, once', async () => {
    const clock = FakeClock.running();
    let calls = 0;
    const started = clock.now();
    clock.after(20, () => calls++);
    const cancel = clock.after(3_600_000, () => calls++);
    clock.advance(30);
    expect(calls).toBe(1);
    expect(clock.now() - started).toBeGreaterThanOrEqual(30);
    cancel();
    clock.advance(7_200_000);
    await new Promise<void>((resolve) => clock.after(25, resolve));
    expect(calls).toBe(1);
  });
});
