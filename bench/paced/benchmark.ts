import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { Measured } from '../measured/measured.js';
import { direct, floors, others, serves, type Started } from './proxies.js';
import { SeenStreams } from './seen.js';
import { pacedStreams, warmUp } from './sitting.js';

/** Milliseconds between two chunks, as models send them. */
const GAP_MS = 20;
/** Chunks a second that provider, proxy and callers can move on two cores. With more streams the gaps are longer. */
const MOST_CHUNKS_PER_SECOND = 25_000;
/** File descriptors of a process that are not streams. */
const OTHER_FILES = 300;
const COUNTS = [1, 100, 1_000] as const;
const MANY = 10_000;
/** The number of streams that others are measured at. */
const OTHERS_AT = 100;

interface PacedOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly many: number;
}

/**
 * Streams at the pace of models: what a gateway adds to the first byte, how even the chunks come, what they cost in
 * processor time, and what a stream costs in memory.
 *
 * @param args `--quick`: one round without the {@link MANY}. `--rounds N`, `--seconds N`, `--many N`.
 */
export async function paced(args: readonly string[]): Promise<number> {
  const number = { type: 'string' } as const;
  const options = { quick: { type: 'boolean' }, rounds: number, seconds: number, many: number } as const;
  const { values } = parseArgs({ args: [...args], options });
  const figures = await measuredPaced({
    rounds: Number(values.rounds ?? (values.quick ? 1 : 2)),
    seconds: Number(values.seconds ?? 4),
    many: Number(values.many ?? (values.quick ? 0 : MANY)),
  });
  console.log(`\n${JSON.stringify(figures)}`);
  return figures['streamErrors'] === 0 ? 0 : 1;
}

export async function measuredPaced({ rounds, seconds, many }: PacedOptions): Promise<Record<string, number>> {
  const seen = new SeenStreams();
  const provider = await Measured.start('ticking');
  const sit = async (proxies: Started, count: number, time = seconds): Promise<void> => {
    const gap = Math.max(GAP_MS, (count * 1_000) / MOST_CHUNKS_PER_SECOND);
    await fetch(`http://127.0.0.1:${provider.port}/pace/${gap}`, { method: 'POST' });
    seen.add(
      proxies.name,
      count,
      gap,
      await pacedStreams(proxies, { count, gap, seconds: time, provider: provider.port }),
    );
  };
  for (let n = 0; n < rounds; n++) {
    const all = [direct(provider), await floors(provider, 1), await serves(provider, 1)];
    for (const proxies of all) await warmUp(proxies, provider.port);
    for (const count of COUNTS) for (const proxies of n % 2 === 0 ? all : all.toReversed()) await sit(proxies, count);
    await Promise.all(all.map((proxies) => proxies.stop()));
    console.error(`paced streams, round ${n + 1} of ${rounds}`);
  }
  for (const proxies of await others(provider)) {
    await warmUp(proxies, provider.port);
    await sit(proxies, OTHERS_AT);
    await proxies.stop();
  }
  const processes = Math.ceil((2 * many) / (openFiles() - OTHER_FILES));
  for (const start of many > 0 ? [floors, serves] : []) {
    const proxies = await start(provider, processes);
    await warmUp(proxies, provider.port);
    await sit(proxies, many, 2 * seconds);
    await proxies.stop();
  }
  await provider.stop();
  seen.report();
  return seen.figures(OTHERS_AT, many > 0 ? [1_000, many] : [1_000]);
}

/** How many files a process of ours may open; Node takes all that it is allowed. */
function openFiles(): number {
  const limit = Number(execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }));
  return Number.isNaN(limit) ? 1_000_000 : limit;
}
