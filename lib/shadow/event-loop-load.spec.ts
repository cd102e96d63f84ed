import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { EventLoopLoad } from './event-loop-load.js';

describe('The load of the event loop', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'performance'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  test('is what was measured over the last second, and nothing before there is a measurement', async () => {
    const load = new EventLoopLoad();
    expect(load.delay).toBe(0);
    // The histogram has timers of its own, which are real: block them and let them fire.
    for (let i = 0; i < 4; i++) {
      const end = performance.now() + 60;
      while (performance.now() < end);
      await new Promise((resolve) => setImmediate(resolve));
    }
    jest.advanceTimersByTime(1_000);
    expect(load.delay).toBeGreaterThan(30);
    jest.advanceTimersByTime(1_000);
    expect(load.delay).toBeLessThan(30);
    load.stop();
  });
});
