import { describe, expect, test } from '@jest/globals';
import { jobsFor, runJob, type JobResult } from './jobs.js';
import { complaintsOf, rowsOf, summaryOf, table, type RuleRow } from './report.js';

const MEASURED = 'evidence, alphaTotal 0.01';

describe('jobs', () => {
  test('find the same however the rollouts are dealt out', () => {
    const whole = runJob({ kind: 'worse', rule: MEASURED, times: 10, from: 0, to: 20 }, 3);
    const parts = [runJob({ kind: 'worse', rule: MEASURED, times: 10, from: 10, to: 20 }, 3)];
    parts.unshift(runJob({ kind: 'worse', rule: MEASURED, times: 10, from: 0, to: 10 }, 3));
    expect(parts.flatMap((part) => (part.kind === 'worse' ? part.requests : []))).toEqual(
      whole.kind === 'worse' ? whole.requests : [],
    );
  });

  test('cover every rollout once', () => {
    const jobs = jobsFor({ rollouts: 250, trials: 101, otherTrials: 5, lateTrials: 1 });
    const healthy = jobs.filter(({ kind }) => kind === 'healthy');
    expect(healthy.map(({ from, to }) => [from, to])).toEqual([
      [0, 100],
      [100, 200],
      [200, 250],
    ]);
  });

  test('of healthy rollouts: the evidence hardly ever reverts one, a counter under 99% nearly all', () => {
    const rows = rowsOf([runJob({ kind: 'healthy', from: 0, to: 30 }, 1)], 30);
    const of = (rule: string) => rows.find((row) => row.rule === rule)!;
    expect(of(MEASURED).all).toBeLessThan(0.05);
    expect(of('counter, 5 checks under 99%').all).toBeGreaterThan(0.9);
    expect(of('plain limit 5%, 50 requests').outages).toBeGreaterThan(0.5);
  });

  test('of a worse canary: found the sooner the worse it is', () => {
    const results = ([3, 10, 100] as const).map((times) =>
      runJob({ kind: 'worse', rule: MEASURED, times, from: 0, to: 101 }, 1),
    );
    const [three, ten, hundred] = [...rowsOf(results, 2)[1]!.medians.values()];
    expect(three).toBeGreaterThan(ten! * 5);
    expect(ten).toBeGreaterThan(30);
    expect(ten).toBeLessThan(65);
    expect(hundred).toBe(3);
  });
});

describe('the report', () => {
  const found: JobResult[] = [
    { kind: 'healthy', calm: [1, 0, 0, 0, 0, 0, 0], outages: [3, 2, 0, 0, 0, 0, 3] },
    { kind: 'worse', rule: MEASURED, times: 2, requests: [1_700, Infinity, 20] },
  ];

  test('adds up shares, and takes medians', () => {
    expect(summaryOf(rowsOf(found, 100))).toEqual({
      falseRollback: 0.03,
      falseRollback05: 0.04,
      falseRollback01: 0.02,
      medianRequests: { 2: 1_700 },
    });
  });

  test('names every promise that is broken', () => {
    expect(complaintsOf(rowsOf(found, 100))).toEqual([
      '6.00% of the healthy rollouts (with outages) reverted by the default plan',
      '6.00% of the healthy rollouts (with outages) reverted by evidence, alphaTotal 0.05',
      '4.00% of the healthy rollouts (with outages) reverted by evidence, alphaTotal 0.01',
      '2× worse takes 1700 requests, more than 1609',
    ]);
    const kept: RuleRow[] = rowsOf([{ ...found[1]!, requests: [3] } as JobResult], 100);
    expect(complaintsOf(kept)).toEqual([]);
  });

  test('shows what was never reverted as never', () => {
    const rows = rowsOf([{ kind: 'worse', rule: MEASURED, times: 5, requests: [Infinity] }], 2);
    expect(table(rows)).toMatch(/alphaTotal 0\.01 .*never/);
  });
});
