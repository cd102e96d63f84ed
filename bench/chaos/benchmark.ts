import { randomInt } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { seededRandom } from '../../test/support/seeded-random.js';
import { quantile, rounded } from '../measured/figures.js';
import { callAgainAndAgain } from './callers.js';
import { historiesOf } from './finale.js';
import { Mayhem, startUntilUp } from './mayhem.js';
import { Reach } from './model/reach.js';
import { Operator } from './operator.js';
import { probe } from './probe.js';
import { countsOf, printVerdicts, propagationOf } from './report.js';
import { scenario } from './scenario.js';
import { buildWorld, type World } from './world.js';

const MINUTE = 60_000;
const CALLERS = 5;
const METERED_SHARE = 0.2;
/** US dollars a minute that the metered route may spend: used up when a little more than half of the run is over. */
const BUDGET_A_MINUTE = 3;
const PROGRESS_EVERY = 10_000;

/**
 * Three replicas on one Redis and one on a file, rollouts that come and go, callers, and everything that can go wrong,
 * by a plan drawn from a seed. A model checker reads the record of it. `--seed N` draws the same plan again; `--minutes
 * N`, ten unless told. Returns 1 when a promise was broken.
 */
export async function chaos(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { seed: { type: 'string' }, minutes: { type: 'string', default: '10' } },
  });
  const seed = values.seed === undefined ? randomInt(1_000_000) : Number(values.seed);
  const duration = Number(values.minutes) * MINUTE;
  const budget = BUDGET_A_MINUTE * Number(values.minutes);
  const faults = scenario(seed, duration);
  console.error(`Seed ${seed}: ${faults.length} faults in ${values.minutes} minutes.`);

  const random = seededRandom(seed + 1);
  const world = await buildWorld(random, budget);
  const mayhem = new Mayhem(world);
  const members = [...world.posts.map(({ member }) => member), world.loner];
  await Promise.all(members.map((member) => startUntilUp(member)));

  const begun = performance.now();
  const over = new AbortController();
  let calls = 0;
  const nextId = () => `call-${++calls}`;
  const busy = members.flatMap((member) => {
    const recorder = member === world.loner ? world.single : world.fleet;
    const metered = member === world.loner ? 0 : METERED_SHARE;
    const options = { member, recorder, random, metered, nextId };
    return Array.from({ length: CALLERS }, () => callAgainAndAgain(options, over.signal));
  });
  const fleet = world.posts.map(({ member }) => member);
  const operators = [
    new Operator('fleet', fleet, world.places, random).work(over.signal),
    new Operator('file', [world.loner], world.places, random).work(over.signal),
  ];
  // A Redis that stands still because of the machine is as far away as one that was stopped on purpose.
  const probing = probe(
    () => world.redis.port,
    () => isAwayForAll(world),
    over.signal,
  );
  const progress = setInterval(() => say(world, begun, mayhem), PROGRESS_EVERY);
  const inflicted = faults.map(async (fault) => {
    await sleep(fault.at);
    await mayhem.inflict(fault);
  });
  await sleep(duration);
  await Promise.all(inflicted);
  over.abort();
  await Promise.all([...operators, ...busy, probing]);
  clearInterval(progress);

  const histories = await historiesOf(world, budget);
  await world.end();
  const violations = printVerdicts(histories);
  const reach = new Reach(histories.fleet);
  const times = propagationOf(histories.fleet, (replica, at) => reach.isConnected(replica, at - 1_000, at + 1_000));
  const counts = Object.fromEntries([...mayhem.counts].toSorted(([a], [b]) => a.localeCompare(b)));
  console.log(`\nfaults: ${JSON.stringify(counts)}`);
  console.log(`file:   ${JSON.stringify(countsOf(histories.file))}\n`);
  if (violations > 0) {
    const path = join(tmpdir(), `chaos-${seed}.json`);
    await writeFile(path, JSON.stringify(histories));
    console.error(`The record is in ${path}.`);
  }
  const injected = [...mayhem.counts.values()].reduce((sum, count) => sum + count, 0);
  const propagation = {
    propagationP99Ms: rounded(quantile(times, 0.99), 1),
    propagationMaxMs: rounded(Math.max(...times), 1),
  };
  const result = {
    seed,
    minutes: Number(values.minutes),
    faults: injected,
    ...countsOf(histories.fleet),
    ...propagation,
  };
  console.log(JSON.stringify({ ...result, violations }));
  return violations === 0 ? 0 : 1;
}

function isAwayForAll({ posts, fleet }: World): () => void {
  const back = posts.map(({ member }) => fleet.isAway(member.name));
  return () => {
    for (const end of back) end();
  };
}

function say({ fleet, single, posts }: World, begun: number, { counts }: Mayhem): void {
  const seconds = Math.round((performance.now() - begun) / 1000);
  const faults = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const revisions = posts.map(({ member }) => `${member.name} ${member.view?.revision ?? 'down'}`).join(', ');
  console.error(
    `${seconds} s: ${fleet.calls.length + single.calls.length} calls, ${faults} faults, revisions ${revisions}`,
  );
}
