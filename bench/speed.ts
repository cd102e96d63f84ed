import { parseArgs } from 'node:util';
import { measuredMemory } from './memory/benchmark.js';
import { measuredOverhead } from './overhead/benchmark.js';
import { measuredPaced } from './paced/benchmark.js';

/** The figures that have an aim, and those that tell whether the run was whole. */
const KEYS = [
  'serveVsFloor',
  'fastifyVsBare',
  'expressVsBare',
  'cpuVsFloor',
  'p99VsFloor',
  'jsonVsPortkey',
  'jsonVsLitellm',
  'pacedFirstByteVsFloor',
  'rssPerStreamVsFloor',
  'inProcessVsUndici',
  'assignmentAtScale',
  'heapGrowth',
  'errors',
  'streamErrors',
];

/**
 * All figures on speed, in one run of less than ten minutes on a quiet machine.
 *
 * @param args `--quick`: two minutes, for a look; it says nothing about the growth of the heap.
 */
export async function speed(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { quick: { type: 'boolean' } } });
  const isQuick = values.quick === true;
  const overhead = await measuredOverhead(isQuick ? { rounds: 3, ms: 500 } : { rounds: 10, ms: 1_000 });
  const paced = await measuredPaced(
    isQuick ? { rounds: 1, seconds: 2, many: 0 } : { rounds: 2, seconds: 4, many: 10_000 },
  );
  const memory = isQuick ? undefined : await measuredMemory();
  const all: Record<string, number> = { ...overhead, ...paced, ...(memory && { heapGrowth: memory.heapGrowth }) };
  all['errors'] = (overhead['errors'] ?? 0) + (memory?.errors ?? 0);
  const figures = KEYS.flatMap((key) => (all[key] === undefined ? [] : [[key, all[key]] as const]));
  console.log(`\n${JSON.stringify({ node: process.version, ...Object.fromEntries(figures) })}`);
  return all['errors'] === 0 && paced['streamErrors'] === 0 ? 0 : 1;
}
