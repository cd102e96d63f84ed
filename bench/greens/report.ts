import { BAD_GREENS } from './bad-greens.js';
import { GOOD_WORLDS } from './good-worlds.js';
import { DECIDERS, DETECT, OURS, type JobResult } from './jobs.js';
import type { End } from './play.js';

/** One decider in one world. */
export interface Cell {
  readonly rollouts: number;
  readonly promoted: number;
  readonly reverted: number;
  /** Medians: callers who saw the fault, and those of them before the canary had all of the traffic. */
  readonly harmed: number;
  readonly exposed: number;
}

/** A world, and what every decider did in it. */
export interface Row {
  readonly kind: JobResult['kind'];
  readonly name: string;
  readonly isGross: boolean;
  readonly isHeld: boolean;
  readonly cells: ReadonlyMap<string, Cell>;
}

/** Adds up what the jobs found. */
export function rowsOf(results: readonly JobResult[]): Row[] {
  const good = GOOD_WORLDS.map(({ name }) => ({ kind: 'good', name, isGross: false, isHeld: false }) as const);
  const bad = BAD_GREENS.map(
    ({ world, isGross, isHeld = false }) => ({ kind: 'bad', name: world.name, isGross, isHeld }) as const,
  );
  return [...good.entries(), ...bad.entries()].map(([number, row]) => {
    const of = results.filter(({ kind, world }) => kind === row.kind && world === number);
    const cells = DECIDERS.flatMap((name): [string, Cell][] => {
      const ends = of.flatMap((result) => result.ends[name] ?? []);
      return ends.length === 0 ? [] : [[name, cellOf(ends)]];
    });
    return { ...row, cells: new Map(cells) };
  });
}

function cellOf(ends: readonly End[]): Cell {
  const median = (of: (end: End) => number): number => ends.map(of).toSorted((a, b) => a - b)[ends.length >> 1]!;
  return {
    rollouts: ends.length,
    promoted: ends.filter(({ ended }) => ended === 'promoted').length,
    reverted: ends.filter(({ ended }) => ended === 'reverted').length,
    harmed: median(({ harmed }) => harmed),
    exposed: median(({ exposed }) => exposed),
  };
}

/** Of one decider, over all worlds. */
export interface Total {
  readonly decider: string;
  /** Bad canaries that were promoted at least once, and the share of all rollouts of bad canaries. */
  readonly promotedGreens: number;
  readonly promoted: number;
  /** Mean over the bad canaries of the median number of callers harmed. */
  readonly harmed: number;
  /** Share of all rollouts of good canaries that were reverted, and the greatest of a world. */
  readonly falseRollback: number;
  readonly worst: number;
}

export function totalsOf(rows: readonly Row[]): Total[] {
  return DECIDERS.map((decider) => {
    const cells = (kind: Row['kind']): Cell[] =>
      rows.flatMap((row) => (row.kind === kind ? [row.cells.get(decider)].filter((cell) => cell !== undefined) : []));
    const [good, bad] = [cells('good'), cells('bad')];
    const harmed = bad.map((cell) => cell.harmed).toSorted((a, b) => a - b);
    return {
      decider,
      promotedGreens: bad.filter(({ promoted }) => promoted > 0).length,
      promoted: sum(bad, (cell) => cell.promoted) / sum(bad, (cell) => cell.rollouts),
      harmed: harmed[harmed.length >> 1] ?? 0,
      falseRollback:
        good.length === 0 ? Number.NaN : sum(good, (cell) => cell.reverted) / sum(good, (cell) => cell.rollouts),
      worst: Math.max(...good.map((cell) => cell.reverted / cell.rollouts)),
    };
  });
}

function sum(cells: readonly Cell[], of: (cell: Cell) => number): number {
  return cells.reduce((all, cell) => all + of(cell), 0);
}

/** Promises: every good world, every gross canary, every other one. */
const MOST_FALSE = 0.05;
const MOST_PROMOTED = 0.02;

export function complaintsOf(rows: readonly Row[]): string[] {
  return rows.flatMap(({ kind, name, isGross, cells }) => {
    const [ours, detect] = [cells.get(OURS), cells.get(DETECT)];
    if (kind === 'good') {
      const share = ours ? ours.reverted / ours.rollouts : 0;
      return share > MOST_FALSE ? [`good, ${name}: ${percent(share)} reverted`] : [];
    }
    const share = detect ? detect.promoted / detect.rollouts : 0;
    return share > (isGross ? 0 : MOST_PROMOTED) ? [`bad, ${name}: ${percent(share)} promoted`] : [];
  });
}

/** The last line of the benchmark. */
export interface Summary {
  readonly bad: number;
  /** Bad canaries that the default plan with `detect: 3` promoted in any rollout. */
  readonly promoted: number;
  readonly good: number;
  /** The greatest share of rollouts that the default plan reverted in a good world. */
  readonly falseRollbacks: number;
  readonly harmedMedian: number;
}

export function summaryOf(rows: readonly Row[]): Summary {
  const totals = totalsOf(rows);
  const of = (name: string): Total => totals.find(({ decider }) => decider === name)!;
  return {
    bad: BAD_GREENS.length,
    promoted: of(DETECT).promotedGreens,
    good: GOOD_WORLDS.length,
    falseRollbacks: of(OURS).worst,
    harmedMedian: of(DETECT).harmed,
  };
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}
