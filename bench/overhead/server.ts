import { startBareNest } from './bare-nest.js';
import { startFloor } from './floor.js';
import { startOurs } from './ours.js';
import { startUpstream } from './upstream.js';

/** Each in a process of its own, by its name. */
const SERVERS: Readonly<Record<string, (upstream: number) => Promise<number>>> = {
  upstream: startUpstream,
  floor: startFloor,
  'nest-fastify': (upstream) => startBareNest('fastify', upstream),
  'nest-express': (upstream) => startBareNest('express', upstream),
  'ours-fastify': (upstream) => startOurs('fastify', upstream),
  'ours-express': (upstream) => startOurs('express', upstream),
};

const [name = '', upstream] = process.argv.slice(2);
process.send?.({ port: await SERVERS[name]!(Number(upstream)) });
// Goes with the benchmark, and leaves a profile behind when it was asked for one.
process.once('disconnect', () => process.exit());
process.once('SIGTERM', () => process.exit());
