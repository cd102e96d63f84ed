import { describe, expect, test } from '@jest/globals';
import { BAD_GREENS } from './bad-greens.js';
import { DECIDERS, DETECT, jobsFor, OURS, runJob, type JobResult } from './jobs.js';
import type { End } from './play.js';
import { complaintsOf, rowsOf, summaryOf, totalsOf } from './report.js';
import { badTable, goodTable, totalsTable } from './tables.js';

const end = (ended: End['ended'], harmed = 3): End => ({ ended, harmed, exposed: harmed, canaryRequests: 40 });
const of = (kind: JobResult['kind'], world: number, ends: JobResult['ends']): JobResult => ({ kind, world, ends });
const half = [end('promoted'), end('reverted', 9)];

describe('jobs', () => {
  test('find the same however the rollouts are dealt out', () => {
    const whole = runJob({ kind: 'bad', world: 20, group: 'ours', from: 0, to: 4 }, 3);
    const parts = [0, 2].map((from) => runJob({ kind: 'bad', world: 20, group: 'ours', from, to: from + 2 }, 3));
    expect(parts.flatMap(({ ends }) => ends[OURS]!)).toEqual(whole.ends[OURS]);
  });

  test('cover every rollout of every world once', () => {
    const jobs = jobsFor({ good: 45, bad: 20, others: 10 });
    const calm = jobs.filter(({ kind, world, group }) => kind === 'good' && world === 0 && group === 'ours');
    expect(calm.map(({ from, to }) => [from, to])).toEqual([
      [0, 20],
      [20, 40],
      [40, 45],
    ]);
    const detect = jobs.filter(({ group }) => group === 'detect');
    expect(detect.map(({ world }) => world)).toEqual(BAD_GREENS.map((_, world) => world));
  });

  test('ask every decider', () => {
    const groups = (['ours', 'detect', 'others'] as const).map((group) =>
      runJob({ kind: 'bad', world: 0, group, from: 0, to: 1 }, 1),
    );
    expect(groups.flatMap(({ ends }) => Object.keys(ends))).toEqual(DECIDERS);
  });
});

describe('the report', () => {
  test('keeps quiet where promises are kept', () => {
    const kept = [
      of('good', 0, { [OURS]: [end('promoted'), end('held')] }),
      of('bad', 0, { [DETECT]: [end('reverted')] }),
    ];
    expect(complaintsOf(rowsOf(kept))).toEqual([]);
  });

  test('names a good canary that is reverted, and a bad one that is promoted', () => {
    const broken = rowsOf([
      of('good', 1, { [OURS]: half }),
      of('bad', 0, { [DETECT]: half }),
      of('bad', 20, { [DETECT]: half }),
    ]);
    expect(complaintsOf(broken)).toEqual([
      'good, calm, one failure in a thousand: 50.0% reverted',
      'bad, dead: nothing connects: 50.0% promoted',
      `bad, ${BAD_GREENS[20]!.world.name}: 50.0% promoted`,
    ]);
    expect(summaryOf(broken)).toMatchObject({ promoted: 2, falseRollbacks: 0.5, harmedMedian: 9 });
  });

  test('one promoted of fifty is within the promise for a canary that is not gross', () => {
    const ends = [end('promoted'), ...Array.from({ length: 49 }, () => end('reverted'))];
    expect(complaintsOf(rowsOf([of('bad', 20, { [DETECT]: ends })]))).toEqual([]);
    expect(complaintsOf(rowsOf([of('bad', 1, { [DETECT]: ends })]))).toHaveLength(1);
  });

  test('adds up over worlds, and writes tables', () => {
    const rows = rowsOf([
      of('good', 0, { [OURS]: half }),
      of('bad', 0, { [OURS]: half, [DETECT]: [end('reverted', 4)] }),
    ]);
    expect(totalsOf(rows)[0]).toEqual({
      decider: OURS,
      promotedGreens: 1,
      promoted: 0.5,
      harmed: 9,
      falseRollback: 0.5,
      worst: 0.5,
    });
    expect(goodTable(rows)).toMatch(/^calm +50\.0%/m);
    expect(badTable(rows)).toMatch(/^\* dead: nothing connects +50\.0% +0\.0%/m);
    expect(totalsTable(rows)).toMatch(/^the default plan +1 +50\.0% +9 +50\.0% +50\.0%/m);
  });
});
