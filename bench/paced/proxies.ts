import { setTimeout as pause } from 'node:timers/promises';
import { Measured } from '../measured/measured.js';
import { ALIAS, KEY } from '../overhead/ours.js';
import { COLLECTS, startServe } from '../overhead/serve.js';
import { startTargets, type Target } from '../overhead/targets.js';
import type { Proxies } from './sitting.js';

const OURS = { headers: { authorization: `Bearer ${KEY}` }, model: ALIAS };
const SETTLED_MS = 700;

export interface Started extends Proxies {
  stop(): Promise<unknown>;
}

/** The provider itself: what is added is added to its times. */
export function direct(provider: Measured): Started {
  const asked = [{ ...OURS, port: provider.port }];
  return { name: 'upstream', asked, pids: [provider.pid], settle: () => settled(), stop: () => Promise.resolve() };
}

/** @param processes that share the streams. */
export async function floors(provider: Measured, processes: number): Promise<Started> {
  const all = await Promise.all(Array.from({ length: processes }, () => Measured.start('floor', provider.port)));
  return {
    name: 'floor',
    asked: all.map(({ port }) => ({ ...OURS, port })),
    pids: all.map(({ pid }) => pid),
    settle: () => settled(() => Promise.all(all.map((server) => server.held(true)))),
    stop: () => Promise.all(all.map((server) => server.stop())),
  };
}

/** `serve`, each in a process of its own. */
export async function serves(provider: Measured, processes: number): Promise<Started> {
  const all = await Promise.all(Array.from({ length: processes }, () => startServe(provider.port, COLLECTS)));
  const peers = all.filter((peer) => peer !== undefined);
  return {
    name: 'serve',
    asked: peers.map(({ port }) => ({ ...OURS, port })),
    pids: peers.map(({ child }) => child.pid!),
    settle: () => settled(() => peers.map(({ child }) => child.kill('SIGUSR2'))),
    stop: () => Promise.resolve(peers.map(({ child }) => child.kill('SIGKILL'))),
  };
}

/** Gateways of others, where they can be had. LiteLLM's cannot keep up with the streams. */
export async function others(provider: Measured): Promise<Started[]> {
  const targets = await startTargets(provider.port, ['nginx', 'portkey']);
  return targets.map(({ name, port, pid, headers, model, stop }: Target) => ({
    name,
    asked: [{ port, headers, model }],
    pids: [pid],
    settle: () => settled(),
    stop: () => Promise.resolve(stop()),
  }));
}

async function settled(collect: () => unknown = () => undefined): Promise<void> {
  await pause(SETTLED_MS);
  await collect();
  await pause(SETTLED_MS);
}
