import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Logger, type INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { AlertService, RolloutService, ShadowService, type Observation } from 'nestjs-blue-green';
import { firstValueFrom } from 'rxjs';
import { shadowAnswer } from '../lib/http/control/answers/shadow.js';
import { RequestLog } from '../lib/records/request-log.js';
import { signature } from '../lib/records/webhook.js';
import { ADAPTERS } from './support/app.js';
import { answer, fail } from './support/fake-provider.js';
import { KEY, startGateway } from './support/gateway.js';
import { RedisServer } from './support/redis.js';
import { Stage, urlOf } from './support/stage.js';

const READER = 'a-key-that-may-read-things';
const SECRET = Buffer.from('0123456789abcdef0123456789abcdef');
const PROMPT = 'my-prompt-that-nobody-may-keep';
const BASE = {
  controlApi: true as const,
  keys: [
    { name: 'web', key: KEY, environments: ['green'] },
    { name: 'reader', key: READER, scopes: ['read' as const] },
  ],
};

const OBSERVED = {
  route: 'chat',
  environment: 'blue',
  version: 'v1',
  outcome: 'ok',
  callerOutcome: 'ok',
  attempts: 1,
  latency: 5,
} as unknown as Observation;

interface Delivery {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Somebody who takes webhooks. */
class Receiver {
  readonly seen: Delivery[] = [];
  #wake: (() => void)[] = [];

  private constructor(private readonly server: Server) {}

