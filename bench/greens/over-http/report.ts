import { aligned } from '../tables.js';
import { percent, type Summary } from '../report.js';
import type { HttpResult } from './jobs.js';
import { HTTP_WORLDS } from './worlds.js';

/** A world, and the ends of its rollouts. */
export interface HttpRow {
  readonly kind: 'good' | 'bad';
  readonly name: string;
  readonly rollouts: number;
  readonly promoted: number;
  readonly reverted: number;
  /** Medians of a rollout. */
  readonly harmed: number;
  readonly canaryRequests: number;
}

export function httpRowsOf(results: readonly HttpResult[]): HttpRow[] {
  return HTTP_WORLDS.map(({ kind, name }, number) => {
    const ends = results.filter(({ world }) => world === number).map(({ end }) => end);
    return {
      kind,
      name,
      rollouts: ends.length,
      promoted: ends.filter(({ ended }) => ended === 'promoted').length,
      reverted: ends.filter(({ ended }) => ended === 'reverted').length,
      harmed: median(ends.map(({ harmed }) => harmed)),
      canaryRequests: median(ends.map(({ canaryRequests }) => canaryRequests)),
    };
  });
}

export function httpTable(rows: readonly HttpRow[]): string {
  const heading = ['over HTTP', 'rollouts', 'promoted', 'reverted', 'held', 'harmed', 'requests of the canary'];
  const lines = rows.map(({ kind, name, rollouts, promoted, reverted, harmed, canaryRequests }) => [
    `${kind}: ${name}`,
    ...[rollouts, promoted, reverted, rollouts - promoted - reverted, harmed, canaryRequests].map(String),
  ]);
  return aligned([heading, ...lines]);
}

/** Its rollouts are too few for a share of each world: `falseRollbacks` is of all good ones together. */
export function httpSummaryOf(rows: readonly HttpRow[]): Summary {
  const [bad, good] = (['bad', 'good'] as const).map((kind) => rows.filter((row) => row.kind === kind));
  const all = (of: (row: HttpRow) => number): number => good!.reduce((sum, row) => sum + of(row), 0);
  return {
    bad: bad!.length,
    promoted: bad!.filter(({ promoted }) => promoted > 0).length,
    good: good!.length,
    falseRollbacks: all(({ reverted }) => reverted) / all(({ rollouts }) => rollouts),
    harmedMedian: median(bad!.map(({ harmed }) => harmed)),
  };
}

const MOST_FALSE = 0.05;

export function httpComplaintsOf(rows: readonly HttpRow[]): string[] {
  const promoted = rows.filter((row) => row.kind === 'bad' && row.promoted > 0);
  const { falseRollbacks } = httpSummaryOf(rows);
  return [
    ...promoted.map((row) => `over HTTP, bad, ${row.name}: ${row.promoted} of ${row.rollouts} promoted`),
    ...(falseRollbacks > MOST_FALSE ? [`over HTTP, good: ${percent(falseRollbacks)} reverted`] : []),
  ];
}

/** Both parts in one line. Callers harmed are those of the simulated part: it has rollouts enough for a median. */
export function together(simulated: Summary | undefined, http: Summary): Summary {
  if (!simulated) return http;
  return {
    bad: simulated.bad + http.bad,
    promoted: simulated.promoted + http.promoted,
    good: simulated.good + http.good,
    falseRollbacks: Math.max(simulated.falseRollbacks, http.falseRollbacks),
    harmedMedian: simulated.harmedMedian,
  };
}

function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[figures.length >> 1] ?? 0;
}
