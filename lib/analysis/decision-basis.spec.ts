import type { JsonObject } from '../kit/json.js';
import { describe, expect, test } from '@jest/globals';
import { comparedOf, evidenceOf, gate, rolloutEvidenceOf } from '../../test/support/evidence.js';
import { samplesOf } from '../../test/support/samples.js';
import { planWith } from '../../test/support/history.js';
import { GATES, NOW, readBack } from '../../test/support/recorded.js';
import type { Gate } from '../domain/plan.js';
import { rolloutBasis, seenIn, splitBasis, splitIn, type Seen } from './decision-basis.js';

const samples = samplesOf(0.01, 100);
const both = { canary: samples, baseline: samples };
const failures = comparedOf({ share: 0.25, canary: 30, baseline: 1 });
const arm = evidenceOf({ ok: 70, errors: 30, latency: 200 });
const seen: Seen = {
  evidence: rolloutEvidenceOf(arm, evidenceOf({ ok: 100, latency: 100 }), {
    failures,
    means: { cost: both, judge: both, other: both },
    age: 5,
  }),
  now: NOW,
  circumstances: { unreadable: 1 },
};
const basisOf = (gates: readonly Gate[], of = seen): JsonObject =>
  readBack(rolloutBasis(planWith([25, 100], { gates }), of));
const named = (...names: string[]) => GATES.filter(({ name }) => names.includes(name));
const keysOf = (value: unknown) => Object.keys(value as object);
const quantilesIn = (basis: JsonObject) =>
  keysOf((basis as { canary: { window: { latency: { quantiles: object } } } }).canary.window.latency.quantiles);

describe('The record of what a decision on a rollout was taken on', () => {
  test('keeps means of those whose gates read them, and of nobody else', () => {
    expect(keysOf(basisOf(GATES)['means'])).toEqual(['cost', 'judge']);
    expect(keysOf(basisOf(named('liked', 'errors'))['means'])).toEqual(['judge']);
    expect(keysOf(basisOf(named('errors'))['means'])).toEqual([]);
  });

  test('keeps the quantiles that gates read; a gate on the mean reads none', () => {
    expect(quantilesIn(basisOf(GATES))).toEqual(['0.95', '0.99']);
    expect(quantilesIn(basisOf([gate({ kind: 'latency', quantile: undefined, max: 300 })]))).toEqual([]);
  });

  test('keeps failures of units where a gate compares them, and only there', () => {
    const recorded = { all: [[-1, 0, 0.25, 30, 1]], strata: {} };
    expect(basisOf(named('errors'))['failures']).toEqual(recorded);
    expect(basisOf(GATES)['failures']).toEqual(recorded);
    expect(basisOf(named('p99'))['failures']).toEqual({ all: [], strata: {} });
    expect(seenIn(basisOf(GATES))!.evidence.failures).toEqual(failures);
  });

  test('keeps the figures of mirrors and nothing else of them', () => {
    const shadow = { pairs: 9, compared: 8, failedAlone: 1, meanSimilarity: 0.9, belowThreshold: null };
    const circumstances = { shadow: { ...shadow, answers: ['whatever was said'] } };
    expect(basisOf([], { ...seen, circumstances })['circumstances']).toEqual({ shadow });
    expect(basisOf([])['circumstances']).toEqual({ unreadable: 1 });
  });

  test('takes no more than some kilobytes', () => {
    expect(JSON.stringify(basisOf(GATES)).length).toBeLessThan(2_500);
  });

  test('is read back as it was, but for quantiles that no gate has read', () => {
    const again = seenIn(basisOf(GATES))!;
    expect(again).toMatchObject({ now: NOW, circumstances: { unreadable: 1 }, evidence: { failures, age: 5 } });
    const { latency } = again.evidence.canary.window;
    expect([latency.count, latency.mean, latency.quantile(0.95)]).toEqual([
      arm.window.latency.count,
      arm.window.latency.mean,
      arm.window.latency.quantile(0.95),
    ]);
    expect(latency.quantile(0.5)).toBeNull();
  });
});

test('A record of another form, or of another kind of decision, is none', () => {
  const rollout = basisOf(GATES);
  const split = readBack(
    splitBasis({
      environment: 'green',
      healthCheck: { enabled: true, autoRollback: true },
      canary: arm,
      baseline: arm,
    }),
  );
  expect(seenIn(rollout)).toBeDefined();
  expect(splitIn(split)).toMatchObject({ environment: 'green', canary: { judgedInSegment: 100, failedInSegment: 30 } });
  for (const other of [split, { ...rollout, form: 1 }, {}]) expect(seenIn(other)).toBeUndefined();
  for (const other of [rollout, { ...split, form: 1 }, {}]) expect(splitIn(other)).toBeUndefined();
});
