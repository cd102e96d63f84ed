import { Logger, type INestApplication } from '@nestjs/common';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import request from 'supertest';
import { ADAPTERS, blueGreen, startApp, type Adapter } from './support/app.js';
import { blueAndGreen } from './support/environments.js';
import { FakeProvider } from './support/fake-provider.js';
import { RedisServer } from './support/redis.js';

const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
// ioredis itself says that it may not ask either.
jest.spyOn(console, 'warn').mockReturnValue();
const warnings = (): unknown[] => warn.mock.calls.map(([line]) => line);

let stops: (() => unknown)[] = [];
afterEach(async () => {
  warn.mockClear();
  for (const stop of stops.toReversed()) await stop();
  stops = [];
});

async function startedOn(adapter: Adapter, ...settings: readonly string[]): Promise<INestApplication> {
  const [server, provider] = [await RedisServer.start(...settings), await FakeProvider.start()];
  stops.push(
    () => server.stop(),
    () => provider.stop(),
  );
  const options = { alias: 'chat', environments: blueAndGreen(provider), journal: { redis: server.url } };
  const app = await startApp({ adapter, module: blueGreen({ ...options, healthController: true }) });
  stops.push(() => app.close());
  return app;
}

const journalIn = async (app: INestApplication): Promise<unknown> =>
  (await request(app.getHttpServer()).get('/health')).body.details.journal;

describe.each(ADAPTERS)('A Redis that may evict, on %s', (adapter) => {
  test.each([
    ['allkeys-lru', 'the journal, evidence and budgets'],
    ['volatile-ttl', 'the evidence of rollouts'],
  ])('%s is warned of at the start and in /health', async (policy, what) => {
    const app = await startedOn(adapter, '--maxmemory-policy', policy);
    const warning = `maxmemory-policy is ${policy}: when its memory is full, Redis may drop ${what}. Set it to noeviction.`;
    expect(warnings().filter((line) => line === warning)).toHaveLength(1);
    expect(await journalIn(app)).toEqual({ status: 'up', warning });
  });

  test('also where CONFIG is forbidden', async () => {
    const app = await startedOn(adapter, '--maxmemory-policy', 'allkeys-lfu', '--rename-command', 'CONFIG', '');
    expect(await journalIn(app)).toMatchObject({ warning: expect.stringContaining('allkeys-lfu') });
  });

  test.each([
    ['noeviction', []],
    [
      'a policy that cannot be known',
      ['--maxmemory-policy', 'allkeys-lru', '--user', 'default', 'on', 'nopass', '~*', '&*', '+@all', '-info'],
    ],
  ])('%s is not warned of', async (_what, settings) => {
    const app = await startedOn(adapter, ...settings);
    expect(warnings().filter((line) => String(line).includes('maxmemory'))).toEqual([]);
    expect(await journalIn(app)).toEqual({ status: 'up' });
  });
});
