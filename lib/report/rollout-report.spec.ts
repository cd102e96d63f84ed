import { describe, expect, test } from '@jest/globals';
import type { GateResult, JournalEntry } from '../domain/events.js';
import { Tally } from '../telemetry/tally.js';
import type { HistorySlice } from '../telemetry/version-history.js';
import { happenedIn } from '../../test/support/report-slices.js';
import { plan } from '../../test/support/evidence.js';
import { reportHtml } from './report-html.js';
import { reportMarkdown } from './report-markdown.js';
import { rolloutEntries } from './rollout-entries.js';
import { rolloutReport, type ReportInput } from './rollout-report.js';
import type { RolloutReport } from './report.js';

const NOON = Date.UTC(2026, 0, 1, 12);
const MINUTE = 60_000;
const FAILING: GateResult = {
  gate: 'errors',
  verdict: 'fail',
  observed: 0.2,
  limit: 0.05,
  sample: { canary: 50, baseline: 950 },
  message: 'errors: 20 % is above 5 %',
};

type Loose = Omit<Partial<JournalEntry>, 'type'> & { readonly type: JournalEntry['type'] };

/** A journal whose entries are a minute apart. */
function journal(...entries: readonly (Loose & Record<string, unknown>)[]): JournalEntry[] {
  const usual = { route: 'chat', rolloutId: 'r1', actor: 'system', reason: 'because', evidence: [] };
  return entries.map(
    (entry, n) => ({ ...usual, revision: n + 1, at: NOON + n * MINUTE, ...entry }) as unknown as JournalEntry,
  );
}

const START = {
  type: 'RolloutStarted',
  from: 'blue',
  to: 'green',
  plan: plan(),
  weights: { blue: 95, green: 5 },
} as const;
const TAKEN_BACK = { type: 'RolloutAborted', weights: { blue: 100, green: 0 }, evidence: [FAILING] } as const;
const REVERTED = [START, { ...TAKEN_BACK, reason: 'errors: 20 % is above 5 %' }, { type: 'RolledBack' }] as const;
const MADE_IT = [START, { type: 'RolloutSucceeded', weights: { blue: 0, green: 100 } }] as const;

const slices = (failed: number, cost: number): HistorySlice[] => [
  { start: NOON, length: MINUTE, tally: happenedIn(new Tally(), { requests: 10, failed, cost }) },
];

function reportOf(entries: readonly JournalEntry[], different: Partial<ReportInput> = {}): RolloutReport {
  return rolloutReport({
    rollout: rolloutEntries(entries)!,
    from: { environment: 'blue', version: 'v1', model: 'm1', slices: slices(0, 0.004) },
    to: { environment: 'green', version: 'v2', model: 'm2', slices: slices(2, 0.001) },
    now: NOON + 10 * MINUTE,
    ...different,
  });
}

describe('the rollout in a journal', () => {
  test('is the newest, from its start to its end, and nothing of others', () => {
    const entries = journal(...MADE_IT, { ...START, rolloutId: 'r2' }, { type: 'WeightsSet', rolloutId: undefined });
    expect(rolloutEntries(entries)).toMatchObject({
      started: { rolloutId: 'r2' },
      outcome: 'Running',
      endedAt: undefined,
    });
    const earlier = rolloutEntries(entries, 'r1')!;
    expect(earlier).toMatchObject({ outcome: 'Succeeded', endedAt: NOON + MINUTE });
    expect(earlier.entries.map(({ revision }) => revision)).toEqual([1, 2]);
  });

  test('is none when its start is gone', () => {
    expect(rolloutEntries(journal({ type: 'RolledBack' }))).toBeUndefined();
  });
});

describe('the report', () => {
  test('of a rollback says why, what to mend, and that callers are served', () => {
    const { headline, next, outcome, lines } = reportOf(journal(...REVERTED));
    expect(outcome).toBe('RolledBack');
    expect(headline).toBe('All traffic is back on "blue": errors: 20 % is above 5 %.');
    expect(next).toContain('Callers need no action: "blue" answers them all.');
    expect(next).toContain('Fix the finding of the gate "errors" before the next try: 20 % is above 5 %.');
    expect(next).toContain('Look at failures of the class "server_error" first: 2 of 2.');
    expect(lines.map(({ what, weight }) => [what, weight])).toEqual([
      ['Started', 5],
      ['Traffic returned', 0],
      ['Rollback confirmed', undefined],
    ]);
  });

  test('of a rollback by hand sends the reader to who did it', () => {
    const [start, aborted, end] = REVERTED;
    const entries = journal(start, { ...aborted, actor: 'ada', evidence: [] }, { ...end, actor: 'ada' });
    expect(reportOf(entries).next.join(' ')).toContain('ask ada for the cause');
  });

  test('of a success says what to keep, and what the change costs', () => {
    const { headline, next } = reportOf(journal(...MADE_IT));
    expect(headline).toBe('"green" (v2) has taken over from "blue".');
    expect(next[0]).toContain('a rollback returns to it at once');
    expect(next).toContain('Plan for it: a request to "green" costs 75% less.');
  });

  test('asks for a measure of quality when there was none, and shows it when there was', () => {
    const asked = 'The quality of the answers is unknown';
    expect(reportOf(journal(...MADE_IT)).next.join(' ')).toContain(asked);
    const known = reportOf(journal(...MADE_IT), { quality: { compared: 40, meanSimilarity: 0.91 } });
    expect(known.next.join(' ')).not.toContain(asked);
    expect(reportMarkdown(known)).toContain('0.91 of 40');
  });

  test('while it runs goes up to now', () => {
    expect(reportOf(journal(START))).toMatchObject({ outcome: 'Running', until: NOON + 10 * MINUTE });
  });
});

describe('written down', () => {
  const HOSTILE = '<script>alert(1)</script> | **bold** [x](javascript:1)';

  test('the same report is the same text', () => {
    const entries = journal(...REVERTED);
    expect(reportHtml(reportOf(entries))).toBe(reportHtml(reportOf(entries)));
    expect(reportMarkdown(reportOf(entries))).toBe(reportMarkdown(reportOf(entries)));
  });

  test('has the evidence of each decision, and a chart of each figure', () => {
    const report = reportOf(journal(...REVERTED));
    for (const text of [reportHtml(report), reportMarkdown(report)]) {
      expect(text).toContain('50 / 950');
      expect(text).toContain('20%');
    }
    expect(reportHtml(report).match(/<svg /g)).toHaveLength(4);
    expect(reportMarkdown(report)).toMatch(/- Error rate, green: █ up to 20%/);
  });

  test('what people wrote stays text', () => {
    const report = reportOf(journal({ ...START, reason: HOSTILE, actor: HOSTILE }));
    expect(reportHtml(report)).not.toContain('<script>');
    const markdown = reportMarkdown(report);
    expect(markdown).not.toContain('<script>');
    expect(markdown).toContain('\\| \\*\\*bold\\*\\* \\[x\\](javascript:1)');
  });
});