  static async open(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on('request', (request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        response.writeHead(204).end();
        receiver.seen.push({ headers: request.headers, body });
        for (const wake of receiver.#wake.splice(0)) wake();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get options() {
    const { port } = this.server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}/`, secret: `whsec_${SECRET.toString('base64')}` };
  }

  async until(type: string): Promise<Delivery> {
    for (;;) {
      const found = this.seen.find(({ body }) => (JSON.parse(body) as { type: string }).type === type);
      if (found) return found;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

const read = async (app: INestApplication, path: string) => {
  const response = await fetch(`${urlOf(app)}/v1${path}`, { headers: { authorization: `Bearer ${READER}` } });
  return (await response.json()) as { data: Record<string, unknown>[]; error?: unknown };
};

const ask = (app: INestApplication, environment?: string) =>
  fetch(`${urlOf(app)}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${KEY}`,
      'content-type': 'application/json',
      ...(environment && { 'x-deployment-env': environment }),
    },
    body: JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: PROMPT }] }),
  }).then((response) => response.text());

let stage: Stage;
let receiver: Receiver;
beforeEach(async () => {
  [stage, receiver] = [await Stage.open(), await Receiver.open()];
});
afterEach(async () => {
  receiver.close();
  await stage.close();
});

describe.each(ADAPTERS)('records on %s', (adapter) => {
  const start = (more: object = {}) =>
    startGateway(stage, adapter, { options: { ...BASE, alerts: { webhooks: [receiver.options] }, ...more } });

  test('a person who rolls back is heard of: in the list, and by a signed webhook', async () => {
    const app = await start();
    const rollouts = app.get(RolloutService);
    await rollouts.start('chat');
    await rollouts.rollback('chat', { actor: 'ada', reason: 'too terse' });
    const { headers, body } = await receiver.until('rollback');
    const [id, timestamp] = [String(headers['webhook-id']), Number(headers['webhook-timestamp'])];
    expect(headers['webhook-signature']).toBe(signature(SECRET, id, timestamp, body));
    expect((JSON.parse(body) as { data: unknown }).data).toMatchObject({
      severity: 'info',
      route: 'chat',
      actor: 'ada',
    });
    const { data } = await read(app, '/alerts?type=rollback');
    expect(data).toMatchObject([
      { id: decodeURIComponent(id), message: 'Route "chat": rolled back by ada: too terse' },
    ]);
  });

  test('a request is a line with its times, and without what was asked', async () => {
    const app = await start();
    stage.provider.always(answer()).next(fail(500), fail(500), fail(500));
    await ask(app, 'green');
    await ask(app);
    const { data } = await read(app, '/requests');
    expect(data).toMatchObject([
      { route: 'chat', mode: 'active', environment: 'blue', outcome: 'ok', attempts: 1 },
      { environment: 'green', answered_by: 'blue', outcome: 'server_error', caller_outcome: 'ok' },
    ]);
    expect(data.every(({ latency }) => typeof latency === 'number')).toBe(true);
    expect(JSON.stringify(data)).not.toContain(PROMPT);
    expect((await read(app, '/requests?environment=green&limit=5')).data).toHaveLength(1);
    expect(await read(app, '/requests?outcome=nonsense')).toMatchObject({ error: { code: 'invalid_input' } });
  });

  test('what was asked is kept when it is wanted, as far as it is let through', async () => {
    let asked = 0;
    const redact = (): unknown => {
      if (++asked > 1) throw new Error(PROMPT);
      return { kept: 'nothing of it' };
    };
    const app = await start({ requestLog: { content: true, redact } });
    await ask(app);
    await ask(app);
    const { data } = await read(app, '/requests');
    expect(data).toMatchObject([{ redact_failed: true }, { content: { kept: 'nothing of it' } }]);
    expect(JSON.stringify(data)).not.toContain(PROMPT);
  });

  test('a log without room for the time that lines are to be kept says so, once', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    const app = await start({ requestLog: { maxEntries: 2 } });
    const told = () => warn.mock.calls.filter(([message]) => String(message).includes('requestLog.retention')).length;
    await ask(app);
    await ask(app);
    expect(told()).toBe(0);
    await ask(app);
    await ask(app);
    expect(told()).toBe(1);
    warn.mockRestore();
  });

  test('a log that is off says so', async () => {
    const app = await start({ requestLog: false });
    await ask(app);
    expect(await read(app, '/requests')).toEqual({ object: 'list', enabled: false, data: [] });
    expect(await app.get(RequestLog).recent()).toEqual([]);
  });

  test('the cost report is there', async () => {
    const app = await start();
    await ask(app);
    expect(await read(app, '/cost/report?model_alias=chat')).toMatchObject({ route: 'chat', environments: [{}, {}] });
    expect(await read(app, '/cost/report?model_alias=none')).toMatchObject({ error: { code: 'unknown_route' } });
  });

  test('budgets say what of the month is spent', async () => {
    const app = await start({ budget: { perMonthUsd: 500 }, prices: { 'model-blue': { input: 10, output: 20 } } });
    await ask(app);
    const { data } = await read(app, '/budgets');
    expect(data).toEqual([{ scope: 'app', limit: 500, spent: expect.any(Number), reserved: 0 }]);
    expect(data[0]!['spent']).toBeGreaterThan(0);
  });

  test('an app without budgets has none to show', async () => {
    expect(await read(await start(), '/budgets')).toEqual({ object: 'list', data: [] });
  });

  test("what mirrors have shown is there: the caller's answers beside the shadow's", async () => {
    const app = await start({ shadow: { percentage: 100, maxEventLoopDelay: '1h' } });
    const pair = firstValueFrom(app.get(ShadowService).pairs$);
    await ask(app);
    await pair;
    const report = await read(app, '/shadow/report?model_alias=chat');
    expect(report).toMatchObject({
      model_alias: 'chat',
      environment: 'green',
      pairs: 1,
      compared: 1,
      mean_similarity: 1,
    });
    expect(report).toMatchObject({ shadow: { latency: { p50: expect.any(Number) } }, shed: { concurrency: 0 } });
    expect(shadowAnswer.safeParse(report).error?.issues).toBeUndefined();
    expect(await read(app, '/shadow/report?model_alias=none')).toMatchObject({ error: { code: 'unknown_route' } });
  });
});

describe('two replicas on one Redis', () => {
  let redis: RedisServer;
  beforeEach(async () => {
    redis = await RedisServer.start();
  });
  afterEach(async () => {
    await stage.close();
    await redis.stop();
  });

  test('keep more request lines than memory would: time decides when they go', async () => {
    const app = await startGateway(stage, 'express', { options: { ...BASE, journal: { redis: redis.url } } });
    const log = app.get(RequestLog);
    for (let n = 0; n < 12_000; n++) {
      log.see({ ...OBSERVED, requestId: `r${n}`, at: Date.now() }, undefined);
      if (n % 4_000 === 3_999) await log.flush();
    }
    const kept = await log.recent({ limit: 20_000 });
    expect([kept.length, kept.at(-1)?.id]).toEqual([12_000, 'r0']);
  });

  test('tell of a rollback once, and both know of it', async () => {
    const options = { ...BASE, journal: { redis: redis.url }, alerts: { webhooks: [receiver.options] } };
    const apps = [
      await startGateway(stage, 'express', { options }),
      await startGateway(stage, 'express', { options }),
    ] as const;
    const [first, second] = apps.map((app) => app.get(AlertService)) as [AlertService, AlertService];
    await apps[0].get(RolloutService).start('chat');
    await apps[0].get(RolloutService).rollback('chat');
    await receiver.until('rollback');
    await first.finish();
    await second.finish();
    expect(await first.recent({ type: 'rollback' })).toHaveLength(1);
    expect(await second.recent()).toMatchObject([{ type: 'rollback' }, { type: 'rollout_started' }]);
    const told = receiver.seen.map(({ body }) => (JSON.parse(body) as { type: string }).type);
    expect(told.toSorted()).toEqual(['rollback', 'rollout_started']);
  });
});
