import { Chart, type Line } from './chart.js';
import { ms, percent, usd } from './format.js';
import type { EntryAnswer } from '../../http/control/answers/records.js';
import type { TimelineAnswer, TimelinesAnswer } from '../answers.js';
import { panelOf, type Source } from './panel.js';

const SOURCE: Source<TimelinesAnswer> = { path: 'timeline' };

interface ChartsProps {
  readonly timelines: TimelinesAnswer['environments'];
  /** The newest first. */
  readonly entries: readonly EntryAnswer[];
}

/** The figures of each environment over the last two hours, and the split of the traffic. */
function Charts({ timelines, entries }: ChartsProps) {
  const all = Object.entries(timelines).filter(([, { at }]) => at.length > 0);
  const lines = (
    column: (timeline: TimelineAnswer) => readonly (number | null)[],
    what = '',
    dash?: number[],
  ): Line[] =>
    all.map(([name, timeline]) => ({ name, label: `${name}${what}`, at: timeline.at, values: column(timeline), dash }));
  if (all.length === 0) return null;
  const from = Math.min(...all.map(([, { at }]) => at[0]!));
  const to = Math.max(...all.map(([, { at }]) => at.at(-1)!));
  return (
    <section class="charts" aria-label="Over time">
      <Chart title="Traffic" lines={weightLines(all, entries, from, to)} text={percent} stepped />
      <Chart title="Error rate" lines={lines(inPercent)} text={percent} />
      <Chart
        title="Latency"
        lines={[
          ...lines(({ latency_p50_ms }) => latency_p50_ms, ' p50'),
          ...lines(({ latency_p95_ms }) => latency_p95_ms, ' p95', [6, 3]),
          ...lines(({ latency_p99_ms }) => latency_p99_ms, ' p99', [2, 3]),
        ]}
        text={ms}
      />
      <Chart
        title="First token"
        lines={[
          ...lines(({ first_token_p50_ms }) => first_token_p50_ms, ' p50'),
          ...lines(({ first_token_p99_ms }) => first_token_p99_ms, ' p99', [2, 3]),
        ]}
        text={ms}
      />
      <Chart
        title="Cost of 1,000 requests"
        lines={lines(({ cost_per_1000_requests }) => cost_per_1000_requests)}
        text={usd}
      />
    </section>
  );
}

const inPercent = ({ error_rate }: TimelineAnswer) => error_rate.map((value) => (value === null ? null : value * 100));

function weightLines(
  all: readonly (readonly [string, TimelineAnswer])[],
  entries: readonly EntryAnswer[],
  from: number,
  to: number,
) {
  const moves = entries.filter(({ weights }) => weights !== undefined).toReversed();
  if (moves.length === 0) return [];
  const end = Math.max(to, moves.at(-1)!.at);
  const before = moves.findLast(({ at }) => at <= from) ?? moves[0]!;
  const shown = [before, ...moves.filter(({ at }) => at > from)];
  const at = [...shown.map((entry) => Math.max(from, entry.at)), end];
  return all.map(([name]): Line => {
    const values = shown.map(({ weights }) => weights![name] ?? 0);
    return { name, label: name, at, values: [...values, values.at(-1)!], dash: undefined };
  });
}

export const chartsPanel = panelOf(SOURCE, ({ environments }, { state }) => (
  <Charts timelines={environments} entries={state.entries} />
));
