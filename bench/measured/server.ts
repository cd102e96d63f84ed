import { startBareNest } from '../overhead/bare-nest.js';
import { startFloor } from '../overhead/floor.js';
import { startOurs } from '../overhead/ours.js';
import { startUpstream } from '../overhead/upstream.js';
import { startTrial } from '../memory/trial.js';
import { startTicking } from '../streams/ticking.js';

/** What a server is asked for: what it holds now, after it has collected its garbage if `collect` says so. */
export interface Order {
  readonly collect: boolean;
}

/** Bytes. */
export interface Held {
  readonly rss: number;
  readonly heapUsed: number;
}

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
} satisfies Readonly<Record<string, (upstream: number) => Promise<number>>>;

export type ServerName = keyof typeof SERVERS;

const [name, upstream] = process.argv.slice(2) as [ServerName, string];
process.on('message', ({ collect }: Order) => {
  // The second time for what the first has made finalisers let go of.
  if (collect) for (let n = 0; n < 2; n++) globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  process.send!({ rss, heapUsed } satisfies Held);
});
process.on('disconnect', () => process.exit());
process.send!({ port: await SERVERS[name](Number(upstream)) });
