import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { FIXTURES } from '../lib/upstream/providers/fixtures/all.fixture.js';
import type { Fixture } from '../lib/upstream/providers/fixtures/fixture.js';
import { isProvider } from '../lib/upstream/providers.js';
import { blueGreen, startApp } from './support/app.js';
import { FakeProvider, type Behaviour } from './support/fake-provider.js';
import { aiSdk, langChain, vendorsSdk, type SdkOutcome } from './support/sdk-outcomes.js';
import { differences } from './support/sdk-differences.js';

const KEY = 'gateway-key-of-the-tests';

const sends =
  ({ status, headers, stream, body }: Fixture): Behaviour =>
  (_request, response) => {
    response.writeHead(status, headers);
    if (stream) for (const event of stream) response.write(event);
    response.end(stream ? '' : typeof body === 'string' ? body : JSON.stringify(body));
  };

const failedChats = ({ format, expect: { class: failure } }: Fixture) => format === 'openai-chat' && failure;

const SDKS = [
  ["its format's own SDK", vendorsSdk, () => true],
  ['the AI SDK', aiSdk, failedChats],
  ['LangChain', langChain, failedChats],
] as const;

describe.each([...new Set(FIXTURES.map(({ provider }) => provider))])('what %s sends, through the gateway', (name) => {
  let provider: FakeProvider;
  let app: INestApplication;

  beforeAll(async () => {
    // LangChain comments on odd answers.
    for (const level of ['log', 'warn'] as const) jest.spyOn(console, level).mockReturnValue();
    provider = await FakeProvider.start();
    const blue = { model: 'model-1', baseUrl: provider.baseUrl, apiKey: 'sk-of-the-provider', weight: 100 };
    const environments = { blue: isProvider(name) ? { ...blue, provider: name } : blue };
    const sending = { breaker: false as const, answerModel: 'upstream' as const, retry: { baseDelay: 1, maxDelay: 1 } };
    const keys = [{ name: 'tests', key: KEY }];
    const module = blueGreen({ alias: 'chat', environments, gateway: true, keys, ...sending });
    app = await startApp({ adapter: 'fastify', module });
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await app.close();
    await provider.stop();
  });

  test.each(SDKS)('is to %s as if the provider were asked directly', async (_, ask, concerns) => {
    const own = FIXTURES.filter((fixture) => fixture.provider === name && concerns(fixture));
    const direct = { origin: provider.baseUrl.replace(/\/v1$/, ''), apiKey: 'sk-of-the-provider', model: 'model-1' };
    const through = { origin: await app.getUrl(), apiKey: KEY, model: 'chat' };
    const asked = async (fixture: Fixture, place: typeof direct): Promise<SdkOutcome & { calls: number }> => {
      provider.reset();
      provider.always(sends(fixture));
      const outcome = await ask(fixture, place);
      return { ...outcome, calls: provider.calls.length };
    };
    const found: string[] = [];
    for (const fixture of own) {
      const unlike = differences(fixture, await asked(fixture, direct), await asked(fixture, through));
      found.push(...unlike.map((difference) => `${fixture.name}: ${difference}`));
    }
    expect(found).toEqual([]);
  });
});
