import { samplesOf } from '../../../test/support/samples.js';
import { describe, expect, test } from '@jest/globals';
import { evidenceOf, gate, summaryOf, type Traffic } from '../../../test/support/evidence.js';
import { threshold, type ThresholdGate } from './threshold.js';

function read(different: Partial<ThresholdGate>, canary: Traffic, baseline: Traffic = {}) {
  return threshold.read(gate(different), { canary: evidenceOf(canary), baseline: evidenceOf(baseline) });
}

describe('a gate with a plain limit', () => {
  test('passes at its limit and fails just over it', () => {
    expect(read({ max: 0.05 }, { ok: 95, errors: 5 })).toMatchObject({ verdict: 'pass', observed: 0.05, limit: 0.05 });
    expect(read({ max: 0.05 }, { ok: 94, errors: 6 })).toMatchObject({ verdict: 'fail', observed: 0.06 });
  });

  test('says in one sentence what it saw', () => {
    expect(read({ max: 0.05 }, { ok: 94, errors: 6 }).message).toBe(
      'errors: the canary failed 6% of 100 requests, over the limit of 5%',
    );
    expect(read({ max: 0.05 }, { ok: 99, errors: 1 }).message).toBe(
      'errors: the canary failed 1% of 100 requests, within the limit of 5%',
    );
    const latency = { name: 'slow', kind: 'latency' as const, quantile: 0.99, max: 200 };
    expect(read(latency, { ok: 60, latency: 300 }).message).toMatch(
      /^slow: p99 latency is \d+ ms on the canary \(60 requests\), over the limit of 200 ms$/,
    );
    const mean = { name: 'slow', kind: 'latency' as const, max: 200 };
    expect(read(mean, { ok: 60, latency: 300 }).message).toBe(
      'slow: mean latency is 300 ms on the canary (60 requests), over the limit of 200 ms',
    );
    const first = { name: 'first', kind: 'timeToFirstToken' as const, max: 200 };
    expect(read(first, { ok: 60, timeToFirstToken: 50.4 }).message).toBe(
      'first: mean time to first token is 50 ms on the canary (60 requests), within the limit of 200 ms',
    );
  });

  test('says of whom, and what would change it', () => {
    const names = { canary: 'green', baseline: 'blue' };
    const saw = (different: Partial<ThresholdGate>, canary: Traffic, baseline: Traffic) =>
      threshold.read(gate(different), { canary: evidenceOf(canary), baseline: evidenceOf(baseline), names });
    const fine = saw({ max: 0.05 }, { ok: 98, errors: 2 }, { ok: 1_881, errors: 19 });
    expect(fine).toMatchObject({
      message: 'errors: green failed 2% of 100 requests, within the limit of 5%; blue failed 1% of 1900 requests',
      outlook: '4 more failures in a row would fail it',
    });
    expect(saw({ max: 0.05 }, { ok: 98, errors: 6 }, {}).verdict).toBe('fail');
    expect(saw({ max: 0.05 }, { ok: 90, errors: 10 }, {}).outlook).toBe('it passes again at 5% or less');
    const slower = { name: 'slow', kind: 'latency' as const, max: 200, compare: 'baseline' as const };
    expect(saw(slower, { ok: 60, latency: 300 }, { ok: 90, latency: 250 })).toMatchObject({
      message:
        'slow: mean latency is 300 ms on green (60 requests) and 250 ms on blue (90 requests): 50 ms more, within the limit of 200 ms',
      outlook: 'it fails above 200 ms more than blue',
    });
  });

  test('says nothing with one request too few, however bad they are', () => {
    expect(read({}, { errors: 49 })).toMatchObject({
      verdict: 'insufficient',
      observed: null,
      sample: { canary: 49, baseline: 0 },
      message: 'errors: 49 of the 50 requests it needs',
    });
    expect(read({}, { errors: 50 }).verdict).toBe('fail');
  });

  test('without any request it never passes', () => {
    expect(read({ max: 1 }, {}).verdict).toBe('insufficient');
    expect(read({ max: 1, minSampleSize: 0 }, {}).verdict).toBe('insufficient');
  });

  test('reads the mean of the times, or a quantile', () => {
    const canary = evidenceOf({});
    const mixed = { ...canary, window: summaryOf({ ok: 60, latency: 100, timeToFirstToken: 10 }) };
    const seen = { canary: mixed, baseline: canary };
    expect(threshold.read(gate({ kind: 'latency', max: 100 }), seen)).toMatchObject({ verdict: 'pass', observed: 100 });
    expect(threshold.read(gate({ kind: 'timeToFirstToken', max: 9 }), seen)).toMatchObject({ verdict: 'fail' });
    expect(threshold.read(gate({ kind: 'latency', quantile: 0.5, max: 102 }), seen).observed).toBeCloseTo(100, -1);
  });

  test('on the first token counts streams alone', () => {
    expect(read({ kind: 'timeToFirstToken', max: 10 }, { ok: 100 })).toMatchObject({
      verdict: 'insufficient',
      sample: { canary: 0 },
    });
  });
});

