import {
  Controller,
  Get,
  Injectable,
  SetMetadata,
  VersioningType,
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, Reflector, RouterModule } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { map, type Observable } from 'rxjs';
import { BlueGreenModule, LlmRouterService, Route, TrafficSplitGuard, type BlueGreenExtras } from 'nestjs-blue-green';
import supertest from 'supertest';
import { ADAPTERS, blueGreen } from './support/app.js';
import { blueAndGreen } from './support/environments.js';
import { Stage, urlOf } from './support/stage.js';

const KEY = 'a-key-that-may-do-it-all';
const AUTHORIZED = { authorization: `Bearer ${KEY}` };

@Controller()
class AppController {
  constructor(private readonly llm: LlmRouterService) {}

  @Get('orders')
  orders(): { orders: number } {
    return { orders: 3 };
  }

  @Route('chat')
  @Get('ask')
  async ask(): Promise<{ content: string }> {
    const { content } = await this.llm.complete('chat', { messages: [] });
    return { content };
  }
}

const isPublic = 'is-public';
const Public = () => SetMetadata(isPublic, true);

/** A guard as apps have it for their tokens: nobody comes in but to what is public. */
@Injectable()
class TokenGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    return this.reflector.getAllAndOverride<boolean>(isPublic, [context.getHandler(), context.getClass()]) ?? false;
  }
}

/** An interceptor as apps have it for the shape of their answers. */
@Injectable()
class DataInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((data: unknown) => ({ data })));
  }
}

