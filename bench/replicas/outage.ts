import { setTimeout as pause } from 'node:timers/promises';
import { RedisServer } from '../../test/support/redis.js';
import { healthy, Provider } from '../shadow/providers.js';
import { machineTime } from './messages.js';
import { startFleet, type Process } from './fleet.js';

const REPLICAS = 3;
const AWAY_MS = 20_000;
const HOUR = 3_600_000;

/**
 * Redis stops for twenty seconds under load. Calls go on, health says `degraded`, a command is refused; when Redis is
 * back every replica has every entry once.
 */
export async function outage(): Promise<number> {
  const [redis, provider] = [await RedisServer.start(), await Provider.start(healthy)];
  const fleet = await startFleet(REPLICAS, { redis: redis.url, provider: provider.baseUrl, step: HOUR });
  const [first] = fleet as [Process, ...Process[]];
  for (let n = 1; n <= 10; n++) await first.ask({ do: 'weights', green: n }, 'ordered');
  const before = await callsOf(fleet);

  await redis.shutDown();
  console.error(`Redis is away for ${AWAY_MS / 1000} s.`);
  const refused = await first.ask({ do: 'weights', green: 50 }, 'ordered').then(
    () => false,
    (error: Error) => error.message.includes('journal'),
  );
  await pause(AWAY_MS / 2);
  const degraded = await Promise.all(fleet.map(({ health }) => isDegraded(health)));
  await pause(AWAY_MS / 2);
  const during = await callsOf(fleet);
  await redis.restart();

  const back = machineTime();
  const revision = await appended(first);
  const live = await Promise.all(fleet.map((replica) => replica.entry((entry) => entry.revision >= revision)));
  const caughtUpMs = Math.max(...live.map(({ at }) => at)) - back;
  const reports = await Promise.all(fleet.map((replica) => replica.ask({ do: 'report' }, 'report')));
  const callerErrors = reports.reduce((sum, report) => sum + report.errors, 0);
  const { lost, doubled } = await history(fleet, first);

  await Promise.all(fleet.map((replica) => replica.kill()));
  provider.stop();
  await redis.stop();
  console.log(`${during - before} calls while Redis was away; a command then was ${refused ? 'refused' : 'taken'}.\n`);
  const result = {
    callsWhileAway: during - before,
    callerErrors,
    commandRefused: refused,
    degraded: degraded.every(Boolean),
    caughtUpMs: Math.round(caughtUpMs),
    lost,
    doubled,
  };
  console.log(JSON.stringify(result));
  return callerErrors + lost + doubled === 0 && refused && result.degraded ? 0 : 1;
}

async function callsOf(fleet: readonly Process[]): Promise<number> {
  const reports = await Promise.all(fleet.map((replica) => replica.ask({ do: 'report' }, 'report')));
  return reports.reduce((sum, { calls }) => sum + calls, 0);
}

/** A change of weights as soon as one is taken again; its revision. */
async function appended(replica: Process): Promise<number> {
  for (let green = 20; ; green++) {
    try {
      await replica.ask({ do: 'weights', green }, 'ordered');
      return replica.seen.at(-1)!.entry.revision;
    } catch {
      await pause(50);
    }
  }
}

async function isDegraded(url: string): Promise<boolean> {
  const response = await fetch(url);
  return response.status === 200 && (await response.text()).includes('"degraded"');
}

/** The answer to a replica, beside the content of the journal. */
async function history(fleet: readonly Process[], reader: Process): Promise<{ lost: number; doubled: number }> {
  const { entries } = await reader.ask({ do: 'journal' }, 'journal');
  let [lost, doubled] = [0, 0];
  for (const { seen } of fleet) {
    const told = seen.map(({ entry }) => entry.revision);
    const [from] = told as [number];
    const unique = new Set(told);
    doubled += told.length - unique.size;
    lost += entries.filter(({ revision }) => revision >= from && !unique.has(revision)).length;
  }
  return { lost, doubled };
}
