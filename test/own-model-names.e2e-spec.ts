import { Controller, Get, UseGuards, type INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Assigned, LlmRouterService, Route, TrafficSplitGuard, type Assignment } from 'nestjs-blue-green';
import supertest from 'supertest';
import { GATEWAYS } from './support/app.js';
import { KEY, sdkFor, startGateway } from './support/gateway.js';
import { Stage, urlOf } from './support/stage.js';

const messages = [{ role: 'user' as const, content: 'Hi' }];

@Controller()
class AskController {
  constructor(private readonly llm: LlmRouterService) {}

  @Get('ask')
  @UseGuards(TrafficSplitGuard)
  @Route('gpt_4')
  async ask(@Assigned() { environment }: Assignment) {
    const answer = await this.llm.complete('gpt-4.1', { messages });
    return [environment, answer.environment];
  }
}

describe.each(GATEWAYS)('a model by its own name, on %s', (adapter) => {
  let stage: Stage;
  let app: INestApplication;

  beforeEach(async () => {
    stage = await Stage.open();
    const { baseUrl } = stage.provider;
    const at = (model: string, weight: number) => ({ baseUrl, apiKey: 'k', model, weight });
    app = await startGateway(stage, adapter, {
      controllers: [AskController],
      options: {
        routes: {
          gpt_4: { environments: { blue: at('gpt-4.1', 50), green: at('gpt-4.1', 50) } },
          claude: { environments: { blue: at('claude-sonnet-4.5', 100), green: at('mini', 0) } },
          mini_a: { environments: { blue: at('flash', 100), green: at('mini', 0) } },
        },
      },
    });
  });
  afterEach(() => stage.close());

  test('is answered through the one route that has it, under the name that was asked for', async () => {
    const { model } = await sdkFor(app).chat.completions.create({ model: 'gpt-4.1', messages });
    expect([model, stage.provider.calls[0]!.body['model']]).toEqual(['gpt-4.1', 'gpt-4.1']);
    const green = { model: 'flash', messages };
    expect((await sdkFor(app).chat.completions.create(green)).model).toBe('flash');
  });

  test('that several routes have is refused, and they are named', async () => {
    const refused = sdkFor(app, { maxRetries: 0 }).chat.completions.create({ model: 'mini', messages });
    await expect(refused).rejects.toMatchObject({ status: 404, code: 'unknown_route' });
    await expect(refused).rejects.toThrow(/Several routes have the model "mini"\..*claude, mini_a/);
    await expect(sdkFor(app).models.retrieve('mini')).rejects.toMatchObject({ status: 404 });
  });

  test('is known when it is asked for, and the list has the aliases', async () => {
    expect((await sdkFor(app).models.retrieve('gpt-4.1')).id).toBe('gpt-4.1');
    const { body } = await supertest(urlOf(app)).get('/v1/models').set('Authorization', `Bearer ${KEY}`).expect(200);
    expect((body as { data: { id: string }[] }).data.map(({ id }) => id)).toEqual(['gpt_4', 'claude', 'mini_a']);
  });

  test('means the same route to the guard and to the router', async () => {
    for (let n = 0; n < 12; n++) {
      const { body } = await supertest(urlOf(app)).get('/ask').set('X-User-ID', `user-${n}`).expect(200);
      const [guarded, answered] = body as string[];
      expect(answered).toBe(guarded);
    }
  });
});