describe.each(ADAPTERS)("the app's own enhancers, on %s", (adapter) => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  const everything = (extras: BlueGreenExtras = {}) =>
    blueGreen({
      routes: {
        chat: { environments: blueAndGreen(stage.provider) },
        mail: { environments: blueAndGreen(stage.provider) },
      },
      stickiness: { cookie: { secret: 'a-secret-that-is-long-enough-to-use' } },
      keys: [{ name: 'ada', key: KEY, scopes: ['inference', 'read', 'operate'] }],
      gateway: true,
      controlApi: true,
      dashboard: true,
      healthController: true,
      ...extras,
    });
  const controllers = [AppController];
  const chat = { model: 'chat', messages: [{ role: 'user', content: 'Hi' }] };

  describe('TrafficSplitGuard as a guard of the whole app', () => {
    const providers = [{ provide: APP_GUARD, useExisting: TrafficSplitGuard }];

    test('decides for handlers with a route, and leaves all others alone', async () => {
      const app = await stage.app({ adapter, module: everything(), controllers, providers });
      const caller = supertest(urlOf(app));
      const asked = await caller.get('/ask').expect(200, { content: 'Hello there' });
      expect(asked.headers).toMatchObject({ 'x-deployment-env': 'blue', 'set-cookie': [expect.anything()] });
      const { headers } = await caller.get('/orders').expect(200, { orders: 3 });
      expect(headers).not.toHaveProperty('x-deployment-env');
      expect(headers).not.toHaveProperty('set-cookie');
    });

    test.each(['/health', '/health/live', '/health/ready', '/v1/status', '/v1/models', '/blue-green'])(
      'leaves our own %s alone',
      async (path) => {
        const app = await stage.app({ adapter, module: everything(), controllers, providers });
        const { headers } = await supertest(urlOf(app)).get(path).set(AUTHORIZED).expect(200);
        expect(headers).not.toHaveProperty('set-cookie');
      },
    );

    test('leaves handlers without a route alone where there is one route only', async () => {
      const module = blueGreen({ environments: blueAndGreen(stage.provider), healthController: true });
      const app = await stage.app({ adapter, module, controllers: [OrdersController], providers });
      const { headers } = await supertest(urlOf(app)).get('/orders').expect(200);
      expect(headers).not.toHaveProperty('x-deployment-env');
    });
  });

  test('a resolver of GraphQL with the guard is sticky', async () => {
    const app = await stage.app({ adapter, module: everything(), controllers });
    const guard = app.get(TrafficSplitGuard);
    const weights = { blue: 50, green: 50 };
    const policy = { model_alias: 'chat', routing: { strategy: 'sticky', weights } };
    await supertest(urlOf(app)).patch('/v1/routing/policy').set(AUTHORIZED).send(policy).expect(200);

    const resolved = async (user: string) => {
      const seen: Record<string, string> = {};
      const req = { headers: { 'x-user-id': user } };
      const res = { header: (name: string, value: string) => void (seen[name] = value) };
      const context = new ExecutionContextHost([undefined, {}, { req, res }, {}], AppController, handlerOf('ask'));
      context.setType('graphql');
      expect(await guard.canActivate(context)).toBe(true);
      return seen['X-Deployment-Env'];
    };
    const users = Array.from({ length: 20 }, (_, index) => `user-${index}`);
    const first = await Promise.all(users.map(resolved));
    expect(new Set(first)).toEqual(new Set(['blue', 'green']));
    expect(await Promise.all(users.map(resolved))).toEqual(first);
  });

  test("decorators of the app's guards mark all our endpoints", async () => {
    const providers = [{ provide: APP_GUARD, useClass: TokenGuard }];
    const app = await stage.app({ adapter, module: everything({ decorators: [Public()] }), controllers, providers });
    const caller = supertest(urlOf(app));
    await caller.get('/orders').expect(403);
    for (const path of ['/health/live', '/v1/status', '/v1/models', '/blue-green'])
      await caller.get(path).set(AUTHORIZED).expect(200);
    await caller.post('/v1/chat/completions').set(AUTHORIZED).send(chat).expect(200);
  });

  test("an interceptor of the app's answers leaves ours as they are", async () => {
    const providers = [{ provide: APP_INTERCEPTOR, useClass: DataInterceptor }];
    const app = await stage.app({ adapter, module: everything(), controllers, providers });
    const caller = supertest(urlOf(app));
    await caller.get('/orders').expect(200, { data: { orders: 3 } });
    const live = await caller.get('/health/live').expect(200);
    expect(live.body).toEqual({ status: 'ok', info: {}, error: {}, details: {} });
    const status = await caller.get('/v1/status').set(AUTHORIZED).expect(200);
    expect(status.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(status.body).toHaveProperty('object', 'list');
    expect(status.body).toHaveProperty('data.0.route', 'chat');
    const models = await caller.get('/v1/models').set(AUTHORIZED).expect(200);
    expect(models.body).toHaveProperty('object', 'list');
    const policy = { model_alias: 'chat', routing: { weights: { blue: 50, green: 50 } } };
    const moved = await caller.patch('/v1/routing/policy').set(AUTHORIZED).send(policy).expect(200);
    expect(moved.body).toHaveProperty('weights', { blue: 50, green: 50 });
    const page = await caller.get('/blue-green').expect(200);
    expect(page.text).toMatch(/^<!doctype html>/i);
    const session = await caller.post('/blue-green/api/session').send({ key: KEY });
    expect(session.body).not.toHaveProperty('data');
  });

  test("without the app's body parser, ours reads what is sent to our paths", async () => {
    const app = await stage.app({ adapter, module: everything(), controllers, bodyParser: false });
    const caller = supertest(urlOf(app));
    await caller.post('/v1/chat/completions').set(AUTHORIZED).send(chat).expect(200);
    const policy = { model_alias: 'mail', routing: { weights: { blue: 50, green: 50 } } };
    const moved = await caller.patch('/v1/routing/policy').set(AUTHORIZED).send(policy).expect(200);
    expect(moved.body).toHaveProperty('weights', { blue: 50, green: 50 });
    const login = await caller.post('/blue-green/session').set('x-blue-green-page', '1').send({ key: KEY });
    expect(login).toMatchObject({ status: 200, body: { name: 'ada' } });
    const broken = await caller
      .post('/v1/chat/completions')
      .set({ ...AUTHORIZED, 'content-type': 'application/json' })
      .send('{"model":');
    expect(broken).toMatchObject({ status: 400, body: { error: { code: 'invalid_json' } } });
  });

  describe.each<[string, string, Setup]>([
    ['a prefix that leaves our paths out', '', { prefix: ['api', { exclude: ['v1/{*path}', 'health/{*path}'] }] }],
    ['a prefix', '/api', { prefix: ['api'] }],
    ['a path of RouterModule', '/ai', { under: 'ai' }],
    ['a prefix and a path of RouterModule', '/api/ai', { prefix: ['api'], under: 'ai' }],
    ['versions in paths', '', { versions: true }],
  ])('%s', (_what, base, setup) => {
    const start = () => {
      const { prefix, under, versions } = setup;
      const imports = under === undefined ? [] : [RouterModule.register([{ path: under, module: BlueGreenModule }])];
      return stage.app({
        adapter,
        module: everything(),
        controllers,
        imports,
        configure: (app) => {
          if (prefix) app.setGlobalPrefix(...prefix);
          if (versions) app.enableVersioning({ type: VersioningType.URI, defaultVersion: '2' });
        },
      });
    };

    test('errors at our paths keep our shape', async () => {
      const caller = supertest(urlOf(await start()));
      const type = { ...AUTHORIZED, 'content-type': 'application/json' };
      const broken = await caller.post(`${base}/v1/chat/completions`).set(type).send('{"model":');
      expect(broken).toMatchObject({ status: 400, body: { error: { code: 'invalid_json' } } });
      const command = await caller.patch(`${base}/v1/routing/policy`).set(type).send('{"model":');
      expect(command).toMatchObject({ status: 400, body: { error: { code: 'invalid_json' } } });
      const unserved = await caller.post(`${base}/v1/nothing`).set(AUTHORIZED).send({});
      expect(unserved).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } });
      expect(unserved.text).toContain(`POST ${base}/v1/chat/completions`);
    });

    test('the API describes where it is', async () => {
      const caller = supertest(urlOf(await start()));
      const { body } = await caller.get(`${base}/v1/openapi.json`).set(AUTHORIZED).expect(200);
      expect(body.servers).toEqual([{ url: base || '/' }]);
      expect(body.paths).toHaveProperty(['/v1/routing/policy']);
    });
  });
});

interface Setup {
  readonly prefix?: [string, { exclude: string[] }?];
  readonly under?: string;
  readonly versions?: boolean;
}

@Controller()
class OrdersController {
  @Get('orders')
  orders(): { orders: number } {
    return { orders: 3 };
  }
}

/** As Nest has it: a function of the class, not of an instance. */
function handlerOf(name: 'ask'): () => unknown {
  return Reflect.get(AppController.prototype, name);
}
