import { readdirSync, readlinkSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { startBareNest } from '../overhead/bare-nest.js';
import { startFloor } from '../overhead/floor.js';
import { startOurs } from '../overhead/ours.js';
import { startUpstream } from '../overhead/upstream.js';
import { startTrial } from '../memory/trial.js';
import { startMoody } from '../soak/moody.js';
import { startSoaked } from '../soak/gateway.js';
import { startTicking } from '../streams/ticking.js';

/** A question to a server: how much it holds now, after it has collected its garbage if `collect` says so. */
export interface Order {
  readonly collect: boolean;
}

export interface Held {
  /** Bytes. */
  readonly rss: number;
  readonly heapUsed: number;
  /** How late its event loop was since garbage was last collected on order, milliseconds: 99 of 100 times no later. */
  readonly delayP99: number;
  /** Sockets that are open, idle ones too. */
  readonly sockets: number;
  /** Resources that keep the process alive, by kind: timers, servers, sockets in use. */
  readonly resources: Readonly<Record<string, number>>;
}

const DELAY_RESOLUTION_MS = 5;

/** Each in a process of its own, by its name. */
const SERVERS = {
  upstream: startUpstream,
  ticking: startTicking,
  floor: startFloor,
  'nest-fastify': (upstream: number) => startBareNest('fastify', upstream),
  'nest-express': (upstream: number) => startBareNest('express', upstream),
  gateway: (upstream: number) => startOurs('fastify', upstream),
  'gateway-express': (upstream: number) => startOurs('express', upstream),
  trial: startTrial,
  moody: startMoody,
  soaked: startSoaked,
} satisfies Readonly<Record<string, (upstream: number) => Promise<number>>>;

export type ServerName = keyof typeof SERVERS;

const [name, upstream] = process.argv.slice(2) as [ServerName, string];
const delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
process.on('message', ({ collect }: Order) => {
  // The second time for what the first has made finalisers let go of.
  if (collect) for (let n = 0; n < 2; n++) globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  const delayP99 = Math.max(0, delay.percentile(99) / 1e6 - DELAY_RESOLUTION_MS);
  if (collect) {
    // The first one begins to watch: it costs a timer, which who is not asked need not have.
    delay.enable();
    delay.reset();
  }
  process.send!({ rss, heapUsed, delayP99, sockets: openSockets(), resources: active() } satisfies Held);
});
process.on('disconnect', () => process.exit());
process.send!({ port: await SERVERS[name](Number(upstream)) });

function openSockets(): number {
  return readdirSync('/proc/self/fd').filter((file) => {
    try {
      return readlinkSync(`/proc/self/fd/${file}`).startsWith('socket:');
    } catch {
      return false;
    }
  }).length;
}

function active(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
