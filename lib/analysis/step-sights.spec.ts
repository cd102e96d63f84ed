import { describe, expect, test } from '@jest/globals';
import { closed, DEFAULT_ROLLOUT, overlay, parseRollout } from '../schedule/plan-schema.js';
import type { RolloutInput } from '../schedule/rollout-input.js';
import { stepPower } from './evidence/power.js';
import { foresee, LEAST_RATE, type TrafficBefore } from './step-sights.js';

const HOUR = 3_600_000;
const SPLIT = { from: 'blue', to: 'green', weights: { blue: 100, green: 0 } };
const TRAFFIC: TrafficBefore = { requestsPerHour: 7_200, live: { failed: 72, total: 7_200 } };

const seen = (schedule: RolloutInput, traffic = TRAFFIC, split = SPLIT) =>
  foresee({ ...split, plan: closed(overlay(DEFAULT_ROLLOUT, parseRollout(schedule)).plan) }, traffic);

describe('what the steps of a schedule can find', () => {
  test('is computed for each step that compares, at the traffic and the failures of the hour before', () => {
    const { steps, failureRate, requestsPerHour } = seen({ steps: [{ setWeight: 5, duration: '4h' }, { setWeight: 25, duration: '4h' }, { setWeight: 100, duration: 0 }] }); // prettier-ignore
    expect([failureRate, requestsPerHour]).toEqual([0.01, 7_200]);
    expect(steps.map(({ step }) => step)).toEqual([0, 1]);
    const traffic = { requestsPerHour: 7_200, unitsPerHour: 7_200, failureRate: 0.01, weight: 0.25 };
    const { detects, misses, needed } = stepPower(traffic, { alpha: 0.025 }, 4 * HOUR);
    expect(steps[1]).toMatchObject({ detects, misses, needed });
  });

  test('is said in a sentence for each, and those that are too short are warned of', () => {
    const { steps, warnings } = seen({
      steps: [
        { setWeight: 5, duration: '10m' },
        { setWeight: 50, duration: '4h' },
      ],
    });
    expect(steps.map(({ message }) => message)).toEqual([
      'Step 1 (5% for 10 min) would miss a green 3× worse in more than 99% of cases; 2.8 h would find it in 4 of 5.',
      expect.stringMatching(/^Step 2 \(50% for 4\.0 h\) finds a green that fails 1\.\d+× as often\.$/),
    ]);
    expect(warnings).toEqual([`At 7200 requests an hour, of which 1% fail: ${steps[0]!.message}`]);
  });

  test('is little where more is tolerated', () => {
    const strict = seen({ steps: [{ setWeight: 25, duration: '1h' }], gates: [{ kind: 'errorRate', tolerance: 0 }] });
    const lax = seen({ steps: [{ setWeight: 25, duration: '1h' }], gates: [{ kind: 'errorRate', tolerance: 1 }] });
    expect(lax.steps[0]!.misses).toBeGreaterThan(strict.steps[0]!.misses);
  });

  test('is not said by a few requests', () => {
    const { steps, failureRate, warnings } = seen({}, { requestsPerHour: 49, live: { failed: 0, total: 49 } });
    expect([steps, failureRate]).toEqual([[], null]);
    expect(warnings).toEqual(['The route gets 49 requests an hour, and "blue" has answered 49 of late: too few to say what each step can find.']); // prettier-ignore
  });

  test('takes next to no failures for one in a thousand', () => {
    const never = seen({}, { requestsPerHour: 7_200, live: { failed: 0, total: 7_200 } });
    const hardly = seen({}, { requestsPerHour: 7_200, live: { failed: LEAST_RATE * 100_000, total: 100_000 } });
    expect(never.steps.map(({ misses }) => misses)).toEqual(hardly.steps.map(({ misses }) => misses));
  });

  test('counts only the traffic of the two, and the share of the canary in it', () => {
    const third = { from: 'blue', to: 'green', weights: { blue: 50, green: 0, purple: 50 } };
    const [half] = seen({ steps: [{ setWeight: 25, duration: '1h' }] }, TRAFFIC, third).steps;
    const same = { requestsPerHour: 3_600, live: TRAFFIC.live };
    const [alone] = seen({ steps: [{ setWeight: 50, duration: '1h' }] }, same).steps;
    expect(half!.misses).toBe(alone!.misses);
  });

  test('says nothing of a schedule that does not compare errors, and little of a very long one', () => {
    expect(seen({ gates: [] })).toMatchObject({ steps: [], warnings: [] });
    expect(seen({ steps: { increment: 1, interval: '1m' } }).steps).toHaveLength(8);
  });
});
