import { describe, expect, test } from '@jest/globals';
import { samplesOf } from '../../../test/support/samples.js';
import { comparedOf, evidenceOf, rolloutEvidenceOf, type Traffic } from '../../../test/support/evidence.js';
import type { ExceedanceGate } from './exceedance.js';
import type { FailureRatioGate } from './failure-ratio.js';
import type { KnownGate } from './gates.js';
import type { MeanGate } from './mean.js';
import type { ScoreGate } from './score.js';
import type { RolloutEvidence } from '../figures.js';
import { logStartsEvidence } from '../evidence/starts.js';
import { readGate } from './gates.js';

const common = { minSampleSize: 50, role: 'guardrail', onFail: 'rollback', alpha: 0.01 } as const;
const ratio: FailureRatioGate = {
  ...common,
  name: 'errors',
  test: 'failureRatio',
  kind: 'errorRate',
  compare: 'baseline',
  tolerance: 0,
};
const slow: ExceedanceGate = {
  ...common,
  name: 'slow',
  test: 'exceedance',
  kind: 'latency',
  compare: 'baseline',
  quantile: 0.95,
  tolerance: 0.2,
};
const dear: MeanGate = { ...common, name: 'dear', test: 'mean', kind: 'cost', compare: 'baseline', tolerance: 0.1 };
const good: ScoreGate = {
  ...common,
  name: 'good',
  test: 'score',
  kind: 'quality',
  evaluator: 'judge',
  compare: 'absolute',
  min: 0.8,
};

function read(gate: KnownGate, different: Partial<RolloutEvidence>, canary: Traffic = { ok: 100 }, baseline = canary) {
  return readGate(gate, rolloutEvidenceOf(evidenceOf(canary), evidenceOf(baseline), different));
}

const at5 = (canary: number, baseline: number) => ({ failures: comparedOf({ share: 0.05, canary, baseline }) });
const older = (canary: number, baseline: number) => ({
  ages: { slow: { limits: { live: 200, canary: 240 }, claims: comparedOf({ share: 0.25, canary, baseline }).all } },
});
const samples = (mean: number, count = 1_000) => samplesOf(mean, count, 1);
const cost = (canary: number, baseline: number, count?: number) => ({
  means: { cost: { canary: samples(canary, count), baseline: samples(baseline) } },
});
const tight = (mean: number) => samplesOf(mean, 5_000);
const scores = (mean: number) => {
  const arm = samplesOf(mean, 2_000, 0.15 / mean);
  return { means: { judge: { canary: arm, baseline: arm } } };
};

