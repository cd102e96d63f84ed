import { describe, expect, test } from '@jest/globals';
import { pairOf } from '../../test/support/shadow-pairs.js';
import type { Measure } from './shadow-pair.js';
import { ShadowTally } from './shadow-tally.js';

const tallied = (pairs: readonly Parameters<typeof pairOf>[0][], measure: Measure = 'text') => {
  const tally = new ShadowTally(0.85, measure);
  for (const pair of pairs) tally.add(pairOf(pair));
  return tally.summary();
};

const failed = (outcome: 'timeout' | 'server_error') => ({ shadow: { outcome }, comparison: undefined });

describe('The sum of mirrored requests', () => {
  test('of none says nothing rather than zero', () => {
    expect(tallied([])).toMatchObject({
      pairs: 0,
      meanSimilarity: null,
      belowThreshold: null,
      outsideTolerance: null,
      caller: { latency: { p50: null, p95: null } },
    });
  });

  test('counts failures of the shadow by class, and compares only what was answered', () => {
    expect(tallied([{}, failed('timeout'), failed('timeout'), failed('server_error')])).toMatchObject({
      pairs: 4,
      compared: 1,
      failures: { timeout: 2, server_error: 1 },
      meanSimilarity: 1,
    });
  });

  test('has the shares below the threshold and outside the tolerance', () => {
    const pairs = [1, 0.85, 0.8, 0.2].map((textSimilarity, i) => ({
      comparison: { textSimilarity, outsideTolerance: i === 0 },
    }));
    const { meanSimilarity, belowThreshold, outsideTolerance } = tallied(pairs);
    expect(meanSimilarity).toBeCloseTo(0.7125);
    expect([belowThreshold, outsideTolerance]).toEqual([0.5, 0.25]);
  });

  test('counts what is said exactly, and what comes too late, where that is asked for', () => {
    const pairs = [
      { sameText: true },
      { sameText: false, textSimilarity: 0.99, outsideTime: true },
      { sameText: null },
    ];
    const summary = tallied(
      pairs.map((comparison) => ({ comparison: { outsideTime: false, ...comparison } })),
      'exact',
    );
    expect(summary).toMatchObject({ meanSimilarity: 0.5, belowThreshold: 0.5, outsideTime: expect.closeTo(1 / 3) });
    expect(tallied([{}]).outsideTime).toBeNull();
  });

  test('is judged by embeddings where there are some, with the texts beside them', () => {
    const comparison = { textSimilarity: 0.5, embeddingSimilarity: 0.9 };
    expect(tallied([{ comparison }, { comparison: { textSimilarity: 0.5 } }], 'embedding')).toMatchObject({
      meanSimilarity: 0.9,
      meanTextSimilarity: 0.5,
      belowThreshold: 0,
    });
  });

  test('counts what differs in structure', () => {
    const differs = { sameJson: false, sameToolCalls: false, sameFinishReason: false };
    const agrees = { sameJson: true, sameToolCalls: true };
    expect(tallied([{ comparison: differs }, { comparison: agrees }, {}])).toMatchObject({
      jsonMismatches: 1,
      toolCallMismatches: 1,
      finishReasonMismatches: 1,
    });
  });

  test('sets the two sides beside each other over the same requests', () => {
    const pair = { caller: { latency: 100, cost: 0.02 }, shadow: { latency: 300, cost: undefined } };
    const silent = { shadow: { outcome: 'timeout', latency: 60_000 }, comparison: undefined } as const;
    const { caller, shadow } = tallied([pair, pair, silent]);
    expect(caller.cost).toBeCloseTo(0.04);
    expect(shadow).toMatchObject({ cost: 0, unpriced: 2 });
    expect(caller.latency.p95).toBeCloseTo(100, -1);
    expect(shadow.latency.p95).toBeCloseTo(300, -1);
  });
});
