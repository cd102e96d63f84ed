import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { FIXTURES } from '../lib/upstream/providers/fixtures/all.fixture.js';
import { NOW, type Fixture } from '../lib/upstream/providers/fixtures/fixture.js';
import { GATEWAYS, blueGreen, startApp } from './support/app.js';
import { FakeClock } from './support/fake-clock.js';
import { fail, FakeProvider, type Behaviour } from './support/fake-provider.js';
import { KEY } from './support/gateway.js';
import { urlOf } from './support/stage.js';

const sends =
  ({ status, headers, body }: Fixture): Behaviour =>
  (_request, response) =>
    void response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));

/** Chats that are told to come back later, or are not told when. */
const TOLD = FIXTURES.filter(
  ({ format, status, expect: { class: failure, retryAfterMs } }) =>
    format === 'openai-chat' && status >= 400 && failure === 'rate_limited' && retryAfterMs !== undefined,
);

const ask = (from: INestApplication): Promise<Response> =>
  fetch(`${urlOf(from)}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
    body: JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: 'Hi' }] }),
  });

describe.each(GATEWAYS)('advice of providers on retries, on %s', (adapter) => {
  let provider: FakeProvider;
  let app: INestApplication;

  const start = async (breaker: false | { minCalls: number; size: number }) => {
    const environments = { blue: { model: 'm-1', baseUrl: provider.baseUrl, apiKey: 'sk-over-there', weight: 100 } };
    const keys = [{ name: 'web', key: KEY }];
    const module = blueGreen({ alias: 'chat', environments, gateway: true, keys, breaker, retry: { attempts: 1 } });
    return startApp({ adapter, module, clock: new FakeClock(NOW) });
  };

  beforeAll(async () => {
    provider = await FakeProvider.start();
    app = await start(false);
  });
  afterAll(async () => {
    await app.close();
    await provider.stop();
  });

  test('reaches the caller of every final 429', async () => {
    expect(TOLD.length).toBeGreaterThan(20);
    for (const { provider: from, name, ...told } of TOLD) {
      provider.always(sends({ provider: from, name, ...told }));
      const { status, headers } = await ask(app);
      const { retryAfterMs = null, retry } = told.expect;
      const wait = retryAfterMs === null ? null : String(Math.ceil(retryAfterMs / 1000));
      expect([from, name, status, headers.get('retry-after')]).toEqual([from, name, 429, wait]);
      const isFinal = wait === null || retry === false;
      expect([from, name, headers.get('x-should-retry')]).toEqual([from, name, isFinal ? 'false' : null]);
    }
  });

  test('is our own while a breaker is open', async () => {
    const guarded = await start({ size: 2, minCalls: 2 });
    provider.always(fail(503));
    for (let n = 0; n < 3; n++) await ask(guarded);
    const asked = provider.calls.length;
    const { status, headers } = await ask(guarded);
    expect([status, Number(headers.get('retry-after')) > 0]).toEqual([503, true]);
    expect(headers.has('x-should-retry')).toBe(false);
    expect(provider.calls).toHaveLength(asked);
    await guarded.close();
  });
});
