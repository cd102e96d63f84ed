import { expect, test } from '@jest/globals';
import { systemClock } from './clock.js';

test("the system's clock tells the wall time, and durations apart from it", () => {
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1_000);
  expect(Math.abs(systemClock.elapsed() - performance.now())).toBeLessThan(1_000);
});

test("the system's clock calls back once the time is over, and not when it was called off", async () => {
  const seen: string[] = [];
  const cancel = systemClock.after(1, () => seen.push('called off'));
  cancel();
  await new Promise<void>((resolve) => systemClock.after(2, resolve));
  expect(seen).toEqual([]);
});
