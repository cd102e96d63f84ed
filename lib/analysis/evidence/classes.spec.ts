import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { isOwnFault, logErrorEvidence, processOf } from './classes.js';

describe('what a failure is evidence of', () => {
  test.each([
    ['own', ['network', 'timeout', 'server_error', 'auth', 'not_found', 'truncated', 'malformed']],
    [
      'refusal',
      ['rate_limited', 'quota', 'context_length', 'content_filter', 'rejected', 'client_error', 'unsupported'],
    ],
    ['wrongAnswer', ['wrong_answer']],
    [undefined, ['ok', 'client_abort', 'circuit_open', 'budget', 'caller', 'shutdown', 'toString']],
  ])('%s', (process, outcomes) => {
    for (const outcome of outcomes) expect(processOf(outcome)).toBe(process);
  });

  test('surely its own: its own failures, our account, and what the live environment takes', () => {
    expect(['server_error', 'timeout', 'quota'].map((outcome) => isOwnFault(outcome))).toEqual([true, true, true]);
    expect(isOwnFault('rejected')).toBe(false);
    expect(isOwnFault('rejected', true)).toBe(true);
    // Moderation is never routed around, so nobody can say that the live environment takes it.
    expect(isOwnFault('content_filter', true)).toBe(false);
    expect(isOwnFault('rate_limited', true)).toBe(false);
    expect(isOwnFault('ok', true)).toBe(false);
  });
});

describe('the error gate', () => {
  test('is half of each', () => {
    expect(logErrorEvidence(Math.log(30), Math.log(10))).toBeCloseTo(Math.log(20), 12);
    expect(logErrorEvidence(0, 0)).toBeCloseTo(0, 12);
    expect(logErrorEvidence(-Infinity, Math.log(80))).toBeCloseTo(Math.log(40), 12);
  });

  test('one that says nothing costs the other ln 2 at most', () => {
    fc.assert(
      fc.property(fc.double({ min: -50, max: 700, noNaN: true }), (log) => {
        expect(logErrorEvidence(log, 0)).toBeGreaterThanOrEqual(log - Math.LN2 - 1e-9);
      }),
    );
  });
});
