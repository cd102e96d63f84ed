import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { Measured } from '../measured/measured.js';
import { median, quantile } from '../measured/figures.js';
import { Caller } from './caller.js';

/** Callers that begin at a time: fewer than fit into a listener's backlog. */
const BATCH = 100;
const WARM_UP_STREAMS = 300;
const SECOND = 1_000;
/** A stream that has not ended by then, milliseconds behind the order to, never will. */
const END_LIMIT = 30_000;

export interface Setting {
  readonly count: number;
  /** How many processes the streams are spread over. */
  readonly processes: number;
  readonly seconds: number;
}

/** The figures of one proxy while all streams were open. Bytes, of all its processes together. */
export interface Sitting {
  /** The fewest streams that were open at any look. */
  readonly open: number;
  readonly errors: number;
  readonly rss: number;
  /** Above what the processes held when they were warm and idle. */
  readonly rssPerStream: number;
  /** The same of the heap, garbage collected. */
  readonly heapPerStream: number;
  /** Milliseconds: 99 of 100 streams had no longer silence between two chunks. */
  readonly gapP99: number;
}

/** Opens all streams, keeps them open for as long as the setting says, and has them end. */
export async function openStreams(proxy: 'floor' | 'gateway', setting: Setting): Promise<Sitting> {
  const provider = await Measured.start('ticking');
  const proxies = await Promise.all(
    Array.from({ length: setting.processes }, () => Measured.start(proxy, provider.port)),
  );
  const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });
  await end(await begin(proxies, WARM_UP_STREAMS, agent), provider);
  const idle = await held(proxies, true);

  const callers = await begin(proxies, setting.count, agent);
  let open = setting.count;
  const rss: number[] = [];
  for (let second = 0; second < setting.seconds; second++) {
    await pause(SECOND);
    open = Math.min(open, callers.filter(({ isOpen }) => isOpen).length);
    rss.push((await held(proxies, false)).rss);
  }
  const { heapUsed } = await held(proxies, true);
  const gapP99 = quantile(
    callers.map(({ longestGap }) => longestGap),
    0.99,
  );
  await end(callers, provider);
  const problems = callers.flatMap(({ problem }) => problem ?? []);
  for (const problem of new Set(problems)) console.error(`  ${proxy}: ${problem}`);
  await Promise.all([provider, ...proxies].map((server) => server.stop()));
  return {
    open,
    errors: problems.length,
    rss: median(rss),
    rssPerStream: (median(rss) - idle.rss) / setting.count,
    heapPerStream: (heapUsed - idle.heapUsed) / setting.count,
    gapP99,
  };
}

async function begin(proxies: readonly Measured[], count: number, agent: Agent): Promise<Caller[]> {
  const callers: Caller[] = [];
  while (callers.length < count) {
    const size = Math.min(BATCH, count - callers.length);
    const batch = Array.from({ length: size }, (_, n) => {
      const user = callers.length + n;
      return new Caller(proxies[user % proxies.length]!.port, user, agent);
    });
    await Promise.all(batch.map(({ begun }) => begun));
    callers.push(...batch);
  }
  return callers;
}

async function end(callers: readonly Caller[], provider: Measured): Promise<void> {
  await fetch(`http://127.0.0.1:${provider.port}/finish`, { method: 'POST' });
  await Promise.race([Promise.all(callers.map(({ ended }) => ended)), pause(END_LIMIT, undefined, { ref: false })]);
}

async function held(servers: readonly Measured[], collect: boolean): Promise<{ rss: number; heapUsed: number }> {
  const each = await Promise.all(servers.map((server) => server.held(collect)));
  return {
    rss: each.reduce((sum, { rss }) => sum + rss, 0),
    heapUsed: each.reduce((sum, { heapUsed }) => sum + heapUsed, 0),
  };
}
