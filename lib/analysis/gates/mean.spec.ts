import { describe, expect, test } from '@jest/globals';
import { evidenceOf, rolloutEvidenceOf } from '../../../test/support/evidence.js';
import type { MeanEvidence } from '../figures.js';
import { mean, type MeanGate } from './mean.js';
import { score, type ScoreGate } from './score.js';
import { samplesOf } from '../../../test/support/samples.js';
import { unitMean, unitMeanDifference, type UnitMean } from '../evidence/bucket-means.js';

const common = { minSampleSize: 100, role: 'guardrail', onFail: 'rollback', alpha: 0.01 } as const;
const dear: MeanGate = { ...common, name: 'dear', test: 'mean', kind: 'cost', compare: 'baseline', tolerance: 0.1 };
const judged: MeanGate = { ...dear, name: 'judged', kind: 'quality', evaluator: 'judge', tolerance: 0.05 };
const good: ScoreGate = {
  ...common,
  name: 'good',
  test: 'score',
  kind: 'quality',
  evaluator: 'judge',
  compare: 'absolute',
  min: 0.8,
};

const arm = (value: number, count: number): UnitMean => samplesOf(value, count);
const evidence = (means: Record<string, MeanEvidence>) => rolloutEvidenceOf(evidenceOf({}), evidenceOf({}), { means });
const both = (canary: UnitMean, baseline: UnitMean): MeanEvidence => ({ canary, baseline });

const costs = (canary: UnitMean, baseline: UnitMean) => mean.read(dear, evidence({ cost: both(canary, baseline) }));
const scored = (canary: UnitMean, baseline: UnitMean) => mean.read(judged, evidence({ judge: both(canary, baseline) }));
const scoreOf = (canary: UnitMean, baseline = arm(0.9, 7)) =>
  score.read(good, evidence({ judge: both(canary, baseline) }));

