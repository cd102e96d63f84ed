import { describe, expect, test } from '@jest/globals';
import { complaints, summaryOf } from './report.js';
import type { RowResult } from './run-row.js';
import type { Outcome } from './row.js';

function result(outcome: Outcome, ...violations: string[]): RowResult {
  const row = {
    fault: 'reset',
    form: 'sse' as const,
    seconds: 1,
    run: () => Promise.reject(new Error('not to be run')),
  };
  return { row, outcome, caller: '', provider: '', took: 1, violations };
}

describe('the summary', () => {
  test('counts callers that had left among those who got no answer, cleanly', () => {
    const results = [result('rescued'), result('clean error'), result('let go')];
    expect(summaryOf(results)).toEqual({ faults: 3, rescued: 1, cleanError: 2, violations: 0 });
  });

  test('counts every broken promise, and its row as nothing else', () => {
    const results = [result('rescued', 'too late', 'too often'), result('rescued')];
    expect(summaryOf(results)).toEqual({ faults: 2, rescued: 1, cleanError: 0, violations: 2 });
    expect(complaints(results)).toEqual(['reset · sse: too late', 'reset · sse: too often']);
  });
});
