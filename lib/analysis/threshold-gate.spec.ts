import { describe, expect, test } from '@jest/globals';
import { evidenceOf, gate, summaryOf, type Traffic } from '../../test/support/evidence.js';
import type { ThresholdGate } from '../domain/plan.js';
import { readThreshold } from './threshold-gate.js';

function read(different: Partial<ThresholdGate>, canary: Traffic, baseline: Traffic = {}) {
  return readThreshold(gate(different), { canary: evidenceOf(canary), baseline: evidenceOf(baseline) });
}

describe('a gate with a plain limit', () => {
  test('passes at its limit and fails just over it', () => {
    expect(read({ max: 0.05 }, { ok: 95, errors: 5 })).toMatchObject({ verdict: 'pass', observed: 0.05, limit: 0.05 });
    expect(read({ max: 0.05 }, { ok: 94, errors: 6 })).toMatchObject({ verdict: 'fail', observed: 0.06 });
  });

  test('says in one sentence what it saw', () => {
    expect(read({ max: 0.05 }, { ok: 94, errors: 6 }).message).toBe('errors: error rate 6 % is over 5 %');
    expect(read({ max: 0.05 }, { ok: 99, errors: 1 }).message).toBe('errors: error rate 1 % is within 5 %');
    const latency = { name: 'slow', kind: 'latency' as const, quantile: 0.99, max: 200 };
    expect(read(latency, { ok: 60, latency: 300 }).message).toMatch(/^slow: p99 latency \d+ ms is over 200 ms$/);
  });

  test('says nothing with one request too few, however bad they are', () => {
    expect(read({}, { errors: 49 })).toMatchObject({
      verdict: 'insufficient',
      observed: null,
      sample: { canary: 49, baseline: 0 },
      message: 'errors: 49 of 50 requests that are needed',
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
    expect(readThreshold(gate({ kind: 'latency', max: 100 }), seen)).toMatchObject({ verdict: 'pass', observed: 100 });
    expect(readThreshold(gate({ kind: 'timeToFirstToken', max: 9 }), seen)).toMatchObject({ verdict: 'fail' });
    expect(readThreshold(gate({ kind: 'latency', quantile: 0.5, max: 102 }), seen).observed).toBeCloseTo(100, -1);
  });

  test('on the first token counts streams alone', () => {
    expect(read({ kind: 'timeToFirstToken', max: 10 }, { ok: 100 })).toMatchObject({
      verdict: 'insufficient',
      sample: { canary: 0 },
    });
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
    expect(result).toMatchObject({ verdict: 'fail', message: expect.stringContaining('5 % is over 2 %') });
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
    expect(readThreshold(gate(), { canary, baseline: canary }).verdict).toBe('pass');
  });

  test('else all since the rollout began', () => {
    const canary = evidenceOf({ ok: 49 }, { sinceStart: summaryOf({ ok: 50, errors: 50 }) });
    expect(readThreshold(gate(), { canary, baseline: canary })).toMatchObject({ verdict: 'fail', observed: 0.5 });
  });
});
