import { describe, expect, test } from '@jest/globals';
import type { End } from '../play.js';
import { httpJobs, ROLLOUTS, runHttpJob, type HttpResult } from './jobs.js';
import { httpComplaintsOf, httpRowsOf, httpSummaryOf, httpTable, together } from './report.js';
import { HTTP_WORLDS } from './worlds.js';

const numberOf = (name: string): number => HTTP_WORLDS.findIndex((world) => world.name === name);
const BAD = numberOf('20% refusals');
const GOOD = numberOf('calm');
const ended = (how: End['ended'], harmed = 4): End => ({ ended: how, harmed, exposed: harmed, canaryRequests: 40 });
const results = (bad: End['ended'], good: readonly End['ended'][]): HttpResult[] =>
  HTTP_WORLDS.flatMap(({ kind }, world) =>
    (kind === 'bad' ? [bad] : good).map((how) => ({ world, end: ended(how, kind === 'bad' ? 4 : 0) })),
  );

describe('a rollout over HTTP', () => {
  test('of a bad canary is reverted, and its callers are counted', async () => {
    const { end } = await runHttpJob({ world: BAD, rollout: 0 }, 1);
    expect(end.ended).toBe('reverted');
    expect(end.harmed).toBeGreaterThan(0);
    expect(end.exposed).toBe(end.harmed);
    expect(end.canaryRequests).toBeGreaterThan(end.harmed);
  }, 60_000);

  test('of a good one reaches its end', async () => {
    const { end } = await runHttpJob({ world: GOOD, rollout: 0 }, 1);
    expect(end).toMatchObject({ ended: 'promoted', harmed: 0, exposed: 0 });
  }, 60_000);
});

describe('its report', () => {
  const simulated = { bad: 46, promoted: 1, good: 28, falseRollbacks: 0.015, harmedMedian: 5 };

  test('keeps quiet where promises are kept', () => {
    const rows = httpRowsOf(results('reverted', ['promoted', 'held']));
    expect(httpComplaintsOf(rows)).toEqual([]);
    const summary = httpSummaryOf(rows);
    expect(summary).toEqual({ bad: 11, promoted: 0, good: 6, falseRollbacks: 0, harmedMedian: 4 });
    expect(together(undefined, summary)).toBe(summary);
    expect(together(simulated, summary)).toEqual({ ...simulated, bad: 57, good: 34 });
    expect(httpTable(rows)).toMatch(/^good: calm +2 +1 +0 +1 +0 +40$/m);
  });

  test('names every bad canary that is promoted, and adds up the good ones that are reverted', () => {
    const rows = httpRowsOf(results('promoted', ['promoted', 'reverted']));
    expect(httpComplaintsOf(rows)).toHaveLength(12);
    expect(httpComplaintsOf(rows)).toEqual(
      expect.arrayContaining(['over HTTP, bad, 422 on a third: 1 of 1 promoted', 'over HTTP, good: 50.0% reverted']),
    );
    expect(together(simulated, httpSummaryOf(rows))).toMatchObject({ promoted: 12, falseRollbacks: 0.5 });
  });

  test('is of every world', () => {
    const jobs = httpJobs();
    for (const [number, { kind }] of HTTP_WORLDS.entries()) {
      expect(jobs.filter(({ world }) => world === number)).toHaveLength(ROLLOUTS[kind]);
    }
  });
});