describe('failures against the live environment', () => {
  test('fail the gate as soon as they cannot be chance, with fewer requests than any sample size', () => {
    const result = read(ratio, at5(3, 0), { ok: 1, errors: 3 });
    expect(result).toMatchObject({ verdict: 'fail', evidence: { limit: Math.log(100), alpha: 0.01 } });
    expect(result.evidence!.value).toBeGreaterThan(Math.log(100));
  });

  test('are compared with as much more as is tolerated', () => {
    expect(read({ ...ratio, tolerance: 0.5 }, at5(3, 0))).toMatchObject({ limit: 1.5 });
    expect(read(ratio, at5(3, 0))).toMatchObject({ limit: 1 });
  });

  test('of an outage of both do not: they come as the traffic is split', () => {
    expect(read(ratio, at5(50, 950)).verdict).toBe('pass');
    expect(read(ratio, { failures: comparedOf({ share: 0.5, canary: 500, baseline: 500 }) }).verdict).toBe('pass');
  });

  test('pass only with the requests that are needed in both environments', () => {
    expect(read(ratio, at5(0, 0), { ok: 49 }, { ok: 500 }).verdict).toBe('insufficient');
    expect(read(ratio, at5(0, 0), { ok: 500 }, { ok: 49 }).verdict).toBe('insufficient');
    expect(read(ratio, at5(0, 0), { ok: 50 }).verdict).toBe('pass');
  });

  test('say nothing of how much worse while the live environment never failed, or one of the two has everything', () => {
    expect(read(ratio, at5(2, 0)).observed).toBeNull();
    expect(read(ratio, { failures: comparedOf({ share: 1, canary: 9, baseline: 0 }) })).toMatchObject({
      observed: null,
      outlook: 'green has no share of the traffic that could be compared',
    });
    const mixed = [
      { share: 0.5, canary: 4, baseline: 2 },
      { share: 1, canary: 9, baseline: 0 },
      { share: 0, canary: 0, baseline: 9 },
    ];
    expect(read(ratio, { failures: comparedOf(...mixed) }).observed).toBe(2);
    expect(read(ratio, {}).message).toBe(
      'errors: 0 users failed on green and none on blue while both had traffic: no evidence of more than is tolerated',
    );
  });

  test('that were enough without any of the live environment leave the ratio out of the sentence', () => {
    expect(read(ratio, at5(3, 0)).message).toBe(
      'errors: 3 users failed on green and none on blue, though blue has 95% of the traffic',
    );
  });

  test('say how much worse, and what would change the verdict', () => {
    expect(read(ratio, at5(10, 19)).message).toBe(
      'errors: 10 users failed on green and 19 on blue, though blue has 95% of the traffic: about 10× the rate of blue, and no more is tolerated',
    );
    expect(read(ratio, at5(2, 0)).outlook).toBe('1 more user on green would fail it');
    expect(read(ratio, at5(1, 19)).outlook).toMatch(
      /^\d+ more users in a row on green would fail it; [\d.]+× the rate of blue/,
    );
  });

  test('and refusals are compared each by itself, with half of the weight', () => {
    const [loud, silent] = [at5(3, 0).failures, at5(0, 0).failures];
    const refused = read(ratio, { refusals: loud });
    expect(refused).toMatchObject({
      verdict: 'fail',
      message: 'errors: 3 users were refused by green and none by blue, though blue has 95% of the traffic',
    });
    expect(read(ratio, { refusals: at5(1, 0).failures }).message).toContain('1 user was refused by green and none');
    const alone = logStartsEvidence(loud.all, 1).log;
    expect(refused.evidence!.value).toBeCloseTo(alone - Math.LN2 + Math.log1p(Math.exp(-alone)), 9);
    expect(read(ratio, { refusals: silent, failures: loud }).evidence).toEqual(refused.evidence);
    // Many refusals of both do not hide a canary that fails alone, and the outlook counts what they cost.
    const both = { refusals: comparedOf({ share: 0.05, canary: 100, baseline: 1_900 }) };
    expect(read(ratio, { ...both, failures: loud }).message).toContain('3 users failed on green and none on blue');
    expect(read(ratio, { ...both, failures: at5(1, 0).failures }).outlook).toBe(
      '2 more users in a row on green would fail it',
    );
  });

  test('of a part of the traffic are found where all of it hides them, and the sentence names the part', () => {
    const all = comparedOf({ share: 0.25, canary: 20, baseline: 45 }).all;
    const strata = { tools: comparedOf({ share: 0.25, canary: 12, baseline: 1 }).all };
    const names = ['streamed', 'tools', 'structured', 'long'];
    expect(read(ratio, { failures: { all, strata: {} } }).verdict).toBe('pass');
    const result = read(ratio, { failures: { all, strata }, strata: names });
    expect(result).toMatchObject({
      verdict: 'fail',
      message:
        'errors: among requests with tools 12 users failed on green and 1 on blue, though blue has 75% of the traffic: about 36× the rate of blue, and no more is tolerated',
    });
    // ½ E_all + ½ mean E_s, and half of the weight for refusals.
    const [whole, part] = [all, strata.tools].map((claims) => Math.exp(logStartsEvidence(claims, 1).log));
    const mixed = whole! / 2 + (part! + 3) / 8;
    expect(result.evidence!.value).toBeCloseTo(Math.log((mixed + 1) / 2), 9);
    // A plan that did not fix the part beforehand does not hear of it.
    expect(read(ratio, { failures: { all, strata }, strata: ['streamed'] }).verdict).toBe('pass');
  });

  test('add up over the stages of a schedule', () => {
    const two = [
      { share: 0.05, canary: 2, baseline: 1 },
      { share: 0.25, canary: 5, baseline: 1 },
    ];
    expect(read(ratio, { failures: comparedOf(...two.slice(1)) }).verdict).toBe('pass');
    expect(read(ratio, { failures: comparedOf(...two) }).verdict).toBe('fail');
  });
});

