import type { JobResult, Times } from './jobs.js';
import { MEASURED, TIMES } from './jobs.js';
import { RULE_NAMES, type RuleName } from './rules.js';

/** The record of a rule, over all rollouts. */
export interface RuleRow {
  readonly rule: RuleName;
  /** Shares of the healthy rollouts that were reverted: of those without outages, with outages, and all. */
  readonly calm: number;
  readonly outages: number;
  readonly all: number;
  /** Median of the canary's requests until it was reverted; `Infinity`: most never were. */
  readonly medians: ReadonlyMap<Times, number>;
}

/** Adds up what the jobs found. `rollouts` healthy ones were played, every second one with outages. */
export function rowsOf(results: readonly JobResult[], rollouts: number): RuleRow[] {
  const healthy = results.filter((result) => result.kind === 'healthy');
  const worse = results.filter((result) => result.kind === 'worse');
  return RULE_NAMES.map((rule, n) => {
    const calm = healthy.reduce((sum, result) => sum + result.calm[n]!, 0);
    const outages = healthy.reduce((sum, result) => sum + result.outages[n]!, 0);
    const medians = TIMES.flatMap((times): [Times, number][] => {
      const requests = worse
        .filter((result) => result.rule === rule && result.times === times)
        .flatMap((result) => result.requests)
        .toSorted((a, b) => a - b);
      return requests.length === 0 ? [] : [[times, requests[Math.floor(requests.length / 2)]!]];
    });
    return {
      rule,
      calm: calm / Math.ceil(rollouts / 2),
      outages: outages / Math.floor(rollouts / 2),
      all: (calm + outages) / rollouts,
      medians: new Map(medians),
    };
  });
}

/** The last line of the benchmark. */
export interface Summary {
  /** Of the default plan: its gates and its fast trip. */
  readonly falseRollback: number;
  readonly falseRollback05: number;
  readonly falseRollback01: number;
  readonly medianRequests: Readonly<Record<string, number>>;
}

export function summaryOf(rows: readonly RuleRow[]): Summary {
  const of = (rule: RuleName): RuleRow => rows.find((row) => row.rule === rule)!;
  return {
    falseRollback: of('the default plan').all,
    falseRollback05: of('evidence, alphaTotal 0.05').all,
    falseRollback01: of(MEASURED).all,
    medianRequests: Object.fromEntries(of(MEASURED).medians),
  };
}

/** Greatest medians that are as good as promised: 10% above the ones first measured. */
const PROMISED: ReadonlyMap<Times, number> = new Map([
  [2, 1463],
  [3, 431],
  [5, 136],
  [10, 47],
  [100, 3],
]);
const LEEWAY = 1.1;
/** The same of the default plan, which looks at more: at one half above what that comparison alone first took. */
const PLAN_LEEWAY = 1.5;
const ALONE: ReadonlyMap<Times, number> = new Map([
  [2, 1480],
  [3, 447],
  [5, 147],
  [10, 47],
  [100, 3],
]);

export function complaintsOf(rows: readonly RuleRow[]): string[] {
  const complaints: string[] = [];
  for (const [rule, alpha] of [
    ['the default plan', 0.05],
    ['evidence, alphaTotal 0.05', 0.05],
    [MEASURED, 0.01],
  ] as const) {
    const { calm, outages } = rows.find((row) => row.rule === rule)!;
    for (const [what, share] of [
      ['calm', calm],
      ['with outages', outages],
    ] as const) {
      if (share > alpha) complaints.push(`${percent(share)} of the healthy rollouts (${what}) reverted by ${rule}`);
    }
  }
  for (const [times, median] of rows.find(({ rule }) => rule === MEASURED)!.medians) {
    const promised = PROMISED.get(times)! * LEEWAY;
    if (median > promised)
      complaints.push(`${times}× worse takes ${median} requests, more than ${promised.toFixed(0)}`);
  }
  for (const [times, median] of rows.find(({ rule }) => rule === 'the default plan')!.medians) {
    const promised = ALONE.get(times)! * PLAN_LEEWAY;
    if (median > promised)
      complaints.push(`${times}× worse takes the default plan ${median} requests, more than ${promised.toFixed(0)}`);
  }
  return complaints;
}

export function table(rows: readonly RuleRow[]): string {
  const heading = ['rule', 'calm', 'outages', ...TIMES.map((times) => `${times}×`)];
  const cells = rows.map(({ rule, calm, outages, medians }) => [
    rule,
    percent(calm),
    percent(outages),
    ...TIMES.map((times) => show(medians.get(times))),
  ]);
  const widths = heading.map((_, column) => Math.max(...[heading, ...cells].map((row) => row[column]!.length)));
  return [heading, ...cells]
    .map((row) => row.map((cell, n) => (n === 0 ? cell.padEnd(widths[n]!) : cell.padStart(widths[n]!))).join('  '))
    .join('\n');
}

function show(median: number | undefined): string {
  if (median === undefined) return '';
  return median === Infinity ? 'never' : String(median);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}
