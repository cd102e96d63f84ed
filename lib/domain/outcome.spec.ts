import { describe, expect, test } from '@jest/globals';
import { CONSEQUENCES, countsAgainstArm, hasVerdict, mayBeBilled, type FailureClass, type Outcome } from './outcome.js';

const ALL = Object.keys(CONSEQUENCES) as FailureClass[];
const where = (holds: (failure: FailureClass) => boolean): string => ALL.filter(holds).join(' ');

describe('of all ways to fail', () => {
  test('these are errors of the environment; with a success, they alone are verdicts on it', () => {
    const errors = 'network timeout server_error quota auth not_found truncated malformed unsupported';
    expect(where((failure) => CONSEQUENCES[failure].countsAgainstArm)).toBe(errors);
    expect(where(countsAgainstArm)).toBe(errors);
    expect(where(hasVerdict)).toBe(errors);
    expect([countsAgainstArm('ok'), hasVerdict('ok')]).toEqual([false, true]);
  });

  test('these may be asked again of the same environment: silence and refusals are not', () => {
    expect(where((failure) => CONSEQUENCES[failure].retry)).toBe(
      'network server_error rate_limited truncated malformed frozen',
    );
  });

  test('most may be rescued elsewhere; a filter that refuses and our own end are final, and a refusal goes to the live environment', () => {
    expect(where((failure) => CONSEQUENCES[failure].fallBack === 'none')).toBe('content_filter client_abort shutdown');
    expect(where((failure) => CONSEQUENCES[failure].fallBack === 'live')).toBe('rejected');
  });

  test('these are evidence: faults of its own, and refusals of the request', () => {
    const own = 'network timeout server_error auth not_found truncated malformed';
    expect(where((failure) => CONSEQUENCES[failure].evidence === 'own')).toBe(own);
    const refusals = 'rate_limited quota context_length content_filter rejected unsupported';
    expect(where((failure) => CONSEQUENCES[failure].evidence === 'refusal')).toBe(refusals);
  });

  test('these count towards no longer asking', () => {
    expect(where((failure) => CONSEQUENCES[failure].tripsBreaker)).toBe(
      'network timeout server_error quota auth not_found truncated malformed',
    );
  });

  test('these may be billed though nothing has come yet, and all of them once something has', () => {
    expect(where((failure) => mayBeBilled(failure, false))).toBe(
      'timeout truncated malformed client_abort shutdown frozen',
    );
    for (const outcome of ['ok', ...ALL] satisfies Outcome[]) expect(mayBeBilled(outcome, true)).toBe(true);
    expect(mayBeBilled('ok', false)).toBe(true);
  });
});
