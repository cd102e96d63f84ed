import { randomStream } from '../../lib/analysis/simulation/random-stream.js';
import { BAD_GREENS } from './bad-greens.js';
import { GOOD_WORLDS } from './good-worlds.js';
import { DefaultPlanDecider } from './ours.js';
import { ArgoDecider, DifferenceDecider, FlaggerDecider } from './others.js';
import { SequentialDecider } from './sequential.js';
import { play } from './play.js';
import type { World } from './world.js';

const [runs = '5', what = 'all', filter = ''] = process.argv.slice(2);
const N = Number(runs);
const go = (world: World, bad: boolean) => {
  if (filter && !world.name.includes(filter)) return;
  const t = performance.now();
  const tally: Record<
    string,
    { promoted: number; reverted: number; held: number; harmed: number[]; exposed: number[] }
  > = {};
  const put = (name: string, end: ReturnType<typeof play>[number]) => {
    const of = (tally[name] ??= { promoted: 0, reverted: 0, held: 0, harmed: [], exposed: [] });
    of[end.ended]++;
    of.harmed.push(end.harmed);
    of.exposed.push(end.exposed);
  };
  let ours = 0;
  const why: Record<string, number> = {};
  for (let n = 0; n < N; n++) {
    const t0 = performance.now();
    const ds = new DefaultPlanDecider(world);
    put('ours', play(world, [ds], randomStream(1, n))[0]!);
    if (ds.because) why[ds.because] = (why[ds.because] ?? 0) + 1;
    ours += performance.now() - t0;
    if (bad && what !== 'fast') put('detect', play(world, [new DefaultPlanDecider(world, 3)], randomStream(1, n))[0]!);
    if (what === 'all') {
      const ends = play(
        world,
        [new FlaggerDecider(), new ArgoDecider(), new DifferenceDecider(), new SequentialDecider()],
        randomStream(1, n),
      );
      ends.forEach((end, i) => put(['flagger', 'argo', 'diff', 'seq'][i]!, end));
    }
  }
  const show = Object.entries(tally)
    .map(
      ([name, o]) =>
        `${name} p${o.promoted} r${o.reverted} h${o.held}${bad ? ` ${o.harmed.toSorted((a, b) => a - b)[N >> 1]}/${o.exposed.toSorted((a, b) => a - b)[N >> 1]}` : ''}`,
    )
    .join(' | ');
  console.log(
    `${bad ? 'BAD ' : 'good'} ${world.name.padEnd(48)} ${show} ${JSON.stringify(why)} (${((performance.now() - t) / N).toFixed(0)} ms, ours ${(ours / N).toFixed(0)})`,
  );
};
for (const world of GOOD_WORLDS) go(world, false);
for (const { world } of BAD_GREENS) go(world, true);
