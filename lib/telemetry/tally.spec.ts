import { describe, expect, test } from '@jest/globals';
import { observation } from '../../test/support/observations.js';
import { Tally } from './tally.js';
import type { Observation } from './observation.js';

const USAGE = { inputTokens: 100, outputTokens: 50, cachedInputTokens: 0 };

function tally(...observations: readonly Partial<Observation>[]): Tally {
  const sum = new Tally();
  for (const seen of observations.map(observation)) {
    sum.addRequest(seen);
    sum.addAnswer(seen);
  }
  return sum;
}

describe('a tally', () => {
  test('counts errors over the requests that say something about the environment', () => {
    const { requests, judged, errors, errorRate } = tally(
      { outcome: 'ok' },
      { outcome: 'server_error' },
      { outcome: 'timeout' },
      { outcome: 'ok' },
      { outcome: 'client_abort' },
      { outcome: 'client_error' },
      { outcome: 'content_filter' },
      { outcome: 'rate_limited' },
    ).summary();
    expect({ requests, judged, errors, errorRate }).toEqual({ requests: 8, judged: 4, errors: 2, errorRate: 0.5 });
  });

  test('keeps every class on its own, also those that are no errors', () => {
    const { errorsByClass } = tally({ outcome: 'ok' }, { outcome: 'rate_limited' }, { outcome: 'timeout' }).summary();
    expect(errorsByClass).toEqual({ rate_limited: 1, timeout: 1 });
  });

  test('requests without a verdict leave no time behind: a caller that left says nothing about speed', () => {
    const { latency, timeToFirstToken } = tally(
      { outcome: 'client_abort', latency: 9_000, timeToFirstToken: 1 },
      { latency: 100, timeToFirstToken: 20 },
    ).summary();
    expect([latency.count, latency.mean, timeToFirstToken.count, timeToFirstToken.mean]).toEqual([1, 100, 1, 20]);
  });

  test('without requests every rate is null', () => {
    const { errorRate, costPerToken, costPer1000Requests } = new Tally().summary();
    expect([errorRate, costPerToken, costPer1000Requests]).toEqual([null, null, null]);
  });

  test('cost per token and per 1000 requests', () => {
    const { cost, costPerToken, costPer1000Requests } = tally(
      { usage: USAGE, cost: 0.3 },
      { usage: USAGE, cost: 0.6 },
    ).summary();
    expect(cost).toBeCloseTo(0.9);
    expect(costPerToken).toBeCloseTo(0.003, 9);
    expect(costPer1000Requests).toBeCloseTo(450);
  });

  test('answers that nobody can price make no rate cheaper', () => {
    const { unpriced, costPerToken, costPer1000Requests } = tally(
      { usage: USAGE, cost: 0.3 },
      { usage: USAGE, cost: undefined },
    ).summary();
    expect(unpriced).toBe(1);
    expect(costPerToken).toBeCloseTo(0.002, 9);
    expect(costPer1000Requests).toBeCloseTo(300);
  });

  test('when no answer has a price, the cost per token is unknown, not nothing', () => {
    expect(tally({ usage: USAGE, cost: undefined }).summary().costPerToken).toBeNull();
  });

  test('merging is the same as adding up everything in one', () => {
    const left: Partial<Observation>[] = [{ usage: USAGE, cost: 0.1, timeToFirstToken: 5 }, { outcome: 'timeout' }];
    const right: Partial<Observation>[] = [{ outcome: 'timeout', latency: 7 }, { usage: USAGE }];
    const merged = tally(...left);
    merged.merge(tally(...right));
    expect(merged.summary()).toEqual(tally(...left, ...right).summary());
  });
});
