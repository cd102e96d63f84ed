import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { Body, Controller, Post, UseGuards, type INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Assigned, LlmRouterService, Route, TrafficSplitGuard, type Assignment } from 'nestjs-blue-green';
import supertest from 'supertest';
import { ADAPTERS, blueGreen } from './support/app.js';
import { blueAndGreen } from './support/environments.js';
import { Stage, urlOf } from './support/stage.js';

interface Seen {
  readonly assigned: string;
  readonly byRouter: string[];
  readonly requestIds: string[];
}

@Controller('chat')
@UseGuards(TrafficSplitGuard)
@Route('chat')
class ChatController {
  constructor(private readonly llm: LlmRouterService) {}

  @Post()
  async chat(@Assigned() assigned: Assignment, @Body() messages: []): Promise<Seen> {
    const first = await this.llm.complete('chat', { messages });
    const second = await this.llm.complete('chat', { messages });
    const others = await Promise.all([1, 2].map(() => this.llm.complete('chat', { messages })));
    const all = [first, second, ...others];
    return {
      assigned: assigned.environment,
      byRouter: all.map(({ environment }) => environment),
      requestIds: all.map(({ requestId }) => requestId),
    };
  }
}

describe.each(ADAPTERS)('one decision per request, on %s', (adapter) => {
  let stage: Stage;
  let app: INestApplication;

  beforeEach(async () => {
    stage = await Stage.open();
    app = await stage.app({
      adapter,
      module: blueGreen({ alias: 'chat', environments: blueAndGreen(stage.provider, 50) }),
      controllers: [ChatController],
    });
  });
  afterEach(() => stage.close());

  test('the header, @Assigned() and every call of the handler agree, in 30 requests at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => supertest(urlOf(app)).post('/chat').send([]).expect(201)),
    );

    const environments = answers.map(({ headers }) => headers['x-deployment-env'] as string);
    expect(new Set(environments)).toEqual(new Set(['blue', 'green']));
    answers.forEach(({ body, headers }, index) => {
      const environment = environments[index]!;
      const requestId = headers['x-request-id'] as string;
      expect(body).toEqual({
        assigned: environment,
        byRouter: Array(4).fill(environment),
        requestIds: Array(4).fill(requestId),
      });
    });
    expect(new Set(answers.map(({ headers }) => headers['x-request-id'] as string)).size).toBe(30);
  });

  test.each([
    ['under a global prefix', '/api/chat', []],
    ['left out of the global prefix', '/chat', ['chat']],
  ])('a handler %s keeps the decision', async (_where, path, exclude) => {
    const prefixed = await stage.app({
      adapter,
      module: blueGreen({ alias: 'chat', environments: blueAndGreen(stage.provider, 50) }),
      controllers: [ChatController],
      configure: (other) => void other.setGlobalPrefix('api', { exclude }),
    });
    for (let n = 0; n < 8; n++) {
      const { body } = await supertest(urlOf(prefixed)).post(path).set('x-request-id', `r-${n}`).send([]).expect(201);
      const { assigned, byRouter, requestIds } = body as Seen;
      expect(byRouter).toEqual(Array(4).fill(assigned));
      expect(requestIds).toEqual(Array(4).fill(`r-${n}`));
    }
  });

  test('a body that arrives after the headers does not lose the decision', async () => {
    for (let n = 0; n < 8; n++) {
      const headers = { 'content-type': 'application/json', 'content-length': 2, 'x-request-id': `slow-${n}` };
      const outgoing = request(`${urlOf(app)}/chat`, { method: 'POST', headers });
      const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
      const arrived = once(app.getHttpServer() as NodeJS.EventEmitter, 'request');
      outgoing.flushHeaders();
      await arrived;
      outgoing.end('[]');
      const [answer] = await answered;

      const { assigned, byRouter, requestIds } = JSON.parse(await text(answer)) as Seen;
      expect(byRouter).toEqual(Array(4).fill(assigned));
      expect(requestIds).toEqual(Array(4).fill(`slow-${n}`));
    }
  });
});
