import type { HistorySlice } from '../telemetry/version-history.js';

/** Figures of one environment over time, one column each; `null` where there was nothing. */
export interface Timeline {
  /** Wall time at which a slice begins, milliseconds. */
  readonly at: readonly number[];
  readonly requests: readonly number[];
  readonly errorRate: readonly (number | null)[];
  /** Milliseconds. */
  readonly latencyP50: readonly (number | null)[];
  readonly latencyP95: readonly (number | null)[];
  readonly latencyP99: readonly (number | null)[];
  readonly firstTokenP50: readonly (number | null)[];
  readonly firstTokenP99: readonly (number | null)[];
  /** US dollars per 1,000 requests. */
  readonly cost: readonly (number | null)[];
}

export function timelineOf(slices: readonly HistorySlice[]): Timeline {
  const rows = slices.map(({ start, tally }) => ({ start, ...tally.summary() }));
  return {
    at: rows.map(({ start }) => start),
    requests: rows.map(({ requests }) => requests),
    errorRate: rows.map(({ errorRate }) => errorRate),
    latencyP50: rows.map(({ latency }) => latency.quantile(0.5)),
    latencyP95: rows.map(({ latency }) => latency.quantile(0.95)),
    latencyP99: rows.map(({ latency }) => latency.quantile(0.99)),
    firstTokenP50: rows.map(({ timeToFirstToken }) => timeToFirstToken.quantile(0.5)),
    firstTokenP99: rows.map(({ timeToFirstToken }) => timeToFirstToken.quantile(0.99)),
    cost: rows.map(({ costPer1000Requests }) => costPer1000Requests),
  };
}
