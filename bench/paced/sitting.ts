import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { median, quantile } from '../measured/figures.js';
import { processorTime, residentMemory } from '../measured/processor.js';
import { Caller, type Asked } from '../streams/caller.js';

/** A server that streams go through, or several that share them. */
export interface Proxies {
  readonly name: string;
  readonly asked: readonly Asked[];
  readonly pids: readonly number[];
  /** Collects the garbage of the servers that can be told to. */
  settle(): Promise<void>;
}

export interface Pace {
  /** Streams that are open at once. */
  readonly count: number;
  /** Milliseconds between two chunks of a stream. */
  readonly gap: number;
  /** How long all of them are open. */
  readonly seconds: number;
  /** Port of the provider, which is told there to end all streams. */
  readonly provider: number;
}

/** The figures of one server. Times in milliseconds. */
export interface Paced {
  readonly errors: number;
  /** To the first byte. */
  readonly firstByte: { readonly p50: number; readonly p99: number };
  /** How much later than planned a chunk came after the one before: 99 of 100 came sooner. */
  readonly jitterP99: number;
  /** Processor time of the server per 1,000 chunks. */
  readonly cpuPerThousand: number;
  /** Bytes above what the server held when it was idle. */
  readonly rssPerStream: number;
}

/** Streams that are opened in a second, so that they do not wait for each other. */
const OPENED_PER_SECOND = 400;
const STEP_MS = 25;
/** A lone stream is opened so many times, one after the other. */
const ALONE = 40;
const END_LIMIT_MS = 20_000;

/** Streams that are opened and ended before anything is measured. */
const WARM_UPS = { times: 12, count: 100 };

/** Opens and ends streams, so that the compiler has seen them. */
export async function warmUp(proxies: Proxies, provider: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  for (let n = 0; n < WARM_UPS.times; n++) {
    const callers = await opened(proxies, agent, WARM_UPS.count);
    await Promise.all(callers.map(({ begun }) => begun));
    await finished(callers, provider);
  }
  agent.destroy();
}

/** Opens the streams one by one, keeps all of them open for as long as the pace says, and has them end. */
export async function pacedStreams(proxies: Proxies, pace: Pace): Promise<Paced> {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const firstBytes: number[] = [];
  if (pace.count === 1) firstBytes.push(...(await oneByOne(proxies, agent, pace)));
  await proxies.settle();
  const idle = held(proxies);
  const callers = await opened(proxies, agent, pace.count);
  await Promise.all(callers.map(({ begun }) => begun));
  if (pace.count > 1) firstBytes.push(...callers.map(({ firstByte }) => firstByte));

  const late: number[] = [];
  for (const caller of callers) caller.onGap = (ms) => void late.push(ms - pace.gap);
  const before = cpu(proxies);
  const memory: number[] = [];
  for (let n = 0; n < pace.seconds * 2; n++) {
    await pause(500);
    memory.push(held(proxies));
  }
  const used = cpu(proxies) - before;
  const chunks = late.length;
  for (const caller of callers) caller.onGap = undefined;
  await finished(callers, pace.provider);
  agent.destroy();
  const problems = callers.flatMap(({ problem }) => problem ?? []);
  for (const problem of new Set(problems)) console.error(`  ${proxies.name}: ${problem}`);
  return {
    errors: problems.length,
    firstByte: { p50: quantile(firstBytes, 0.5), p99: quantile(firstBytes, 0.99) },
    jitterP99: quantile(late, 0.99),
    cpuPerThousand: (used * 1_000) / chunks,
    rssPerStream: (median(memory) - idle) / pace.count,
  };
}

async function oneByOne(proxies: Proxies, agent: Agent, { provider }: Pace): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < ALONE; n++) {
    const [caller] = await opened(proxies, agent, 1);
    await caller!.begun;
    await finished([caller!], provider);
    times.push(caller!.firstByte);
  }
  return times;
}

async function opened({ asked }: Proxies, agent: Agent, count: number): Promise<Caller[]> {
  const callers: Caller[] = [];
  const perStep = (OPENED_PER_SECOND * STEP_MS) / 1_000;
  while (callers.length < count) {
    for (let n = 0; n < perStep && callers.length < count; n++) {
      const at = asked[callers.length % asked.length]!;
      callers.push(new Caller(at.port, callers.length, agent, at));
    }
    if (callers.length < count) await pause(STEP_MS);
  }
  return callers;
}

async function finished(callers: readonly Caller[], provider: number): Promise<void> {
  await fetch(`http://127.0.0.1:${provider}/finish`, { method: 'POST' });
  const limit = pause(END_LIMIT_MS, undefined, { ref: false });
  await Promise.race([Promise.all(callers.map(({ ended }) => ended)), limit]);
}

function cpu({ pids }: Proxies): number {
  return pids.reduce((sum, pid) => sum + processorTime(pid), 0);
}

function held({ pids }: Proxies): number {
  return pids.reduce((sum, pid) => sum + residentMemory(pid), 0);
}
