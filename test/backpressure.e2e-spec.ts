import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { GATEWAYS } from './support/app.js';
import { answer, begin, chunk, finish, type Behaviour } from './support/fake-provider.js';
import { FakeClock } from './support/fake-clock.js';
import { KEY, sdkFor, startGateway } from './support/gateway.js';
import { LlmRouterService, Telemetry, type Observation } from 'nestjs-blue-green';
import { Stage, urlOf } from './support/stage.js';

/** More than every buffer on the way holds together. */
const PIECES = 1_000;
const PIECE = 'x'.repeat(64 * 1024);

/** Streams as fast as it is let, and knows how far it has got. */
class Flood {
  sent = 0;

  readonly behaviour: Behaviour = async (_request, response) => {
    begin(response);
    for (; this.sent < PIECES; this.sent++) {
      if (!response.write(chunk('flood', PIECE))) await once(response, 'drain');
    }
    response.end(`${finish('flood')}data: [DONE]\n\n`);
  };
}

/** Waits for the next line in the books. */
function observation(app: INestApplication): Promise<Observation> {
  return new Promise((resolve) => app.get(Telemetry).onObservation(resolve));
}

const ABORTED = { outcome: 'client_abort', callerOutcome: 'client_abort' };
const STREAM_TOTAL = 30 * 60_000;

/** Returns when the flood has stood still for as long as other callers need for twenty answers. */
async function stalled(flood: Flood, app: INestApplication): Promise<void> {
  const sdk = sdkFor(app);
  for (let before = -1; before !== flood.sent;) {
    before = flood.sent;
    for (let n = 0; n < 20; n++) await sdk.chat.completions.create({ model: 'chat', messages: [] });
  }
}

async function open(url: string): Promise<IncomingMessage> {
  const outgoing = request(`${url}/v1/chat/completions`, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
  });
  outgoing.end(JSON.stringify({ model: 'chat', messages: [], stream: true }));
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  return response;
}

describe.each(GATEWAYS)('a caller that does not read, on %s', (adapter) => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  test('holds the provider back, and gets everything when it reads on', async () => {
    const flood = new Flood();
    stage.provider.next(flood.behaviour).always(answer());
    const app = await startGateway(stage, adapter);
    const response = await open(urlOf(app));

    // As much time as other callers need for fifty answers: unhindered, the flood would be over long before.
    const sdk = sdkFor(app);
    for (let n = 0; n < 50; n++) await sdk.chat.completions.create({ model: 'chat', messages: [] });
    expect(flood.sent).toBeGreaterThan(0);
    expect(flood.sent).toBeLessThan(PIECES / 2);

    let received = 0;
    let tail = '';
    for await (const part of response as AsyncIterable<Buffer>) {
      received += part.length;
      tail = (tail + part.subarray(-64).toString('latin1')).slice(-64);
    }
    expect(received).toBeGreaterThan(PIECES * PIECE.length);
    expect(tail).toContain('data: [DONE]');
  });

  test('for longer than a stream may take is cut off as one that has left', async () => {
    const [flood, clock] = [new Flood(), new FakeClock()];
    stage.provider.next(flood.behaviour).always(answer());
    const app = await startGateway(stage, adapter, { clock });
    const response = await open(urlOf(app));
    await stalled(flood, app);
    const booked = observation(app);
    clock.advance(STREAM_TOTAL);
    expect(await booked).toMatchObject(ABORTED);
    response.resume();
    await expect(once(response, 'end')).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('as little as the body that it got from fetch() is cut off alike', async () => {
    const [flood, clock] = [new Flood(), new FakeClock()];
    stage.provider.next(flood.behaviour).always(answer());
    const app = await startGateway(stage, adapter, { clock });
    const body = JSON.stringify({ messages: [], stream: true });
    const fetch = app.get(LlmRouterService).fetch('chat');
    const response = await fetch('http://router/v1/chat/completions', { method: 'POST', body });
    await stalled(flood, app);
    const booked = observation(app);
    clock.advance(STREAM_TOTAL);
    expect(await booked).toMatchObject(ABORTED);
    expect(await response.text()).toContain('upstream_client_abort');
  });
});
