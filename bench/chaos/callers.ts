import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../lib/kit/clock.js';
import { RawCall } from '../faults/caller/raw-call.js';
import type { Received } from '../faults/caller/received.js';
import { textOf } from '../faults/provider/speaker.js';
import { machineTime } from '../replicas/messages.js';
import type { CallRecord } from './history.js';
import type { Member } from './member.js';
import { CHAT, KEY, MAX_TOKENS, METERED } from './options.js';
import type { Recorder } from './recorder.js';
import { SPEAKERS } from './weather.js';

const USERS = 200;
/** Longer than any chain of attempts may take, and a frozen replica on top. Milliseconds. */
const DEADLINE = 60_000;
const THINK_MS = 250;
const MAX_STAY_MS = 200;

export interface CallerOptions {
  readonly member: Member;
  readonly recorder: Recorder;
  readonly random: Random;
  /** Share of the calls to the route with a budget, 0–1. */
  readonly metered: number;
  readonly nextId: () => string;
}

/** Calls one replica again and again: JSON and streams, some of which it leaves. Resolves when `signal` says so. */
export async function callAgainAndAgain(options: CallerOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(THINK_MS * 2 * options.random());
    const { url } = options.member;
    if (url === undefined) continue;
    options.recorder.calls.push(await callOnce(options, url));
  }
}

async function callOnce({ member, random, metered, nextId }: CallerOptions, url: string): Promise<CallRecord> {
  const id = nextId();
  const user = `user-${Math.floor(random() * USERS)}`;
  const route = random() < metered ? METERED : CHAT;
  const headers = { 'x-request-id': id, 'x-user-id': user };
  const at = machineTime();
  const call = new RawCall(
    { url, key: KEY, model: route, headers, body: { max_tokens: MAX_TOKENS } },
    random() < 0.5,
    DEADLINE,
  );
  const left = random() < 0.05;
  if (left) setTimeout(() => call.leave(), MAX_STAY_MS * random());
  const received = await call.received;
  return {
    id,
    user,
    route,
    at,
    left,
    replica: member.name,
    endedAt: machineTime(),
    kind: received.kind,
    ...detailsOf(received),
    environment: received.environment,
  };
}

function detailsOf(received: Received): Pick<CallRecord, 'code' | 'problem'> {
  switch (received.kind) {
    case 'answer': {
      const speaker = SPEAKERS[received.environment ?? ''];
      if (!speaker) return { problem: `answered by "${received.environment}"` };
      return received.text === textOf(speaker) ? {} : { problem: `not what "${received.environment}" says` };
    }
    case 'error':
    case 'error event':
      return { code: received.code };
    case 'unreadable':
      return { problem: received.why };
    case 'truncated':
    case 'broken':
    case 'hang':
      return {};
  }
}
