import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../lib/kit/clock.js';
import { refuse, reset } from '../faults/provider/behaviours.js';
import type { Exchange } from '../faults/provider/exchange.js';
import type { Behaviour } from '../faults/provider/raw-provider.js';
import { jsonAnswer, streamEvents, type Speaker } from '../faults/provider/speaker.js';

/** The state of a provider for a while: the share of its answers that go wrong, and how slow it is. */
export interface Weather {
  /** 0–1. */
  readonly failing: number;
  /** Milliseconds, at most, on top of the usual. */
  readonly slow: number;
}

export const FAIR: Weather = { failing: 0.01, slow: 0 };

const USUAL_MS = 20;
const WORD_MS = 15;

export const SPEAKERS: Readonly<Record<string, Speaker>> = {
  blue: {
    model: 'blue-model',
    words: ['Blue ', 'is ', 'the ', 'sea, ', '漢字 🚣 ', 'and ', 'the sky.'],
    usage: { prompt_tokens: 9, completion_tokens: 14 },
  },
  green: {
    model: 'green-model',
    words: ['Green ', 'is ', 'the ', 'wood, ', 'flößt ', 'and the ', 'grass.'],
    usage: { prompt_tokens: 9, completion_tokens: 13 },
  },
  fallback: {
    model: 'fallback-model',
    words: ['Gray ', 'is ', 'everything ', 'else.'],
    usage: { prompt_tokens: 9, completion_tokens: 8 },
  },
};

/** @param bill called once for what a provider would charge for: an answer that it made, whether it arrives or not. */
export function under(weather: () => Weather, random: Random, bill: (exchange: Exchange) => void): Behaviour {
  return async (exchange) => {
    const { failing, slow } = weather();
    await sleep(USUAL_MS * (0.5 + random()) + slow * random());
    if (random() >= failing) {
      bill(exchange);
      await answer(exchange);
      return;
    }
    const fault = FAULTS[Math.floor(random() * FAULTS.length)]!;
    if (fault.billed) bill(exchange);
    await fault.behaviour(exchange);
  };
}

/** Word by word, so that there is a middle to be killed in. */
async function answer(exchange: Exchange): Promise<void> {
  if (!exchange.wantsStream) {
    exchange.whole(200, jsonAnswer(exchange.speaker));
    return;
  }
  await begin(exchange, Number.POSITIVE_INFINITY);
  exchange.lastChunk();
}

async function begin(exchange: Exchange, events: number): Promise<void> {
  exchange.openStream();
  for (const data of streamEvents(exchange.speaker).slice(0, events)) {
    exchange.event(data);
    await sleep(WORD_MS);
  }
}

interface Fault {
  readonly behaviour: Behaviour;
  /** Behind it an answer was made. */
  readonly billed: boolean;
}

const FAULTS: readonly Fault[] = [
  { billed: false, behaviour: refuse(500, 'server_error') },
  { billed: false, behaviour: refuse(503, 'overloaded') },
  { billed: false, behaviour: refuse(429, 'rate_limit_exceeded', { 'retry-after': '1' }) },
  { billed: false, behaviour: refuse(400, 'invalid_prompt') },
  { billed: false, behaviour: reset },
  // Silence.
  { billed: true, behaviour: () => undefined },
  { billed: true, behaviour: (exchange) => cutShort(exchange, (it) => it.reset()) },
  { billed: true, behaviour: (exchange) => cutShort(exchange, (it) => it.hangUp()) },
  { billed: true, behaviour: (exchange) => cutShort(exchange, (it) => it.lastChunk()) },
  // Silence in the middle.
  { billed: true, behaviour: (exchange) => cutShort(exchange, () => undefined) },
  { billed: true, behaviour: (exchange) => cutShort(exchange, broken) },
];

async function cutShort(exchange: Exchange, end: (exchange: Exchange) => void): Promise<void> {
  if (exchange.wantsStream) await begin(exchange, 4);
  else {
    exchange.openStream({ 'content-type': 'application/json' });
    exchange.chunk(jsonAnswer(exchange.speaker).slice(0, 40));
    await exchange.settle();
  }
  end(exchange);
}

/** An error in the middle of a stream that began well. */
function broken(exchange: Exchange): void {
  exchange.event(JSON.stringify({ error: { message: 'Overloaded.', type: 'server_error', code: 'overloaded' } }));
  exchange.lastChunk();
}
