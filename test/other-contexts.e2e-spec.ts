import type { AddressInfo, Server } from 'node:net';
import { Controller, Get, UseGuards, type INestApplication } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { ClientProxyFactory, MessagePattern, Transport, type ClientProxy } from '@nestjs/microservices';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Assigned, LlmRouterService, Route, TrafficSplitGuard, type Assignment } from 'nestjs-blue-green';
import { firstValueFrom } from 'rxjs';
import supertest from 'supertest';
import { ADAPTERS, blueGreen } from './support/app.js';
import { blueAndGreen } from './support/environments.js';
import { Stage, urlOf } from './support/stage.js';

@Controller()
@UseGuards(TrafficSplitGuard)
@Route('chat')
class BothController {
  constructor(private readonly llm: LlmRouterService) {}

  @Get('ask')
  @MessagePattern('ask')
  async ask(@Assigned() assignment: Assignment | undefined) {
    const { environment } = await this.llm.complete('chat', { messages: [] });
    return { assigned: assignment?.environment ?? 'nothing', environment };
  }
}

describe.each(ADAPTERS)('contexts other than HTTP, on %s', (adapter) => {
  let stage: Stage;
  let app: INestApplication;

  beforeEach(async () => {
    stage = await Stage.open();
    app = await stage.app({
      adapter,
      module: blueGreen({ alias: 'chat', environments: blueAndGreen(stage.provider) }),
      controllers: [BothController],
    });
  });
  afterEach(() => stage.close());

  test.each([
    ['rpc', [{ question: 1 }, {}]],
    ['ws', [{}, 'a message', () => {}]],
    ['graphql', [undefined, {}, { req: undefined }, {}]],
    ['a kind of its own', []],
  ])('the guard lets %s pass untouched', async (type, args) => {
    const context = new ExecutionContextHost(args, BothController);
    context.setType(type);
    await expect(app.get(TrafficSplitGuard).canActivate(context)).resolves.toBe(true);
  });

  describe('a microservice in the same app', () => {
    let client: ClientProxy;

    beforeEach(async () => {
      const microservice = app.connectMicroservice({
        transport: Transport.TCP,
        options: { host: '127.0.0.1', port: 0 },
      });
      await app.startAllMicroservices();
      const { port } = microservice.unwrap<Server>().address() as AddressInfo;
      client = ClientProxyFactory.create({ transport: Transport.TCP, options: { host: '127.0.0.1', port } });
    });
    afterEach(() => client.close());

    test('a guarded handler answers messages and HTTP; only HTTP has an assignment', async () => {
      const byMessage: unknown = await firstValueFrom(client.send('ask', {}));
      expect(byMessage).toEqual({ assigned: 'nothing', environment: 'blue' });
      await supertest(urlOf(app)).get('/ask').expect(200, { assigned: 'blue', environment: 'blue' });
    });
  });
});
