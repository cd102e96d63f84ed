import { median, quantile, spread } from '../measured/figures.js';
import { chartOf } from './chart.js';
import type { Calls } from './ratios.js';
import { CONNECTIONS, type Seen } from './rounds.js';
import type { TargetName } from './targets.js';

/** For people: the medians of every server, and of every ratio. */
export function report(
  seen: ReadonlyMap<TargetName, Seen>,
  calls: Calls,
  ratios: Readonly<Record<string, readonly number[]>>,
): void {
  console.log('\n                   JSON/s  CPU µs   p50 ms   p99 ms   streams/s  CPU µs   first byte ms');
  for (const [name, { json, streams }] of seen) {
    console.log(
      name.padEnd(16) +
        column(json, ({ perSecond }) => perSecond, 9, 0) +
        column(json, ({ cpu }) => cpu, 8, 1) +
        column(json, ({ times }) => quantile(times, 0.5), 9, 2) +
        column(json, ({ times }) => quantile(times, 0.99), 9, 2) +
        column(streams, ({ perSecond }) => perSecond, 12, 0) +
        column(streams, ({ cpu }) => cpu, 8, 0) +
        column(streams, ({ firstByte }) => firstByte, 16, 3),
    );
  }
  for (const [name, values] of calls) console.log(`in process, ${name.padEnd(8)} ${median(values).toFixed(0)} calls/s`);
  console.log('\nratio                  median   spread over the rounds');
  for (const [name, values] of Object.entries(ratios)) {
    console.log(`${name.padEnd(22)} ${median(values).toFixed(3).padStart(7)}   ${spread(values)}`);
  }
}

/** The medians as a picture. */
export function drawn(seen: ReadonlyMap<TargetName, Seen>): string {
  const relays = [...seen].filter(([name]) => name !== 'upstream');
  const bars = (title: string, figure: (of: Seen) => readonly number[]) => ({
    title,
    values: new Map(relays.map(([name, of]) => [name, median(figure(of))])),
  });
  const figures = [
    bars(`JSON, ${CONNECTIONS} connections: requests a second`, ({ json }) => json.map((of) => of.perSecond)),
    bars(`Streams of 60 chunks, ${CONNECTIONS} connections: a second`, ({ streams }) =>
      streams.map((of) => of.perSecond),
    ),
  ];
  return chartOf(figures, 'serve');
}

function column<T>(rounds: readonly T[], figure: (round: T) => number, width: number, digits: number): string {
  return (rounds.length === 0 ? '' : median(rounds.map(figure)).toFixed(digits)).padStart(width);
}
