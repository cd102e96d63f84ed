import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { median, quantile, rounded, spread } from '../measured/figures.js';
import { Measured } from '../measured/measured.js';
import { childrenOf, ownProcessorTime, processorTime, residentMemory } from '../measured/processor.js';
import { ALIAS, KEY } from '../overhead/ours.js';
import type { Peer } from '../overhead/peer.js';
import { CONNECTIONS, warmUp } from '../overhead/rounds.js';
import { bodyOf } from '../overhead/request.js';
import { load } from '../overhead/load.js';
import { startServe } from '../overhead/serve.js';
import { PATH } from '../overhead/targets.js';
import { keptToShare } from './share.js';

interface Round {
  readonly perSecond: number;
  readonly errors: number;
  /** Microseconds of processor time per request: of all processes, and of the primary alone. */
  readonly cpu: number;
  readonly primaryCpu: number;
  readonly p99: number;
}

/** One process, several that share nothing, or the workers of one `serve`. */
interface Setup {
  readonly peers: readonly Peer[];
  readonly rounds: Round[];
}

/**
 * The gain of `serve --workers`, and the cost of what workers share: beside one process, and beside as many that share
 * neither a port nor figures. All of them take turns on the same provider, with the same number of callers.
 *
 * @param args `--workers 2`, `--rounds 5`, `--ms 1500`. `--share 0.2` keeps each process that takes calls to that share
 * of a processor (root on Linux), so that provider and callers have the rest: the figures then tell how it scales.
 */
export async function workers(args: readonly string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const options = { workers: text, rounds: text, ms: text, share: text };
  const { values } = parseArgs({ args: [...args], options });
  const many = Number(values.workers ?? 2);
  const [rounds, ms] = [Number(values.rounds ?? 5), Number(values.ms ?? 1_500)];
  const upstream = await Measured.start('upstream');
  const setups = await setUp(upstream.port, many);
  const all = Object.values(setups);
  const share = values.share === undefined ? undefined : Number(values.share);
  // The one is among those apart.
  const started = [...new Set(all.flatMap(({ peers }) => peers))];
  const takers = started.flatMap(taking);
  const groups = share === undefined ? [] : takers.map((pid) => keptToShare(pid, share));
  for (let n = 0; n < rounds; n++) {
    for (const setup of n % 2 === 0 ? all : all.toReversed()) setup.rounds.push(await round(setup.peers, ms));
    console.error(`round ${n + 1} of ${rounds}`);
  }
  const memory = all.map(({ peers }) => peers.reduce((sum, { child }) => sum + residentMemory(child.pid!), 0));
  for (const { child } of started) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  for (const remove of groups) remove();
  await upstream.stop();
  return report(setups, memory);
}

async function setUp(upstream: number, many: number): Promise<Record<'one' | 'apart' | 'workers', Setup>> {
  const started = async (count: number): Promise<Peer> => {
    const peer = await startServe(upstream, [], ['--workers', String(count)]);
    if (!peer) throw new Error(`serve --workers ${count} did not start.`);
    await warmUp({ ...TARGET, port: peer.port, pid: peer.child.pid!, stop: () => peer.child.kill() });
    return peer;
  };
  const one = await started(1);
  const apart = [one];
  while (apart.length < many) apart.push(await started(1));
  return {
    one: { peers: [one], rounds: [] },
    apart: { peers: apart, rounds: [] },
    workers: { peers: [await started(many)], rounds: [] },
  };
}

const TARGET = {
  name: 'serve',
  headers: { authorization: `Bearer ${KEY}`, 'x-user-id': 'user-1' },
  model: ALIAS,
} as const;

/** The processes that take calls. */
function taking({ child }: Peer): number[] {
  const children = childrenOf(child.pid!);
  return children.length > 0 ? children : [child.pid!];
}

async function round(peers: readonly Peer[], ms: number): Promise<Round> {
  const pids = peers.map(({ child }) => child.pid!);
  const used = (of: (pid: number) => number): number => pids.reduce((sum, pid) => sum + of(pid), 0);
  const [before, primaryBefore] = [used(processorTime), used(ownProcessorTime)];
  const connections = CONNECTIONS / peers.length;
  const request = { path: PATH, headers: TARGET.headers, body: bodyOf(ALIAS, false), connections, ms };
  const seen = await Promise.all(peers.map(({ port }) => load({ ...request, port })));
  const times = seen.flatMap((one) => one.times);
  const isPrimary = peers.some(({ child }) => childrenOf(child.pid!).length > 0);
  const perRequest = (milliseconds: number): number => (milliseconds * 1_000) / times.length;
  return {
    perSecond: seen.reduce((sum, one) => sum + one.perSecond, 0),
    errors: seen.reduce((sum, { errors }) => sum + errors, 0),
    cpu: perRequest(used(processorTime) - before),
    primaryCpu: isPrimary ? perRequest(used(ownProcessorTime) - primaryBefore) : 0,
    p99: quantile(times, 0.99),
  };
}

function report(setups: Readonly<Record<'one' | 'apart' | 'workers', Setup>>, memory: readonly number[]): number {
  console.log('\n           JSON/s  CPU µs  of it primary   p99 ms   RSS MiB');
  for (const [n, [name, { rounds }]] of Object.entries(setups).entries()) {
    const column = (figure: (of: Round) => number, digits: number) => median(rounds.map(figure)).toFixed(digits);
    console.log(
      name.padEnd(8) +
        column(({ perSecond }) => perSecond, 0).padStart(9) +
        column(({ cpu }) => cpu, 1).padStart(8) +
        column(({ primaryCpu }) => primaryCpu, 1).padStart(15) +
        column(({ p99 }) => p99, 2).padStart(9) +
        ((memory[n] ?? 0) / 1024 / 1024).toFixed(0).padStart(10),
    );
  }
  const { one, apart, workers: many } = setups;
  const ratio = (figure: (of: Round) => number, than: Setup): number[] =>
    many.rounds.map((of, n) => figure(of) / figure(than.rounds[n]!));
  const ratios = {
    scaling: ratio(({ perSecond }) => perSecond, one),
    cpuVsOne: ratio(({ cpu }) => cpu, one),
    speedVsApart: ratio(({ perSecond }) => perSecond, apart),
    cpuVsApart: ratio(({ cpu }) => cpu, apart),
  };
  console.log('\nratio          median   spread over the rounds');
  for (const [name, of] of Object.entries(ratios)) {
    console.log(`${name.padEnd(13)} ${median(of).toFixed(3).padStart(7)}   ${spread(of)}`);
  }
  const medians = Object.entries(ratios).map(([name, of]) => [name, rounded(median(of), 3)]);
  const all = Object.values(setups).flatMap(({ rounds }) => rounds);
  const errors = all.reduce((sum, of) => sum + of.errors, 0);
  console.log(`\n${JSON.stringify({ ...(Object.fromEntries(medians) as Record<string, number>), errors })}`);
  return errors === 0 ? 0 : 1;
}
