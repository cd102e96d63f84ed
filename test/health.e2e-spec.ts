import { Controller, Get, Module, type INestApplication } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { BlueGreenHealthIndicator, type BlueGreenExtras, type BlueGreenOptions } from 'nestjs-blue-green';
import supertest from 'supertest';
import { ADAPTERS, blueGreen } from './support/app.js';
import { blueAndGreen } from './support/environments.js';
import { FakeProvider } from './support/fake-provider.js';
import { Stage, urlOf } from './support/stage.js';

type ShortForm = Extract<BlueGreenOptions, { environments: unknown }>;

interface Report {
  readonly status: string;
  readonly details: Record<string, { status: string; tier?: string; message: string; source: string }>;
}

/** A health endpoint of the app's own. */
@Controller('status')
class StatusController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly blueGreenHealth: BlueGreenHealthIndicator,
  ) {}

  @Get()
  @HealthCheck()
  check() {
    return this.health.check([
      ...this.blueGreenHealth.environments(),
      () => this.blueGreenHealth.environment('default', 'green', 'the-new-one'),
      () => this.blueGreenHealth.readiness('routes'),
    ]);
  }
}

@Module({})
class Host {}

async function report(app: INestApplication, path: string, status: number): Promise<Report> {
  return (await supertest(urlOf(app)).get(path).expect(status)).body as Report;
}

describe.each(ADAPTERS)('health over HTTP, on %s', (adapter) => {
  let stage: Stage;
  let other: FakeProvider;
  /** Blue and green at providers of their own; blue has all the traffic. */
  let environments: ReturnType<typeof blueAndGreen>;

  beforeEach(async () => {
    stage = await Stage.open();
    other = await FakeProvider.start();
    stage.provider.models = ['model-blue'];
    other.models = ['model-green'];
    environments = { blue: blueAndGreen(stage.provider).blue, green: blueAndGreen(other).green };
  });
  afterEach(() => Promise.all([stage.close(), other.stop()]));

  const start = (options: Partial<ShortForm> & BlueGreenExtras = {}) =>
    stage.app({
      adapter,
      module: blueGreen({ environments, healthController: true, ...options }),
    });

  describe('where it is', () => {
    test('nowhere, until it is asked for', async () => {
      await supertest(urlOf(await start({ healthController: false })))
        .get('/health')
        .expect(404);
    });

    test('at /health, and at a path of the user’s choice instead', async () => {
      const usual = await start();
      for (const path of ['/health', '/health/ready', '/health/live']) await report(usual, path, 200);
      const own = await start({ healthController: { path: 'ops/llm' } });
      for (const path of ['/ops/llm', '/ops/llm/ready', '/ops/llm/live']) await report(own, path, 200);
      await supertest(urlOf(own)).get('/health').expect(404);
    });
  });

  describe('/health', () => {
    test('has one indicator per environment, by its name', async () => {
      const { status, details } = await report(await start(), '/health', 200);
      expect(status).toBe('ok');
      expect(details).toEqual({
        blue: { status: 'up', message: 'answers', source: 'probe' },
        green: { status: 'up', message: 'answers', source: 'probe' },
      });
    });

    test('names the route too when there are several', async () => {
      const routes = { chat: { environments }, search: { environments } };
      const module = blueGreen({ routes, healthController: true });
      const { details } = await report(await stage.app({ adapter, module }), '/health', 200);
      expect(new Set(Object.keys(details))).toEqual(
        new Set(['chat/blue', 'chat/green', 'search/blue', 'search/green']),
      );
    });

    test('is degraded while an environment is down and another serves, and says which', async () => {
      await other.stop();
      const { status, details } = await report(await start(), '/health', 200);
      expect(status).toBe('degraded');
      expect(details).toMatchObject({ blue: { status: 'up' }, green: { status: 'degraded', tier: 'connectivity' } });
    });

    test('is 503 when a route has nobody left, and says who is down', async () => {
      await Promise.all([other.stop(), stage.provider.stop()]);
      const { status, details } = await report(await start(), '/health', 503);
      expect(status).toBe('error');
      expect(details).toMatchObject({ blue: { status: 'down' }, green: { status: 'down', tier: 'connectivity' } });
    });

    test('tells neither keys nor addresses', async () => {
      await other.stop();
      const { text } = await supertest(urlOf(await start())).get('/health');
      expect(text).not.toMatch(/sk-upstream|127\.0\.0\.1/);
    });
  });

  describe('/health/ready', () => {
    test('is 200 while somebody can serve: the environment without traffic may be down', async () => {
      await other.stop();
      await report(await start(), '/health/ready', 200);
    });

    test('is 200 while a fallback can serve', async () => {
      await stage.provider.stop();
      const spare = { ...environments.green, apiKey: 'sk-spare' };
      await report(await start({ environments: { blue: environments.blue, spare } }), '/health/ready', 200);
    });

    test('is 503 when nobody can, and names the route', async () => {
      await Promise.all([stage.provider.stop(), other.stop()]);
      const { details } = await report(await start({ alias: 'chat' }), '/health/ready', 503);
      expect(details['blue-green']).toMatchObject({
        status: 'down',
        message: expect.stringContaining('chat'),
      });
    });

    test('is 503 when one of several routes has nobody', async () => {
      await other.stop();
      const { blue, green } = environments;
      const routes = {
        chat: { environments: { blue } },
        search: { environments: { green: { ...green, weight: 100 } } },
      };
      const module = blueGreen({ routes, healthController: true });
      const { details } = await report(await stage.app({ adapter, module }), '/health/ready', 503);
      expect(details['blue-green']!.message).toMatch(/search/);
      expect(details['blue-green']!.message).not.toMatch(/chat/);
    });
  });

  describe('/health/live', () => {
    test('asks nobody, and is 200 with every upstream gone', async () => {
      const app = await start();
      await report(app, '/health/live', 200);
      expect([...stage.provider.seen, ...other.seen]).toEqual([]);
      await Promise.all([stage.provider.stop(), other.stop()]);
      await report(app, '/health/live', 200);
    });
  });

  test("the indicators serve in a controller of the app's own", async () => {
    const app = await stage.app({
      adapter,
      module: {
        module: Host,
        imports: [blueGreen({ environments }), TerminusModule],
        controllers: [StatusController],
      },
    });
    const { details } = await report(app, '/status', 200);
    expect(Object.keys(details)).toHaveLength(4);
    expect(details).toMatchObject({
      blue: { status: 'up' },
      green: { status: 'up' },
      'the-new-one': { status: 'up' },
      routes: { status: 'up' },
    });
  });
});
