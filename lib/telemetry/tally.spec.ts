import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { observation } from '../../test/support/observations.js';
import type { Outcome } from '../domain/outcome.js';
import { Tally, type Counters } from './tally.js';
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

const seen: fc.Arbitrary<Partial<Observation>> = fc.record(
  {
    outcome: fc.constantFrom<Outcome>('ok', 'timeout', 'server_error', 'client_abort', 'rate_limited'),
    latency: fc.double({ min: 0, max: 1e6, noNaN: true }),
    timeToFirstToken: fc.double({ min: 0, max: 1e6, noNaN: true }),
    usage: fc.record({ inputTokens: fc.nat(1e6), outputTokens: fc.nat(1e6), cachedInputTokens: fc.constant(0) }),
    cost: fc.double({ min: 0, max: 10, noNaN: true }),
    modelDrift: fc.constant({ expected: 'a', answered: 'b' }),
  },
  { requiredKeys: ['outcome', 'latency'] },
);

/** Counts to the last one; sums of fractions as near as their order lets them be. */
function expectSame(a: Tally, b: Tally): void {
  const [left, right] = [a.counters(), b.counters()];
  expect(Object.keys(left).toSorted()).toEqual(Object.keys(right).toSorted());
  for (const [name, value] of Object.entries(left)) {
    if (Number.isInteger(value) && !/cost|sum/.test(name)) expect([name, right[name]]).toEqual([name, value]);
    else expect(Math.abs(right[name]! - value)).toBeLessThanOrEqual(1e-9 * Math.abs(value));
  }
}

function added(...parts: readonly Tally[]): Tally {
  const sum = new Tally();
  for (const part of parts) sum.add(JSON.parse(JSON.stringify(part.counters())) as Counters);
  return sum;
}

const quantiles = (of: Tally) => [0.5, 0.95].map((p) => of.summary().latency.quantile(p));

describe('counters', () => {
  test('are the whole tally: what is made of them says the same', () => {
    fc.assert(
      fc.property(fc.array(seen, { maxLength: 20 }), (observations) => {
        const original = tally(...observations);
        const copy = added(original);
        expect(copy.counters()).toEqual(original.counters());
        expect(copy.summary()).toEqual(original.summary());
        expect(quantiles(copy)).toEqual(quantiles(original));
      }),
    );
  });

  test('add up to the same in any order and grouping', () => {
    const parts = fc.array(fc.array(seen, { maxLength: 8 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(parts, fc.nat(5), (groups, cut) => {
        const all = tally(...groups.flat());
        const tallies = groups.map((group) => tally(...group));
        expectSame(all, added(...tallies));
        expectSame(all, added(...tallies.toReversed()));
        expectSame(all, added(added(...tallies.slice(0, cut)), added(...tallies.slice(cut))));
      }),
    );
  });

  test('of a newer release, unknown here, are passed over', () => {
    const sum = added(tally({}));
    sum.add({ moods: 3, 'class:bored': 1, 'latency:first': 1, 'latency:99999999': 1, 'colour:red': 1 });
    expect(sum.counters()).toEqual(tally({}).counters());
  });
});

describe('a tally', () => {
  test('counts errors over the requests that say something about the environment', () => {
    const { requests, judged, errors, errorRate } = tally(
      { outcome: 'ok' },
      { outcome: 'server_error' },
      { outcome: 'timeout' },
      { outcome: 'ok' },
      { outcome: 'client_abort' },
      { outcome: 'rejected' },
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

describe('samples of units', () => {
  test('add up by their bucket, here and from other processes', () => {
    const [here, there, sum] = [new Tally(), new Tally(), new Tally()];
    here.addSample(2, 7);
    here.addSample(4, 9);
    there.addSample(6, 7);
    there.addSample(1);
    sum.merge(here);
    sum.add({ ...there.counters(), 'bucketCount:64': 5, 'bucketSum:x': 5 });
    expect([sum.buckets.counts[7], sum.buckets.sums[7], sum.buckets.sums[9]]).toEqual([2, 8, 4]);
    expect(sum.samples).toEqual({ count: 4, sum: 13 });
    expect(sum.buckets.counts).toHaveLength(64);
    expect(new Tally().buckets.counts.every((count) => count === 0)).toBe(true);
  });
});
