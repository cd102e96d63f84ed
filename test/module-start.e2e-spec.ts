import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  BlueGreenError,
  BlueGreenModule,
  CANARY_JOB,
  ImportedTwiceError,
  NoSchedulerError,
  OptionsError,
  RolloutService,
  type BlueGreenExtras,
  type BlueGreenOptions,
} from 'nestjs-blue-green';
import supertest from 'supertest';
import { ADAPTERS, blueGreen } from './support/app.js';
import { blueAndGreen } from './support/environments.js';
import { Stage, urlOf } from './support/stage.js';

const KEYS = [{ name: 'web', key: 'a-key-of-sixteen-or-more' }];

describe('starting the app', () => {
  let stage: Stage;
  const contexts: INestApplicationContext[] = [];

  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    await stage.close();
  });

  const start = async (options: object, withScheduler = true): Promise<INestApplicationContext> => {
    const module = BlueGreenModule.forRoot(options as BlueGreenOptions & BlueGreenExtras);

    @Module({ imports: withScheduler ? [ScheduleModule.forRoot(), module] : [module] })
    class AppModule {}

    const context = await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
    contexts.push(context);
    return context;
  };
  const options = (more: object = {}) => ({ environments: blueAndGreen(stage.provider), ...more });

  test.each([
    [{ gateway: true }, 'the gateway', ['inference']],
    [{ controlApi: true }, 'the control API', ['read', 'operate']],
    [{ dashboard: true }, 'the dashboard', ['read', 'operate']],
    [{ prometheus: true }, 'the Prometheus endpoint', ['read']],
    [{ gateway: true, dashboard: true }, 'the gateway', ['inference', 'read', 'operate']],
  ])('with %j and no keys proposes one with the scopes it needs', async (extras, by, scopes) => {
    const error: unknown = await start(options(extras)).catch((raised: unknown) => raised);
    if (!(error instanceof OptionsError)) throw error;
    expect(error.problems).toMatchObject([{ path: 'keys', message: `is missing, but ${by} needs it` }]);
    const [, proposed] = /scopes: \[([^\]]*)\]/.exec(error.problems[0]!.remedy) ?? [];
    expect(proposed).toBe(scopes.map((scope) => `'${scope}'`).join(', '));
  });

  describe('without ScheduleModule', () => {
    test('fails, and the error names both remedies', async () => {
      const error: unknown = await start(options(), false).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(NoSchedulerError);
      expect(error).toBeInstanceOf(BlueGreenError);
      const { code, remedy } = error as NoSchedulerError;
      expect(code).toBe('no_scheduler');
      expect(remedy).toContain('ScheduleModule.forRoot()');
      expect(remedy).toContain('scheduler: false');
    });

    test('starts when this process must not tick', async () => {
      const app = await start(options({ scheduler: false }), false);
      expect(app.get(RolloutService).routes).toEqual(['default']);
    });
  });

  test('with two sets of options fails, and the error says how to have several routes', async () => {
    @Module({ imports: [BlueGreenModule.forRoot(options())] })
    class Feature {}
    @Module({ imports: [ScheduleModule.forRoot(), Feature, BlueGreenModule.forRoot({ ...options(), alias: 'other' })] })
    class AppModule {}

    const app = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
    contexts.push(app);
    const error: unknown = await app.init().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ImportedTwiceError);
    expect((error as ImportedTwiceError).remedy).toContain('"routes"');
  });

  describe('the job', () => {
    test("is on the app's own registry while the app runs, and gone when it has closed", async () => {
      const app = await start(options());
      const registry = app.get(SchedulerRegistry, { strict: false });
      expect(registry.getIntervals()).toEqual([CANARY_JOB]);
      await app.close();
      expect(registry.getIntervals()).toEqual([]);
    });

    test('is not there when this process must not tick', async () => {
      const app = await start(options({ scheduler: false }));
      expect(app.get(SchedulerRegistry, { strict: false }).getIntervals()).toEqual([]);
    });
  });

  describe('with options that are wrong', () => {
    test.each<[string, object, string]>([
      ['no environments', {}, 'environments'],
      ['weights that do not sum to 100', { environments: { blue: { weight: 50 } } }, 'environments'],
      ['a word that is no option', { colour: 'blue' }, 'colour'],
      ['a URL that is none', { environments: { blue: { baseUrl: 'ftp://x' } } }, 'environments.blue.baseUrl'],
      ['a mount that is no place', { gateway: { prefix: 'ai' } }, 'gateway'],
      [
        'a key for an environment that nobody has',
        { keys: [{ ...KEYS[0], environments: ['gren'] }] },
        'keys.0.environments.0',
      ],
      ['the gateway on without keys', { gateway: true }, 'keys'],
      ['the gateway on with no key in the list', { gateway: true, keys: [] }, 'keys'],
      ['the gateway on with a short key', { gateway: true, keys: [{ name: 'web', key: 'short' }] }, 'keys.0.key'],
    ])('%s: fails and names the place', async (what, wrong, path) => {
      const base = 'environments' in wrong || what === 'no environments' ? {} : options();
      const error: unknown = await start({ ...base, ...wrong }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(OptionsError);
      const { problems, message } = error as OptionsError;
      expect(problems.map((problem) => problem.path)).toContain(path);
      expect(message).toContain(path);
    });

    test('the error shows no key', async () => {
      const keys = [{ name: 'web', key: 'hunter2' }];
      const environments = { blue: { apiKey: 'sk-very-secret', weight: 7 } };
      const error: unknown = await start({ environments, keys }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(OptionsError);
      expect((error as Error).message).not.toMatch(/hunter2|sk-very-secret/);
    });

    test('options that are not there are told as what they lack', async () => {
      const error: unknown = await start(undefined as unknown as object).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(OptionsError);
      expect((error as Error).message).toContain('environments is missing');
    });

    test('an async factory that breaks keeps its own error', async () => {
      const module = BlueGreenModule.forRootAsync({
        useFactory: () => {
          throw new Error('the vault is sealed');
        },
      });
      await expect(stage.app({ module })).rejects.toThrow('vault');
    });
  });

  describe.each(ADAPTERS)('two apps in one process, on %s', (adapter) => {
    test('have weights, mounts and keys of their own', async () => {
      const module = (path: string, greenWeight: number) =>
        blueGreen({
          environments: blueAndGreen(stage.provider, greenWeight),
          keys: [{ name: path, key: `the-key-of-app-${path}-0` }],
          gateway: { path },
        });
      const one = await stage.app({ adapter, module: module('one', 0) });
      const two = await stage.app({ adapter, module: module('two', 100) });
      const ask = (app: typeof one, path: string, key: string) =>
        supertest(urlOf(app))
          .post(`/${path}/v1/chat/completions`)
          .set('Authorization', `Bearer the-key-of-app-${key}-0`)
          .send({ model: 'default', messages: [] });

      expect((await ask(one, 'one', 'one').expect(200)).headers['x-deployment-env']).toBe('blue');
      expect((await ask(two, 'two', 'two').expect(200)).headers['x-deployment-env']).toBe('green');
      await ask(one, 'two', 'one').expect(404);
      await ask(one, 'one', 'two').expect(401);

      await one.get(RolloutService).setTrafficWeights('default', { green: 100 });
      expect(two.get(RolloutService).revision).toBe(1);
      await one.close();
      await ask(two, 'two', 'two').expect(200);
    });
  });

  test('keys without a gateway are fine: they say who may force', async () => {
    await expect(start(options({ keys: KEYS }))).resolves.toBeDefined();
  });
});