describe('an outage of both', () => {
  const outage = { ok: 50, errors: 50, latency: 900 };

  test('is said of failures and times that are over their limit in both', () => {
    expect(read({}, outage, outage)).toMatchObject({
      verdict: 'fail',
      shared: true,
      message:
        'errors: the canary failed 50% of 100 requests, over the limit of 5%; the live environment failed 50% of 100 requests, which is over it as well',
    });
    expect(read({}, { ok: 100 }, outage)).not.toHaveProperty('shared');
    expect(read({ kind: 'latency', max: 100 }, outage, outage)).toHaveProperty('shared', true);
    expect(read({ kind: 'latency', max: 100 }, outage, { ok: 100, latency: 9 })).not.toHaveProperty('shared');
    expect(read({ compare: 'baseline' }, { errors: 100 }, outage)).not.toHaveProperty('shared');
  });

  test('is remembered of both, or of none: they are read over the same stretch', () => {
    const [well, quiet] = [summaryOf({ ok: 300 }), summaryOf({ ok: 49 })];
    const before = { canary: evidenceOf(outage), baseline: evidenceOf(outage) };
    const since = {
      canary: { ...before.canary, window: quiet },
      baseline: { ...before.baseline, window: well },
    };
    expect(threshold.read(gate(), since)).toMatchObject({ verdict: 'fail', shared: true });
    const compared = gate({ compare: 'baseline', max: 0.02 });
    expect(threshold.read(compared, since)).toMatchObject({ verdict: 'pass', observed: 0 });
    const other = { canary: { ...before.canary, window: well }, baseline: { ...before.baseline, window: quiet } };
    expect(threshold.read(compared, other)).toMatchObject({ verdict: 'pass', observed: 0 });
  });

  test('is said when the live environment fails what it is asked for in the place of the canary', () => {
    const seen = { canary: evidenceOf(outage), baseline: evidenceOf({}) };
    const rescued = (answered: number) =>
      threshold.read(gate(), { ...seen, rescues: [{ start: 0, asked: 50, answered }] });
    expect(rescued(50)).not.toHaveProperty('shared');
    expect(rescued(25)).toMatchObject({
      shared: true,
      message:
        'errors: the canary failed 50% of 100 requests, over the limit of 5%, and the live environment fails 50% of the same requests',
    });
  });

  test('is not said of a live environment at its limit, with too few requests, or with none', () => {
    expect(read({}, outage, { ok: 95, errors: 5 })).not.toHaveProperty('shared');
    expect(read({}, outage, { errors: 49 })).not.toHaveProperty('shared');
    expect(read({ minSampleSize: 0 }, outage, {})).not.toHaveProperty('shared');
    expect(read({}, outage, { errors: 50 })).toHaveProperty('shared', true);
  });
});

const costs = (count: number, mean: number) => samplesOf(mean, count, 0);

const paid = (canary: number, means: { readonly count?: number } = {}) => {
  const cost = { canary: costs(means.count ?? 50, canary), baseline: costs(50, 0.01) };
  const arms = { canary: evidenceOf({ ok: 9 }), baseline: evidenceOf({ ok: 9 }) };
  return threshold.read(gate({ name: 'dear', kind: 'cost', max: 0.02 }), { ...arms, means: { cost } });
};

describe('a limit on what a request costs', () => {
  test('is read from the mean of what was paid', () => {
    expect(paid(0.02)).toMatchObject({ verdict: 'pass', sample: { canary: 50, baseline: 50 } });
    expect(paid(0.03)).toMatchObject({
      verdict: 'fail',
      message:
        'dear: mean cost is $0.03 on the canary (50 requests), over the limit of $0.02; $0.01 on the live environment (50 requests)',
    });
  });

  test('says nothing while too few have been paid for', () => {
    expect(paid(0.03, { count: 49 }).verdict).toBe('insufficient');
    expect(paid(0.03, { count: 0 }).verdict).toBe('insufficient');
    expect(read({ kind: 'cost', minSampleSize: 0 }, { ok: 99 })).toMatchObject({ sample: { canary: 0 } });
  });
});

describe('a gate against the live environment', () => {
  const compare = 'baseline' as const;

  test('reads the difference: an outage of both blames nobody', () => {
    const outage = { ok: 50, errors: 50 };
    expect(read({ compare, max: 0.02 }, outage, outage)).toMatchObject({ verdict: 'pass', observed: 0 });
  });

  test('fails when the difference is over the limit', () => {
    const result = read({ compare, max: 0.02 }, { ok: 90, errors: 10 }, { ok: 95, errors: 5 });
    expect(result).toMatchObject({
      verdict: 'fail',
      message:
        'errors: the canary failed 10% of 100 requests and the live environment failed 5% of 100 requests: 5% more, over the limit of 2%',
    });
  });

  test('being better is a pass', () => {
    expect(read({ compare, max: 0 }, { ok: 100 }, { ok: 50, errors: 50 })).toMatchObject({
      verdict: 'pass',
      observed: -0.5,
    });
  });

  test('needs its sample on both sides', () => {
    expect(read({ compare }, { ok: 100 }, { ok: 49 })).toMatchObject({
      verdict: 'insufficient',
      sample: { canary: 100, baseline: 49 },
    });
  });
});

describe('what a gate reads', () => {
  test('the window, as soon as that has enough', () => {
    const canary = evidenceOf({ ok: 50 }, { sinceStart: summaryOf({ ok: 50, errors: 50 }) });
    expect(threshold.read(gate(), { canary, baseline: canary }).verdict).toBe('pass');
  });

  test('else all since the rollout began', () => {
    const canary = evidenceOf({ ok: 49 }, { sinceStart: summaryOf({ ok: 50, errors: 50 }) });
    expect(threshold.read(gate(), { canary, baseline: canary })).toMatchObject({ verdict: 'fail', observed: 0.5 });
  });
});
