import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { median, quantile, rounded, spread } from '../measured/figures.js';
import { Measured } from '../measured/measured.js';
import { childrenOf, ownProcessorTime, residentMemory } from '../measured/processor.js';
import { ALIAS, KEY } from '../overhead/ours.js';
import type { Peer } from '../overhead/peer.js';
import { jsonRound, warmUp } from '../overhead/rounds.js';
import { startServe } from '../overhead/serve.js';
import type { Target } from '../overhead/targets.js';
import { keptToShare } from './share.js';

interface Round {
  readonly perSecond: number;
  readonly errors: number;
  /** Microseconds of processor time per request: of all processes, and of the primary alone. */
  readonly cpu: number;
  readonly primaryCpu: number;
  readonly p99: number;
  /** The busiest worker's share of the workers' processor time. */
  readonly busiest: number;
}

/**
 * The gain of `serve --workers`: one process and several in turns, on the same provider.
 *
 * @param args `--workers 2`, `--rounds 5`, `--ms 1500`. `--share 0.2` keeps each process that takes calls to that share
 * of a processor (root on Linux), so that provider and callers have the rest: the figures then tell how it scales.
 */
export async function workers(args: readonly string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { workers: text, rounds: text, ms: text, share: text },
  });
  const many = Number(values.workers ?? 2);
  const [rounds, ms] = [Number(values.rounds ?? 5), Number(values.ms ?? 1_500)];
  const upstream = await Measured.start('upstream');
  const peers = new Map<number, Peer>();
  const seen = new Map<number, Round[]>();
  for (const count of [1, many]) {
    const peer = await startServe(upstream.port, [], ['--workers', String(count)]);
    if (!peer) throw new Error(`serve --workers ${count} did not start.`);
    peers.set(count, peer);
    seen.set(count, []);
    await warmUp(targetOf(peer));
  }
  const share = values.share === undefined ? undefined : Number(values.share);
  const groups = share === undefined ? [] : [...peers.values()].flatMap(taking).map((pid) => keptToShare(pid, share));
  for (let n = 0; n < rounds; n++) {
    for (const [count, peer] of n % 2 === 0 ? peers : [...peers].toReversed()) {
      seen.get(count)!.push(await round(peer, ms));
    }
    console.error(`round ${n + 1} of ${rounds}`);
  }
  const memory = new Map([...peers].map(([count, { child }]) => [count, residentMemory(child.pid!)]));
  for (const { child } of peers.values()) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  for (const remove of groups) remove();
  await upstream.stop();
  return report(seen, memory, many);
}

const targetOf = (peer: Peer): Target => ({
  name: 'serve',
  port: peer.port,
  pid: peer.child.pid!,
  headers: { authorization: `Bearer ${KEY}`, 'x-user-id': 'user-1' },
  model: ALIAS,
  stop: () => peer.child.kill(),
});

/** The processes that take calls. */
function taking({ child }: Peer): number[] {
  const children = childrenOf(child.pid!);
  return children.length > 0 ? children : [child.pid!];
}

async function round(peer: Peer, ms: number): Promise<Round> {
  const pids = taking(peer);
  const primary = peer.child.pid!;
  const before = pids.map(ownProcessorTime);
  const primaryBefore = ownProcessorTime(primary);
  const { perSecond, errors, cpu, times } = await jsonRound(targetOf(peer), ms);
  const used = pids.map((pid, n) => ownProcessorTime(pid) - before[n]!);
  const primaryUsed = pids.includes(primary) ? 0 : ownProcessorTime(primary) - primaryBefore;
  const busiest = Math.max(...used) / used.reduce((sum, one) => sum + one, 0);
  return {
    perSecond,
    errors,
    cpu,
    primaryCpu: (primaryUsed * 1_000) / times.length,
    p99: quantile(times, 0.99),
    busiest,
  };
}

function report(seen: ReadonlyMap<number, Round[]>, memory: ReadonlyMap<number, number>, many: number): number {
  console.log('\nworkers   JSON/s  CPU µs  of it primary   p99 ms   busiest worker   RSS MiB');
  for (const [count, rounds] of seen) {
    const column = (figure: (of: Round) => number, digits: number) => median(rounds.map(figure)).toFixed(digits);
    console.log(
      String(count).padEnd(7) +
        column(({ perSecond }) => perSecond, 0).padStart(9) +
        column(({ cpu }) => cpu, 1).padStart(8) +
        column(({ primaryCpu }) => primaryCpu, 1).padStart(15) +
        column(({ p99 }) => p99, 2).padStart(9) +
        column(({ busiest }) => busiest, 2).padStart(17) +
        ((memory.get(count) ?? 0) / 1024 / 1024).toFixed(0).padStart(10),
    );
  }
  const ratio = (figure: (of: Round) => number): number[] =>
    seen.get(many)!.map((of, n) => figure(of) / figure(seen.get(1)![n]!));
  const [speed, cpu] = [ratio(({ perSecond }) => perSecond), ratio(({ cpu: of }) => of)];
  console.log(`\nrequests/s over one process: ${spread(speed)}; processor time per request over its: ${spread(cpu)}`);
  const errors = [...seen.values()].flat().reduce((sum, of) => sum + of.errors, 0);
  const figures = { workers: many, scaling: rounded(median(speed), 3), cpuVsOne: rounded(median(cpu), 3), errors };
  console.log(`\n${JSON.stringify(figures)}`);
  return errors === 0 ? 0 : 1;
}
