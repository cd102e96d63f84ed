import { describe, expect, test } from '@jest/globals';
import { evidenceOf, rolloutEvidenceOf, type Traffic } from '../../../test/support/evidence.js';
import { ceiling, type CeilingGate } from './ceiling.js';
import type { Rescues } from '../../domain/figures.js';

const CEILING: CeilingGate = {
  name: 'ceiling',
  test: 'ceiling',
  kind: 'errorRate',
  compare: 'absolute',
  max: 0.05,
  minSampleSize: 50,
  role: 'guardrail',
  onFail: 'rollback',
  alpha: 0.01,
};

interface Seen {
  /** The canary's failing units; one for each failure when nothing is said. */
  readonly units?: number;
  readonly rescues?: Rescues;
}

function read(canary: Traffic, baseline: Traffic = {}, { units = canary.errors ?? 0, rescues }: Seen = {}) {
  // Under weights of before another one has failed as well: that is not what this ceiling is read under.
  const faults = [9, units].map((failed) => ({ share: 0.05, canary: failed, baseline: 0 }));
  const evidence = rolloutEvidenceOf(evidenceOf(canary), evidenceOf(baseline), {
    faults,
    ...(rescues && { rescues }),
  });
  return ceiling.read(CEILING, evidence);
}

const BAD = { ok: 80, errors: 20 };
/** All of the traffic is on trial; of what fails the live environment answers so many of twenty. */
const readRescued = (answered: number) => read(BAD, {}, { rescues: { asked: 20, answered } });

/** Both were out, both have answered well again since then; over the rolling window the canary's figures are these. */
const afterwards = (recent: Traffic) => {
  const canary = { ...evidenceOf(BAD), window: evidenceOf(recent).window };
  const faults = [{ share: 0.05, canary: 20, baseline: 100 }];
  return ceiling.read(CEILING, rolloutEvidenceOf(canary, evidenceOf({ ok: 900, errors: 100 }), { faults }));
};

describe('a ceiling', () => {
  test('fails above it and names the rates', () => {
    expect(read(BAD, { ok: 100 })).toMatchObject({
      verdict: 'fail',
      observed: 0.2,
      message: 'ceiling: error rate 20% is over 5%',
    });
  });

  test('passes below it, from its sample on', () => {
    const message = 'ceiling: error rate 2%: not enough evidence that it is really above 5%';
    expect(read({ ok: 98, errors: 2 })).toMatchObject({ verdict: 'pass', message });
    expect(read({ ok: 49 }).verdict).toBe('insufficient');
    expect(read({ ok: 50 }).verdict).toBe('pass');
    expect(read({ ok: 1 }, { ok: 1 })).toMatchObject({ observed: 0, sample: { canary: 1, baseline: 1 } });
    expect(read({})).toMatchObject({ observed: null, message: 'ceiling: 0 of the 50 requests it needs' });
  });

  test('counts a unit that fails again and again once, and the requests of others as they are', () => {
    expect(read(BAD, {}, { units: 1 }).verdict).toBe('pass');
    expect(read({ errors: 40 }, {}, { units: 1 }).evidence!.value).toBeLessThan(Math.log(20));
    expect(read({ errors: 40 }, {}, { units: 10 }).verdict).toBe('fail');
    const [once, again] = [{ ok: 80, errors: 8 }, BAD].map((traffic) => read(traffic, {}, { units: 8 }));
    expect(again!.evidence).toEqual(once!.evidence);
  });

  test('says that the live environment is over it too, under the same weights', () => {
    const result = read(BAD, { ok: 900, errors: 100 });
    expect(result).toMatchObject({ verdict: 'fail', shared: true });
    expect(result.message).toContain("and so is the live environment's at 10%");
  });

  test('remembers an outage of both as long of one as of the other, whatever the last minutes were like', () => {
    const recovered = { ...evidenceOf({ ok: 900, errors: 100 }), window: evidenceOf({ ok: 300 }).window };
    const faults = [{ share: 0.05, canary: 20, baseline: 100 }];
    const evidence = rolloutEvidenceOf(evidenceOf(BAD), recovered, { faults });
    expect(ceiling.read(CEILING, evidence)).toMatchObject({ verdict: 'fail', shared: true });
  });

  test('lets an outage of both be over when the rolling window is', () => {
    expect(afterwards({ ok: 49 })).toMatchObject({ verdict: 'fail', shared: true });
    expect(afterwards({ ok: 94, errors: 6 })).toMatchObject({ verdict: 'fail', shared: true });
    expect(afterwards({ ok: 95, errors: 5 })).toMatchObject({
      verdict: 'pass',
      message: expect.stringContaining('is over'),
    });
  });

  test('with all of the traffic on trial says whether the live environment can do better with what it fails', () => {
    expect(readRescued(20)).not.toHaveProperty('shared');
    expect(readRescued(19)).not.toHaveProperty('shared');
    expect(readRescued(18)).toMatchObject({ verdict: 'fail', shared: true });
    expect(readRescued(5).message).toBe(
      'ceiling: error rate 20% is over 5%, and the live environment fails 75% of the same requests',
    );
  });

  test('blames the canary alone while the live environment is at the ceiling, or has no requests', () => {
    for (const baseline of [{ ok: 95, errors: 5 }, {}]) expect(read(BAD, baseline)).not.toHaveProperty('shared');
  });
});