describe('A mean that is compared', () => {
  test('of costs may be more by a fraction: it says which, of how many, and what would have been found', () => {
    const [canary, baseline] = [arm(0.0105, 4_000), arm(0.01, 40_000)];
    const { difference, upper } = unitMeanDifference({ canary, baseline }, 0.01)!;
    const result = costs(canary, baseline);
    expect(result).toMatchObject({ gate: 'dear', verdict: 'pass', sample: { canary: 4_000, baseline: 40_000 } });
    expect(result.observed).toBeCloseTo(0.0005, 12);
    expect(result.limit).toBeCloseTo(0.001, 12);
    expect(result.message).toMatch(
      /^dear: mean cost is \$0\.0105 on green and \$0\.01 on blue, give or take \$0\.000\d+$/,
    );
    const found = Number(/^a difference of \$(\S+) /.exec(result.outlook!)![1]);
    expect(found).toBeCloseTo(0.001 + upper - difference, 5);
  });

  test('fails when it is surely worse, not when it only seems so', () => {
    expect(costs(arm(0.012, 40_000), arm(0.01, 40_000)).verdict).toBe('fail');
    expect(costs(arm(0.0112, 100), arm(0.01, 100)).verdict).toBe('pass');
    expect(costs(arm(0.008, 40_000), arm(0.01, 40_000)).verdict).toBe('pass');
  });

  test('of scores may be less by some points', () => {
    expect(scored(arm(0.7, 4_000), arm(0.8, 4_000))).toMatchObject({
      verdict: 'fail',
      limit: 0.05,
      observed: expect.closeTo(0.1, 9),
      message: expect.stringMatching(/^judged: mean score of judge is 0\.7 on green and 0\.8 on blue, give or take \S+: surely more than 0\.05 lower$/), // prettier-ignore
    });
    expect(scored(arm(0.9, 4_000), arm(0.8, 4_000)).verdict).toBe('pass');
  });

  test.each([
    ['in the canary', arm(0.01, 99), arm(0.01, 500)],
    ['in the live environment', arm(0.01, 500), arm(0.01, 99)],
  ])('with one sample too few %s says how many, and what it saw', (_where, canary, baseline) => {
    expect(costs(canary, baseline)).toMatchObject({
      verdict: 'insufficient',
      observed: expect.closeTo(0, 12),
      message: 'dear: 99 of the 100 samples it needs',
    });
    expect(costs(arm(0.01, 100), arm(0.01, 100)).verdict).toBe('pass');
  });

  test('says nothing below fifty samples, however few are asked for', () => {
    const few = { ...dear, minSampleSize: 10 };
    const seen = evidence({ cost: both(arm(0.02, 49), arm(0.01, 80)) });
    expect(mean.read(few, seen)).toMatchObject({
      gate: 'dear',
      verdict: 'insufficient',
      observed: null,
      sample: { canary: 49, baseline: 80 },
      message: 'dear: 49 of the 50 samples it needs',
    });
    expect(mean.read(dear, evidence({}))).toMatchObject({ sample: { canary: 0, baseline: 0 }, limit: 0.1 });
  });

  test('is not decided by one user, however many requests they make, and says what helps', () => {
    // One user in bucket 7 has a tenth of the traffic, and is 4.5 times as dear.
    const counts = Array.from({ length: 64 }, (_, bucket) => (bucket === 7 ? 500 : 62));
    const sums = counts.map((n, bucket) => (bucket === 7 ? 62 * 0.01 + 438 * 0.045 : n * 0.01));
    const heavy = unitMean({ counts, sums });
    expect(heavy.mean).toBeGreaterThan(0.013);
    expect(costs(heavy, arm(0.01, 40_000)).verdict).toBe('pass');
    expect(costs({ ...arm(0.02, 4_000), buckets: 29 }, arm(0.01, 4_000))).toMatchObject({
      verdict: 'insufficient',
      message: expect.stringMatching(/of too few users, .*: split by a key with more variety/),
    });
  });

  test('that asks for less says that it is not', () => {
    const cheaper = { ...dear, tolerance: -0.2 };
    const seen = evidence({ cost: both(arm(0.01, 40_000), arm(0.01, 40_000)) });
    expect(mean.read(cheaper, seen).message).toMatch(/: surely not 20% cheaper$/);
    expect(costs(arm(0.012, 40_000), arm(0.01, 40_000)).message).toMatch(/: surely more than 10% higher$/);
  });

  test('is an error, not a failure, while its evaluator fails', () => {
    const broken = { ...both(arm(0.1, 4_000), arm(0.9, 4_000)), unreadable: true as const };
    const expected = {
      verdict: 'error',
      observed: null,
      limit: 0.05,
      message: 'judged: cannot be read, its evaluator fails',
    };
    expect(mean.read(judged, evidence({ judge: broken }))).toMatchObject(expected);
    expect(score.read(good, evidence({ judge: broken }))).toMatchObject({ verdict: 'error', limit: 0.8 });
  });
});

describe('A score with a minimum', () => {
  test('fails when it is surely below, and passes while it may be above', () => {
    expect(scoreOf(arm(0.7, 4_000))).toMatchObject({
      gate: 'good',
      verdict: 'fail',
      observed: expect.closeTo(0.7, 9),
      limit: 0.8,
      sample: { canary: 4_000, baseline: 7 },
      message: expect.stringMatching(/^good: mean score of judge is 0\.7, give or take 0\.00\d+: surely below 0\.8$/),
    });
    expect(scoreOf(arm(0.799, 4_000))).toMatchObject({
      verdict: 'pass',
      message: expect.stringMatching(
        /^good: mean score of judge is 0\.799, give or take 0\.00\d+: not surely below 0\.8$/,
      ),
    });
    expect(scoreOf(arm(0.9, 100)).verdict).toBe('pass');
  });

  test('with too few samples says how many, whatever the live environment has', () => {
    const message = 'good: 99 of the 100 samples it needs';
    expect(scoreOf(arm(0.9, 99))).toMatchObject({ verdict: 'insufficient', observed: expect.closeTo(0.9, 9), message });
    expect(scoreOf(arm(0.9, 40))).toMatchObject({ verdict: 'insufficient', observed: null });
    expect(score.read(good, evidence({}))).toMatchObject({ sample: { canary: 0, baseline: 0 }, observed: null });
  });

  test('fails with fewer samples than are needed to pass', () => {
    expect(scoreOf(arm(0.3, 60)).verdict).toBe('fail');
  });
});
