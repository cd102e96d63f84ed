import { createOpenAI } from '@ai-sdk/openai';
import type { INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { generateText, jsonSchema, tool, type ModelMessage } from 'ai';
import { RolloutService, Telemetry, type Observation } from 'nestjs-blue-green';
import { ADAPTERS } from './support/app.js';
import { blueAndGreen } from './support/environments.js';
import { KEY, startGateway } from './support/gateway.js';
import { Organizations } from './support/organizations.js';
import { Stage, urlOf } from './support/stage.js';

const tools = { look: tool({ inputSchema: jsonSchema<object>({ type: 'object' }), execute: () => 'seen' }) };

describe.each(ADAPTERS)('conversations of agents, on %s,', (adapter) => {
  let stage: Stage;
  let orgs: Organizations;
  let app: INestApplication;
  let seen: Observation[];

  beforeEach(async () => {
    stage = await Stage.open();
    orgs = new Organizations();
    stage.provider.always(orgs.behaviour);
    app = await startGateway(stage, adapter, {
      options: { routes: { chat: { environments: blueAndGreen(stage.provider) } }, breaker: false },
    });
    seen = [];
    app.get(Telemetry).onObservation((observation) => seen.push(observation));
  });
  afterEach(() => stage.close());

  const step = async (messages: ModelMessage[]): Promise<ModelMessage[]> => {
    const model = createOpenAI({ baseURL: `${urlOf(app)}/v1`, apiKey: KEY })('chat');
    return [...messages, ...(await generateText({ model, messages, tools })).response.messages];
  };
  const question: ModelMessage = { role: 'user', content: 'Hi' };
  const start = (setWeight: number) =>
    app.get(RolloutService).start('chat', {
      schedule: {
        steps: [
          { setWeight, duration: '1h' },
          { setWeight: 60, duration: '1h' },
        ],
      },
      force: true,
      reason: 'a test',
    });
  /** Conversations until one has begun on that side. */
  const begunOn = async (environment: string) => {
    for (;;) {
      const messages = await step([question]);
      if (seen.at(-1)!.environment === environment) return [...messages, question];
    }
  };

  test.each(['blue', 'green'])('count for %s under the weights under which they began, and no longer', async (side) => {
    await start(50);
    let messages = await begunOn(side);
    messages = [...(await step(messages)), question];
    messages = [...(await step(messages)), question];
    const { onTrial, segment } = seen.at(-1)!;
    expect(onTrial).toBeDefined();
    expect(seen.slice(-2)).toMatchObject([side, side].map((environment) => ({ environment, onTrial, segment })));
    expect(seen.slice(-2).map(({ offSplit }) => offSplit)).toEqual([undefined, undefined]);
    await app.get(RolloutService).rollback('chat');
    await start(50);
    await step(messages);
    expect([seen.at(-1)!.environment, seen.at(-1)!.offSplit, orgs.refused]).toEqual([side, true, 0]);
  });

  test('that began before the rollout do not count, on either side', async () => {
    const before = await begunOn('blue');
    await start(50);
    const rest = seen.length;
    for (let n = 0; n < 6; n++) await step(before);
    expect(new Set(seen.slice(rest).map(({ environment, offSplit }) => `${environment} ${offSplit}`))).toEqual(
      new Set(['blue true']),
    );
  });
});