describe('ages', () => {
  test('fail the gate when the canary grows old more often', () => {
    expect(read(slow, older(20, 10))).toMatchObject({ verdict: 'fail', observed: 6 });
    expect(read(slow, older(20, 10)).message).toBe(
      'slow: 20 users waited longer than 240 ms on green and 10 longer than 200 ms on blue, though blue has 75% of the traffic: about 6× the rate of blue, and 20% more than the p95 of 200 ms is tolerated',
    );
    expect(read(slow, older(10, 30)).verdict).toBe('pass');
  });

  test('say nothing before the live environment has said what is usual', () => {
    const seen = { ok: 100, latency: 9 };
    expect(read(slow, {}, seen)).toMatchObject({ verdict: 'insufficient', limit: 1, sample: { canary: 100 } });
    expect(read(slow, { ages: { slow: { limits: undefined, claims: [] } } }, seen).observed).toBeNull();
  });

  test('still count what grew old while the limit is being found again', () => {
    const claims = comparedOf({ share: 0.25, canary: 20, baseline: 10 }).all;
    const result = read(slow, { ages: { slow: { limits: undefined, claims } } });
    expect(result).toMatchObject({ verdict: 'fail', message: expect.stringContaining('waited longer than the limit') });
  });

  test('of first tokens count streams', () => {
    const first: ExceedanceGate = { ...slow, kind: 'timeToFirstToken' };
    const streams = { ok: 100, timeToFirstToken: 5 };
    expect(read(first, older(0, 0), streams, { ok: 100 }).sample).toEqual({ canary: 100, baseline: 0 });
  });
});

describe('means', () => {
  test('fail the gate when the canary is surely dearer than is tolerated', () => {
    expect(read(dear, cost(0.012, 0.01, 100_000)).verdict).toBe('pass');
    const evidence = { means: { cost: { canary: tight(0.012), baseline: tight(0.01) } } };
    expect(read(dear, evidence).verdict).toBe('fail');
    expect(read(dear, evidence).message).toContain('surely more than 10% higher');
  });

  test('need samples on both sides', () => {
    expect(read(dear, cost(0.02, 0.01, 49)).verdict).toBe('insufficient');
    expect(read(dear, {}).verdict).toBe('insufficient');
  });

  test('of scores: surely below the minimum fails, around it does not', () => {
    expect(read(good, scores(0.7)).verdict).toBe('fail');
    expect(read(good, scores(0.79)).verdict).toBe('pass');
  });
});

test('a gate with an initial delay is not read before', () => {
  const late = { ...ratio, initialDelay: 60_000 };
  const failures = comparedOf({ share: 0.05, canary: 30, baseline: 0 });
  expect(read(late, { failures, age: 59_000 })).toMatchObject({
    verdict: 'insufficient',
    observed: null,
    limit: 0,
    sample: { canary: 0, baseline: 0 },
    message: 'errors: is not read for another 1 s',
  });
  expect(read({ ...ratio, initialDelay: 1_500 }, {})).toMatchObject({
    limit: 0,
    message: 'errors: is not read for another 2 s',
  });
  expect(read({ ...good, initialDelay: 1 }, {}).limit).toBe(0.8);
  expect(read(late, { failures, age: 60_000 }).verdict).toBe('fail');
});
