import { Tally } from '../telemetry/tally.js';
import type { HistorySlice } from '../telemetry/version-history.js';
import type { TimelineAnswer } from './answers.js';

/** The time of the first request, and the time now. Every figure is placed between the two. */
interface Bounds {
  readonly since: number | undefined;
  readonly now: number;
}

export function timelineOf(slices: readonly HistorySlice[], bounds: Bounds): TimelineAnswer {
  const rows = withGaps(slices).map((slice) => ({ at: momentOf(slice, bounds), ...slice.tally.summary() }));
  return {
    at: rows.map(({ at }) => at),
    requests: rows.map(({ requests }) => requests),
    error_rate: rows.map(({ errorRate }) => errorRate),
    latency_p50_ms: rows.map(({ latency }) => latency.quantile(0.5)),
    latency_p95_ms: rows.map(({ latency }) => latency.quantile(0.95)),
    latency_p99_ms: rows.map(({ latency }) => latency.quantile(0.99)),
    first_token_p50_ms: rows.map(({ timeToFirstToken }) => timeToFirstToken.quantile(0.5)),
    first_token_p99_ms: rows.map(({ timeToFirstToken }) => timeToFirstToken.quantile(0.99)),
    cost_per_1000_requests: rows.map(({ costPer1000Requests }) => costPer1000Requests),
  };
}

/** A gap without requests breaks the line of a chart. */
function withGaps(slices: readonly HistorySlice[]): HistorySlice[] {
  return slices.flatMap((slice, index) => {
    const before = slices[index - 1];
    const start = before ? before.start + before.length : slice.start;
    return start < slice.start ? [{ start, length: slice.start - start, tally: new Tally() }, slice] : [slice];
  });
}

function momentOf({ start, length }: HistorySlice, { since = start, now }: Bounds): number {
  const middle = start + length / 2;
  return Math.min(start <= since && since < start + length ? Math.max(middle, since) : middle, now);
}
