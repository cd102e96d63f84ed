import { setTimeout as pause } from 'node:timers/promises';
import { RedisServer } from '../../test/support/redis.js';
import { healthy, Provider } from '../shadow/providers.js';
import { Process, startFleet } from './fleet.js';

const REPLICAS = 4;
const ROLLBACKS = 50;
const WEIGHTS = 100;
const HOUR = 3_600_000;
/** Milliseconds in which a request on green would still be noticed. */
const AFTERMATH = 400;

/**
 * How long a change takes to be true everywhere: four processes on one Redis, each with callers of its own. From
 * `rollback` to the last request that is assigned to green anywhere, and from a change of weights to the last replica
 * that routes by it. A different replica gives each command.
 */
export async function replicas(): Promise<number> {
  const [redis, provider] = [await RedisServer.start(), await Provider.start(healthy)];
  const fleet = await startFleet(REPLICAS, { redis: redis.url, provider: provider.baseUrl, step: HOUR });
  console.error(`${REPLICAS} processes with 4 callers each; ${ROLLBACKS} rollbacks, ${WEIGHTS} changes of weights.`);

  const rollbacks: number[] = [];
  for (let n = 0; n < ROLLBACKS; n++) rollbacks.push(await rollback(fleet, n));
  console.log(line('rollback to the last request on green', rollbacks));
  const weights: number[] = [];
  for (let n = 0; n < WEIGHTS; n++) weights.push(await weightChange(fleet, n));
  console.log(line('weights live on every replica', weights));

  const reports = await Promise.all(fleet.map((replica) => replica.ask({ do: 'report' }, 'report')));
  const calls = reports.reduce((sum, report) => sum + report.calls, 0);
  const callerErrors = reports.reduce((sum, report) => sum + report.errors, 0);
  await Promise.all(fleet.map((replica) => replica.kill()));
  provider.stop();
  await redis.stop();
  console.log(`${calls} calls, ${callerErrors} errors\n`);
  console.log(JSON.stringify({ rollbackP99Ms: p(rollbacks, 0.99), weightP99Ms: p(weights, 0.99), callerErrors }));
  return callerErrors === 0 ? 0 : 1;
}

async function rollback(fleet: readonly Process[], n: number): Promise<number> {
  const giver = fleet[n % fleet.length]!;
  await giver.ask({ do: 'start' }, 'ordered');
  const { revision } = giver.seen.at(-1)!.entry;
  await Promise.all(fleet.map((replica) => replica.entry((entry) => entry.revision >= revision)));
  // Some requests on green everywhere.
  await pause(100);
  const { at } = await giver.ask({ do: 'rollback' }, 'ordered');
  await pause(AFTERMATH);
  const reports = await Promise.all(fleet.map((replica) => replica.ask({ do: 'report' }, 'report')));
  return Math.max(0, ...reports.map(({ lastGreenAt }) => lastGreenAt - at));
}

async function weightChange(fleet: readonly Process[], n: number): Promise<number> {
  const giver = fleet[n % fleet.length]!;
  const { at } = await giver.ask({ do: 'weights', green: 10 + (n % 50) }, 'ordered');
  const { revision } = giver.seen.at(-1)!.entry;
  const live = await Promise.all(fleet.map((replica) => replica.entry((entry) => entry.revision === revision)));
  return Math.max(...live.map((news) => news.at - at));
}

function p(values: readonly number[], quantile: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Number(sorted[Math.ceil(sorted.length * quantile) - 1]!.toFixed(1));
}

function line(name: string, values: readonly number[]): string {
  const figures = [0.5, 0.9, 0.99, 1].map((quantile) => `${p(values, quantile).toFixed(1).padStart(7)} ms`);
  return `${name.padEnd(40)} p50 ${figures[0]}   p90 ${figures[1]}   p99 ${figures[2]}   max ${figures[3]}`;
}
