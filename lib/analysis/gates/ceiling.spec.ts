import { describe, expect, test } from '@jest/globals';
import { evidenceOf, rolloutEvidenceOf, type Traffic } from '../../../test/support/evidence.js';
import { ceiling, type CeilingGate } from './ceiling.js';
import type { FailedOf } from '../../domain/failure-run.js';

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
}

const faultsOf = (events: number) => [{ previous: -1, start: 0, events }];

function read(canary: Traffic, baseline: Traffic = {}, { units = canary.errors ?? 0 }: Seen = {}) {
  const faults = faultsOf(units);
  const evidence = rolloutEvidenceOf(evidenceOf(canary), evidenceOf(baseline), { faults });
  return ceiling.read(CEILING, evidence);
}

const BAD = { ok: 80, errors: 20 };
const WELL = { ok: 2_000, errors: 5 };
const known = { charged: { failed: 5, total: 2_005 }, stretches: [] };
/** All of the traffic is on trial; of what fails the live environment, known to be well, answers so many of twenty. */
const readRescued = (answered: number) => {
  const evidence = { faults: faultsOf(20), rescues: [{ start: 0, asked: 20, answered }] };
  return ceiling.read(CEILING, rolloutEvidenceOf(evidenceOf(BAD), evidenceOf({}, known), evidence));
};

/** Both were out, and these are the canary's latest stretches since then. */
const afterwards = (...stretches: FailedOf[]) => {
  const canary = evidenceOf(BAD, {
    stretches: [{ failed: 60, total: 200 }, ...stretches].map((counts, start) => ({ start, ...counts })),
  });
  const faults = faultsOf(60);
  return ceiling.read(CEILING, rolloutEvidenceOf(canary, evidenceOf({ ok: 900, errors: 100 }), { faults }));
};

describe('a ceiling', () => {
  test('fails above it where the live environment surely is below, and names the rates', () => {
    expect(read(BAD, WELL)).toMatchObject({
      verdict: 'fail',
      observed: 0.2,
      message: 'ceiling: green fails 20% of its requests, surely over the limit of 5%; blue is surely under it',
    });
    expect(read(BAD, WELL)).not.toHaveProperty('shared');
  });

  test('passes below it, from its sample on', () => {
    const message = 'ceiling: error rate 2%: not yet enough evidence that it is really above 5%';
    expect(read({ ok: 98, errors: 2 })).toMatchObject({ verdict: 'pass', message });
    expect(read({ ok: 49 }).verdict).toBe('insufficient');
    expect(read({ ok: 50 }).verdict).toBe('pass');
    expect(read({ ok: 1 }, { ok: 1 })).toMatchObject({ observed: 0, sample: { canary: 1, baseline: 1 } });
    expect(read({})).toMatchObject({ observed: null, message: 'ceiling: 0 of the 50 requests it needs' });
  });

  test('counts a unit that fails again and again once, and the requests of others as they are', () => {
    expect(read(BAD, WELL, { units: 1 }).verdict).toBe('pass');
    expect(read({ errors: 40 }, WELL, { units: 1 }).evidence!.value).toBeLessThan(Math.log(20));
    expect(read({ errors: 40 }, WELL, { units: 10 }).verdict).toBe('fail');
    const [once, again] = [{ ok: 80, errors: 8 }, BAD].map((traffic) => read(traffic, {}, { units: 8 }));
    expect(again!.evidence).toEqual(once!.evidence);
  });

  test('says that the live environment is over it too, under the same weights', () => {
    const result = read(BAD, { ok: 900, errors: 100 });
    expect(result).toMatchObject({ verdict: 'fail', shared: true });
    expect(result.message).toContain('over the limit of 5%, and so does blue: 10%');
  });

  test('holds where both are a little over it, and where hours of before were good', () => {
    expect(read({ ok: 940, errors: 60 }, { ok: 940, errors: 60 }).verdict).not.toBe('canary');
    const before = { charged: { failed: 40, total: 20_000 } };
    const faults = faultsOf(20);
    const evidence = rolloutEvidenceOf(evidenceOf(BAD), evidenceOf({ ok: 70, errors: 30 }, before), { faults });
    expect(ceiling.read(CEILING, evidence)).toMatchObject({ verdict: 'fail', shared: true });
  });

  test('blames nobody on a few requests of the live environment', () => {
    const message =
      'ceiling: green fails 20% of its requests, surely over the limit of 5%, but 100 requests of blue, 0 of them failed, are too few to say that it is under it';
    expect(read(BAD, { ok: 100 })).toMatchObject({ verdict: 'fail', shared: true, message });
    expect(read(BAD, {})).toMatchObject({ verdict: 'fail', shared: true });
    expect(read(BAD, { ok: 180 })).not.toHaveProperty('shared');
  });

  test('lets an outage of both be over when the latest requests say so, however slowly they come', () => {
    expect(afterwards()).toMatchObject({ verdict: 'fail', shared: true });
    expect(afterwards({ failed: 0, total: 58 })).toMatchObject({ verdict: 'fail', shared: true });
    const slowly = Array.from({ length: 6 }, () => ({ failed: 0, total: 10 }));
    expect(afterwards(...slowly)).toMatchObject({ verdict: 'pass', message: expect.stringMatching(/but not lately$/) });
    expect(afterwards(...slowly, { failed: 5, total: 10 })).toMatchObject({ verdict: 'fail', shared: true });
  });

  test('with all of the traffic on trial says whether the live environment can do better with what it fails', () => {
    expect(readRescued(20)).not.toHaveProperty('shared');
    expect(readRescued(18)).toMatchObject({ verdict: 'fail', shared: true });
    expect(readRescued(5).message).toBe(
      'ceiling: green fails 20% of its requests, surely over the limit of 5%, and blue fails 75% of the same requests',
    );
  });
});
