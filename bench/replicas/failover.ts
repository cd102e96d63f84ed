import { setTimeout as pause } from 'node:timers/promises';
import { ioredisConnection } from '../../lib/redis/ioredis-connection.js';
import { RedisServer } from '../../test/support/redis.js';
import { healthy, Provider } from '../shadow/providers.js';
import { Process, startFleet, type FleetSettings } from './fleet.js';

const KILLS = 20;
const REPLICAS = 3;
/** Steps long enough to be in the middle of one when the leader dies. */
const STEP_MS = 3_000;
const LEASE_MS = 5_000;

/**
 * The replica that holds the lease is killed (-9) in the middle of a step, twenty times. Another one continues the
 * schedule; no step is taken twice, and all replicas have the same journal.
 */
export async function failover(): Promise<number> {
  const [redis, provider] = [await RedisServer.start(), await Provider.start(healthy)];
  const settings: FleetSettings = { redis: redis.url, provider: provider.baseUrl, step: STEP_MS };
  const connection = await ioredisConnection(redis.url);
  const fleet = await startFleet(REPLICAS, settings);
  const gaps: number[] = [];
  for (let kills = 0; kills < KILLS; kills++) {
    await ensureRollout(fleet[0]!);
    // A moment somewhere in the step.
    await pause(200 + ((kills * 137) % (STEP_MS / 2)));
    const leader = await leaderOf(fleet, String(await connection.send('GET', '{blue-green}:lease')));
    fleet.splice(fleet.indexOf(leader), 1);
    const { revision } = leader.seen.at(-1)!.entry;
    const killedAt = Date.now();
    await leader.kill();
    await fleet[0]!.entry((entry) => entry.revision > revision && entry.actor === 'system');
    gaps.push(Date.now() - killedAt);
    console.log(`kill ${String(kills + 1).padStart(2)}   the schedule went on after ${gaps.at(-1)} ms`);
    fleet.push(await Process.start(settings));
  }
  const journals = await Promise.all(fleet.map((replica) => replica.ask({ do: 'journal' }, 'journal')));
  const texts = journals.map(({ entries }) => JSON.stringify(entries));
  const steps = journals[0]!.entries.flatMap((entry) =>
    entry.type === 'StepEntered' || entry.type === 'BakeStarted' || entry.type === 'RolloutSucceeded'
      ? [`${entry.rolloutId} ${entry.type} ${'step' in entry ? entry.step : ''}`]
      : [],
  );
  await Promise.all(fleet.map((replica) => replica.kill()));
  await connection.close();
  provider.stop();
  await redis.stop();
  const result = {
    kills: KILLS,
    steps: steps.length,
    stepsTwice: steps.length - new Set(steps).size,
    // The rest of the step when the leader dies does not count against its heir.
    longestGapMs: Math.max(...gaps),
    withinMs: LEASE_MS + STEP_MS,
    journalsIdentical: texts.every((text) => text === texts[0]),
  };
  console.log(`\n${JSON.stringify(result)}`);
  return result.stepsTwice === 0 && result.journalsIdentical && result.longestGapMs <= result.withinMs ? 0 : 1;
}

/** A rollout that is walking: a new one when the last has ended. */
async function ensureRollout(replica: Process): Promise<void> {
  await replica.ask({ do: 'start' }, 'ordered').catch(() => {});
}

async function leaderOf(fleet: readonly Process[], holder: string): Promise<Process> {
  const leader = fleet.find(({ pid }) => holder.split(':').includes(String(pid)));
  if (!leader) throw new Error(`Nobody of the fleet holds the lease: ${holder}`);
  return leader;
}
