import { Measured } from '../measured/measured.js';
import { LITELLM_KEY, startLitellm } from './litellm.js';
import { startNginx } from './nginx.js';
import { ALIAS, KEY } from './ours.js';
import type { Peer } from './peer.js';
import { portkeyHeaders, startPortkey } from './portkey.js';
import { startServe } from './serve.js';

/** A server that answers chat completions, in a process of its own. */
export interface Target {
  readonly name: TargetName;
  readonly port: number;
  readonly pid: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly model: string;
  readonly stop: () => unknown;
}

export const PATH = '/v1/chat/completions';

const OURS = { headers: { authorization: `Bearer ${KEY}`, 'x-user-id': 'user-1' }, model: ALIAS };

const inside = (name: 'floor' | 'nest-fastify' | 'gateway' | 'nest-express' | 'gateway-express') =>
  async function start(upstream: number): Promise<Omit<Target, 'name'>> {
    const server = await Measured.start(name, upstream);
    return { ...OURS, port: server.port, pid: server.pid, stop: () => server.stop() };
  };

const outside = (
  start: (upstream: number) => Promise<Peer | undefined>,
  asked: (upstream: number) => Pick<Target, 'headers' | 'model'>,
) =>
  async function started(upstream: number): Promise<Omit<Target, 'name'> | undefined> {
    const peer = await start(upstream);
    return peer && { ...asked(upstream), port: peer.port, pid: peer.child.pid!, stop: () => peer.child.kill() };
  };

/** By name, in the order of the report. */
const STARTS = {
  floor: inside('floor'),
  serve: outside(
    (upstream) => startServe(upstream),
    () => OURS,
  ),
  gateway: inside('gateway'),
  'nest-fastify': inside('nest-fastify'),
  'gateway-express': inside('gateway-express'),
  'nest-express': inside('nest-express'),
  nginx: outside(startNginx, () => ({ ...OURS, model: 'gpt-4o' })),
  portkey: outside(startPortkey, (upstream) => ({ headers: portkeyHeaders(upstream), model: 'gpt-4o' })),
  litellm: outside(startLitellm, () => ({ headers: { authorization: `Bearer ${LITELLM_KEY}` }, model: 'gpt-4o' })),
};

export type TargetName = keyof typeof STARTS | 'upstream';

/** Starts the servers with these names, or all of them. One that cannot be had is left out, with a word. */
export async function startTargets(upstream: number, only?: readonly string[]): Promise<Target[]> {
  const targets: Target[] = [];
  for (const [name, start] of Object.entries(STARTS)) {
    if (only && !only.includes(name)) continue;
    const target = await start(upstream);
    if (target) targets.push({ name: name as TargetName, ...target });
    else console.error(`${name} cannot be had on this machine: its figures are missing.`);
  }
  return targets;
}

/** The provider itself, as a target. */
export function directTo(upstream: Measured): Target {
  const { port, pid } = upstream;
  return { name: 'upstream', port, pid, headers: {}, model: 'gpt-4o', stop: () => upstream.stop() };
}
