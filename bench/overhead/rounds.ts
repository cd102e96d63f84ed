import { processorTime } from '../measured/processor.js';
import { quantile } from '../measured/figures.js';
import { load, type LoadResult } from './load.js';
import { bodyOf } from './request.js';
import { PATH, type Target } from './targets.js';

export const CONNECTIONS = 32;

/** Warm when a slice costs no more than this above the cheapest one before. */
const STEADY = 1.05;
const SLICE_MS = 500;
/** Requests that the compiler has to see before figures count as steady, and the time that they may take. */
const LEAST_REQUESTS = 20_000;
const MOST_SLICES = 20;

export interface JsonFigures extends LoadResult {
  /** Microseconds of the server's processor time per request. */
  readonly cpu: number;
}

export interface StreamFigures {
  readonly perSecond: number;
  readonly errors: number;
  /** Microseconds of the server's processor time per stream. */
  readonly cpu: number;
  /** Milliseconds to the first byte of a stream on one connection, the median. */
  readonly firstByte: number;
}

/** The figures of one server, round by round. */
export interface Seen {
  readonly json: JsonFigures[];
  readonly streams: StreamFigures[];
}

export async function jsonRound(target: Target, ms: number): Promise<JsonFigures> {
  return timed(target, false, CONNECTIONS, ms);
}

export async function streamRound(target: Target, ms: number): Promise<StreamFigures> {
  const { perSecond, errors, cpu } = await timed(target, true, CONNECTIONS, ms);
  const single = await timed(target, true, 1, ms / 2);
  return { perSecond, errors: errors + single.errors, cpu, firstByte: quantile(single.firstBytes, 0.5) };
}

/** Asks until the compiler has done what it will do: until processor time per request no longer falls. */
export async function warmUp(target: Target): Promise<void> {
  await timed(target, true, CONNECTIONS, SLICE_MS);
  let [best, requests] = [Infinity, 0];
  for (let n = 1; n <= MOST_SLICES; n++) {
    const { cpu, times } = await timed(target, false, CONNECTIONS, SLICE_MS);
    requests += times.length;
    if (requests >= LEAST_REQUESTS && cpu > best / STEADY) break;
    best = Math.min(best, cpu);
  }
  await timed(target, true, CONNECTIONS, SLICE_MS);
}

async function timed(target: Target, isStream: boolean, connections: number, ms: number): Promise<JsonFigures> {
  const { port, pid, headers, model } = target;
  const before = processorTime(pid);
  const result = await load({ port, path: PATH, headers, body: bodyOf(model, isStream), connections, ms });
  return { ...result, cpu: ((processorTime(pid) - before) * 1_000) / result.times.length };
}
