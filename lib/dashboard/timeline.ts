import { Tally } from '../telemetry/tally.js';
import type { HistorySlice } from '../telemetry/version-history.js';

/** Figures of one environment over time, one column each; `null` where there was nothing: between slices there is one such row. */
export interface Timeline {
  /** Wall time in the middle of a slice, milliseconds; of one that was not there from its beginning or is not over, within what was. */
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

/** When anything was first seen, and what time it is: no figure stands before the one or behind the other. */
interface Bounds {
  readonly since: number | undefined;
  readonly now: number;
}

export function timelineOf(slices: readonly HistorySlice[], bounds: Bounds): Timeline {
  const rows = withHoles(slices).map((slice) => ({ at: momentOf(slice, bounds), ...slice.tally.summary() }));
  return {
    at: rows.map(({ at }) => at),
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

/** What nobody has asked for is no line from before to after it. */
function withHoles(slices: readonly HistorySlice[]): HistorySlice[] {
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
