import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { NotFoundError, RateLimitError } from 'openai';
import { errorBody } from '../lib/http/openapi/errors.js';
import { ADAPTERS } from './support/app.js';
import { control, controlOptions, OPERATOR, READER } from './support/control.js';
import { FakeClock } from './support/fake-clock.js';
import { KEY, sdkFor, startGateway, TESTER_KEY } from './support/gateway.js';
import { Stage, urlOf } from './support/stage.js';

const CHAT = { model: 'chat', messages: [{ role: 'user' as const, content: 'Hi' }] };

describe.each(ADAPTERS)('who is too quick, on %s', (adapter) => {
  let stage: Stage;
  let clock: FakeClock;

  beforeEach(async () => {
    stage = await Stage.open();
    clock = new FakeClock();
  });
  afterEach(() => stage.close());

  test("a key's own limit holds for calls, tells the SDK when to come back, and then lets it in", async () => {
    const keys = [
      { name: 'web', key: KEY, rateLimit: { requests: 2, per: '10s' } },
      { name: 'tester', key: TESTER_KEY, rateLimit: { requests: 2, per: '10s' } },
    ];
    const app = await startGateway(stage, adapter, { clock, options: { keys } });
    const client = sdkFor(app, { maxRetries: 0 });
    const ask = () => client.chat.completions.create(CHAT);
    await ask();
    await ask();

    const error = await ask().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RateLimitError);
    expect((error as RateLimitError).headers.get('retry-after')).toBe('5');
    expect(error).toMatchObject({ status: 429, code: 'too_many_requests' });
    expect(stage.provider.calls).toHaveLength(2);
    // Another key has a limit of its own.
    expect((await sdkFor(app, { apiKey: TESTER_KEY }).chat.completions.create(CHAT)).choices).toHaveLength(1);

    clock.advance(5_000);
    expect((await ask()).choices).toHaveLength(1);
    await expect(ask()).rejects.toBeInstanceOf(RateLimitError);
  });

  test('the control API takes 600 a minute from each key; calls have no limit of their own', async () => {
    const app = await startGateway(stage, adapter, { clock, options: controlOptions });
    const statuses = await Promise.all(Array.from({ length: 601 }, () => look(READER)));
    expect(statuses.filter(({ status }) => status === 200)).toHaveLength(600);
    const refused = await look(READER);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    expect(errorBody.parse(refused.json).error.code).toBe('too_many_requests');
    expect((await look(OPERATOR)).status).toBe(200);
    clock.advance(100);
    expect((await look(READER)).status).toBe(200);

    function look(key: string) {
      return control(app, 'GET', '/models/versions', undefined, { authorization: `Bearer ${key}` });
    }
  });

  test('guessing keys is slowed down to 60 a minute, and nobody is asked about the rest', async () => {
    const lookedUp: string[] = [];
    const keyLookup = async (key: string) => {
      lookedUp.push(key);
      return key === 'a-key-of-a-tenant'
        ? { name: 'tenant', scopes: ['inference' as const], environments: [] }
        : undefined;
    };
    const app = await startGateway(stage, adapter, { clock, options: { keyLookup } });
    const as = (key: string) =>
      fetch(`${urlOf(app)}/v1/models/none`, { headers: { authorization: `Bearer ${key}` } }).then(async (response) => {
        await response.text();
        return response;
      });
    for (let n = 0; n < 60; n++) expect((await as(`guess-${n}`)).status).toBe(401);
    const refused = await as('guess-60');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    expect((await as('a-key-of-a-tenant')).status).toBe(429);
    expect(lookedUp).toHaveLength(60);
    // Callers that the options list share the address, and are let in.
    await expect(sdkFor(app).models.retrieve('none')).rejects.toBeInstanceOf(NotFoundError);

    clock.advance(1_000);
    expect((await as('a-key-of-a-tenant')).status).toBe(404);
  });

  test('a request without a key counts as one with a key that nobody knows', async () => {
    const app = await startGateway(stage, adapter, { clock });
    const statuses: number[] = [];
    for (let n = 0; n < 61; n++) statuses.push((await fetch(`${urlOf(app)}/v1/models`)).status);
    expect(statuses.slice(0, 60).every((status) => status === 401)).toBe(true);
    expect(statuses[60]).toBe(429);
  });
});
