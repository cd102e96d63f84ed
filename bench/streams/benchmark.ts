import { execFileSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { megabytes } from '../measured/measured.js';
import { median, rounded } from '../measured/figures.js';
import { openStreams, type Sitting } from './sitting.js';

const FULL = { streams: 10_000, seconds: 60, rounds: 3 };
const QUICK = { streams: 1_000, seconds: 10, rounds: 1 };
/** File descriptors of a process that are not streams. */
const OTHER_FILES = 300;
const PROXIES = ['floor', 'gateway'] as const;

/**
 * Many streams open at once, a chunk a second each: which of them do not come whole, and what each costs in memory,
 * next to the floor's. The two in turns.
 */
export async function streams(args: readonly string[]): Promise<number> {
  const wanted = wantedBy(args);
  const files = openFiles() - OTHER_FILES;
  const count = Math.min(wanted.streams, files);
  if (count < wanted.streams) console.error(`No more than ${count} streams: a process may open ${openFiles()} files.`);
  // A stream is two sockets of the process between.
  const processes = Math.ceil((2 * count) / files);
  console.error(
    `${wanted.rounds} × 2 sittings of ${wanted.seconds} s, ${count} streams through ${processes} processes.`,
  );

  const sittings: Record<(typeof PROXIES)[number], Sitting[]> = { floor: [], gateway: [] };
  for (let n = 0; n < wanted.rounds; n++) {
    for (const proxy of n % 2 === 0 ? PROXIES : PROXIES.toReversed()) {
      const sitting = await openStreams(proxy, { count, processes, seconds: wanted.seconds });
      sittings[proxy].push(sitting);
      console.log(line(n + 1, proxy, sitting));
      await pause(1_000);
    }
  }

  const { floor, gateway } = sittings;
  const ratios = gateway.map((sitting, n) => sitting.rssPerStream / floor[n]!.rssPerStream).toSorted((a, b) => a - b);
  const result = {
    streams: count,
    seconds: wanted.seconds,
    processes,
    streamErrors: gateway.reduce((sum, { errors }) => sum + errors, 0),
    floorErrors: floor.reduce((sum, { errors }) => sum + errors, 0),
    rssPerStreamVsFloor: rounded(median(ratios), 2),
    spread: [rounded(ratios[0]!, 2), rounded(ratios.at(-1)!, 2)],
    rssPerStreamKiB: rounded(median(gateway.map(({ rssPerStream }) => rssPerStream)) / 1024, 1),
    heapPerStreamKiB: rounded(median(gateway.map(({ heapPerStream }) => heapPerStream)) / 1024, 1),
    gapP99Ms: Math.round(median(gateway.map(({ gapP99 }) => gapP99))),
    floorGapP99Ms: Math.round(median(floor.map(({ gapP99 }) => gapP99))),
  };
  console.log(`\n${JSON.stringify(result)}`);
  return result.streamErrors === 0 ? 0 : 1;
}

/** `--quick`, or any of the figures by name: `--streams=3000`. */
function wantedBy(args: readonly string[]): typeof FULL {
  const number = { type: 'string' } as const;
  const options = { quick: { type: 'boolean' }, streams: number, seconds: number, rounds: number } as const;
  const { values } = parseArgs({ args: [...args], options });
  const preset = values.quick ? QUICK : FULL;
  return {
    streams: Number(values.streams ?? preset.streams),
    seconds: Number(values.seconds ?? preset.seconds),
    rounds: Number(values.rounds ?? preset.rounds),
  };
}

function line(round: number, proxy: string, sitting: Sitting): string {
  const { open, errors, rss, rssPerStream, heapPerStream, gapP99 } = sitting;
  const perStream = `${(rssPerStream / 1024).toFixed(1)} KiB a stream (heap ${(heapPerStream / 1024).toFixed(1)})`;
  return [
    `round ${round}`,
    proxy.padEnd(8),
    `${open} open`,
    `${errors} errors`,
    megabytes(rss),
    perStream,
    `longest gap p99 ${Math.round(gapP99)} ms`,
  ].join('   ');
}

/** How many files a process of ours may open; Node takes all that it is allowed. */
function openFiles(): number {
  const limit = Number(execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }));
  return Number.isNaN(limit) ? 1_000_000 : limit;
}
