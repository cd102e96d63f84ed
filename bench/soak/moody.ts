import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../test/support/seeded-random.js';
import { jsonAnswer, PRIMARY, streamEvents } from '../faults/provider/speaker.js';
import { refusalBody } from '../faults/provider/behaviours.js';
import { Provider } from '../shadow/providers.js';

const SEED = 7;
const TOOK_MS = 10;
const EVENT_MS = 4;

const WHOLE = jsonAnswer(PRIMARY);
const EVENTS = streamEvents(PRIMARY).map((data) => `data: ${data}\n\n`);

/** A provider that is well for the most part, and now and then fails in one of the ways that providers do. */
export async function startMoody(): Promise<number> {
  const random = seededRandom(SEED);
  const provider = await Provider.start((request, response) => {
    let wantsStream = false;
    request.on('data', (part: Buffer) => (wantsStream ||= part.includes('"stream":true')));
    request.on('end', () => void answer(response, wantsStream, random()));
  });
  return Number(new URL(provider.baseUrl).port);
}

/** @param mood in [0, 1): the lower, the worse. */
async function answer(response: ServerResponse, wantsStream: boolean, mood: number): Promise<void> {
  await sleep(TOOK_MS);
  if (mood < 0.01) refuse(response, 500, 'server_error');
  else if (mood < 0.015) refuse(response, 429, 'rate_limit_exceeded');
  else if (mood < 0.02) response.destroy();
  else if (wantsStream) await stream(response, mood < 0.03 ? 4 : EVENTS.length);
  else response.writeHead(200, { 'content-type': 'application/json' }).end(WHOLE);
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(refusalBody(code));
}

/** Breaks off behind so many events, if there are more. */
async function stream(response: ServerResponse, events: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of EVENTS.slice(0, events)) {
    if (response.destroyed) return;
    response.write(event);
    await sleep(EVENT_MS);
  }
  if (events < EVENTS.length) response.destroy();
  else response.end();
}
