import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { AlertService, LlmRouterService, RolloutService } from 'nestjs-blue-green';
import { CanaryScheduler } from '../lib/rollout/canary-scheduler.js';
import { FleetFigures } from '../lib/telemetry/fleet-figures.js';
import { control, controlOptions } from './support/control.js';
import { startGateway } from './support/gateway.js';
import { RedisServer } from './support/redis.js';
import { Stage } from './support/stage.js';

const REQUEST = { messages: [{ role: 'user', content: 'Hi' }] };
const OPTIONS = {
  ...controlOptions,
  evaluators: [{ name: 'thumbs' }],
  rollout: { steps: [{ setWeight: 50, duration: '10h' }], preflight: false },
};

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});
afterEach(() => stage.close());

async function ask(app: INestApplication, times: number): Promise<string[]> {
  const router = app.get(LlmRouterService);
  const answers = await Promise.all(Array.from({ length: times }, () => router.complete('chat', REQUEST)));
  return answers.map(({ requestId }) => requestId);
}

const restarts = async (app: INestApplication) => {
  const { json } = await control(app, 'GET', '/audit?limit=1000');
  return (json['data'] as { type: string; reason: string }[]).filter(({ type }) => type === 'EvidenceRestarted');
};
const stateOf = (app: INestApplication) => app.get(RolloutService).route('chat');
const evidenceOf = (app: INestApplication) => {
  const { decision } = app.get(RolloutService).status('chat').rollout!;
  return decision!.gates[0]!.sample;
};

describe('A Redis that has lost a part of the figures', () => {
  let server: RedisServer;
  let client: Redis;
  beforeAll(async () => {
    server = await RedisServer.start();
    client = new Redis(server.url);
  });
  afterAll(async () => {
    client.disconnect();
    await server.stop();
  });

  test('lets the evidence of a rollout start again: one event, a new epoch, and nobody is blamed', async () => {
    const options = { ...OPTIONS, journal: { redis: server.url } };
    const replicas = [
      await startGateway(stage, 'express', { options }),
      await startGateway(stage, 'fastify', { options }),
    ] as const;
    const [first, second] = replicas;
    const exchanged = async () => {
      for (let n = 0; n < 2; n++) for (const app of replicas) await app.get(FleetFigures).exchange();
    };
    await first.get(RolloutService).start('chat');
    await ask(first, 100);
    await exchanged();
    const { epoch } = stateOf(first);
    expect(Object.values(evidenceOf(first)).every((count) => count > 30)).toBe(true);

    // An eviction takes what the live environment has shown.
    const keys = await client.keys('*figures:of:*chat/blue*');
    await client.del(...keys);
    await ask(first, 4);
    await exchanged();
    for (const app of [...replicas, ...replicas]) await app.get(CanaryScheduler).tick();

    expect(await restarts(second)).toMatchObject([
      { actor: 'system', reason: expect.stringMatching(/^the figures of this rollout are lost/) },
    ]);
    expect(stateOf(second).epoch).toBeGreaterThan(epoch);
    expect(stateOf(second).rollout?.phase.name).toBe('Progressing');

    await ask(second, 100);
    await exchanged();
    const { canary, baseline } = evidenceOf(first);
    expect([canary + baseline, canary > 30]).toEqual([100, true]);
  });
});

describe('A process that starts again with its journal in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'blue-green-lost-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('says that the evidence starts again, once; and late scores still count', async () => {
    const options = { ...OPTIONS, journal: { file: join(folder, 'journal.jsonl') } };
    const first = await startGateway(stage, 'express', { options });
    await first.get(RolloutService).start('chat');
    const [requestId] = await ask(first, 10);
    await first.get(CanaryScheduler).tick();
    expect(await restarts(first)).toEqual([]);
    const { epoch } = stateOf(first);
    await first.close();

    const second = await startGateway(stage, 'express', { options });
    for (let n = 0; n < 2; n++) await second.get(CanaryScheduler).tick();
    expect(await restarts(second)).toHaveLength(1);
    expect(stateOf(second).epoch).toBeGreaterThan(epoch);
    const alerts = await second.get(AlertService).recent({ type: 'evidence_restarted' });
    expect(alerts).toMatchObject([{ severity: 'warning', route: 'chat' }]);
    const receipt = await second.get(LlmRouterService).feedback(requestId!, 1, 'thumbs');
    expect(receipt).toMatchObject({ status: 'counted' });
  });
});
