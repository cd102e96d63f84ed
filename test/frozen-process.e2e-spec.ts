import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { BlueGreenOptions } from 'nestjs-blue-green';
import { answer, FakeProvider, type Behaviour } from './support/fake-provider.js';
import type { FromFrozen } from './support/frozen-app.js';

const APP = new URL('support/frozen-app.js', import.meta.url);
const KEY = 'a-key-that-is-long-enough';
/** Longer than any limit that the app has, milliseconds. */
const FROZEN = 4_000;
const LIMIT = 2_500;
const CALLS = 40;

let blue: FakeProvider;
let green: FakeProvider;
let child: ChildProcess;
let url: string;

const slot = ({ baseUrl }: FakeProvider, weight: number) => ({ model: 'm', baseUrl, apiKey: 'k', weight });

beforeEach(async () => {
  [blue, green] = await Promise.all([FakeProvider.start(), FakeProvider.start()]);
  const options: BlueGreenOptions = {
    alias: 'chat',
    environments: { blue: slot(blue, 100), green: slot(green, 0) },
    keys: [{ name: 'web', key: KEY }],
    timeouts: { firstToken: LIMIT, idle: LIMIT, total: LIMIT, streamTotal: LIMIT },
  };
  child = fork(APP, [JSON.stringify(options)], { execArgv: [] });
  const [ready] = (await once(child, 'message')) as [FromFrozen];
  if (ready.type === 'ready') ({ url } = ready);
}, 60_000);

afterEach(async () => {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
  await Promise.all([blue.stop(), green.stop()]);
});

/** Resolves to the status of a call, and whether its answer is whole. */
async function call(user: number, stream: boolean): Promise<string> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', 'x-user-id': `user-${user}` },
    body: JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: 'Hello' }], stream }),
  });
  const text = await response.text();
  return `${response.status}${text.includes('error') ? ' with an error' : ''}`;
}

/** Calls that are under way while the process stands still. @param meanwhile how a provider goes on then. */
async function acrossFreeze(meanwhile: Behaviour): Promise<readonly string[]> {
  let arrived = 0;
  const signals = new EventEmitter();
  const [asked, frozen] = [once(signals, 'asked'), once(signals, 'frozen')];
  const waiting: Behaviour = async (seen, response) => {
    if (++arrived > CALLS) return answer('from afar')(seen, response);
    if (arrived === CALLS) signals.emit('asked');
    await frozen;
    await meanwhile(seen, response);
  };
  for (const provider of [blue, green]) provider.always(waiting);
  const calls = Array.from({ length: CALLS }, (_, n) => call(n, n % 2 === 0));
  await asked;
  child.kill('SIGSTOP');
  signals.emit('frozen');
  await sleep(FROZEN);
  child.kill('SIGCONT');
  return Promise.all(calls);
}

async function report() {
  const heard = once(child, 'message');
  child.send('report');
  const [said] = (await heard) as [FromFrozen];
  if (said.type !== 'report') throw new Error('no report');
  return said;
}

describe('A process that stood still while it waited', () => {
  test('takes the answers that came meanwhile, and counts no time in which it did not run', async () => {
    const answers = await acrossFreeze(answer('from afar'));
    expect(answers).toEqual(Array.from({ length: CALLS }, () => '200'));
    const { observations, phase } = await report();
    expect(observations.map(({ outcome }) => outcome)).toEqual(Array.from({ length: CALLS }, () => 'ok'));
    expect(Math.max(...observations.map(({ latency }) => latency))).toBeLessThan(LIMIT);
    expect(phase).toBe('Progressing');
  }, 30_000);

  test('blames nobody for connections that were lost meanwhile, and asks again', async () => {
    const answers = await acrossFreeze((_seen, response) => void response.socket?.destroy());
    const { observations, phase } = await report();
    expect(answers).toEqual(Array.from({ length: CALLS }, () => '200'));
    expect(new Set(observations.map(({ outcome }) => outcome))).toEqual(new Set(['frozen']));
    expect(phase).toBe('Progressing');
    expect(await call(CALLS, false)).toBe('200');
  }, 30_000);
});
