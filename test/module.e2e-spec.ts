import { Controller, Get, Injectable, Module, UseGuards, type DynamicModule } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { ScheduleModule } from '@nestjs/schedule';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  BlueGreenModule,
  CLOCK,
  JOURNAL,
  LlmRouterService,
  MemoryJournal,
  RANDOM,
  RolloutService,
  systemClock,
  TrafficSplitGuard,
  type BlueGreenOptions,
  type BlueGreenOptionsFactory,
} from 'nestjs-blue-green';
import supertest from 'supertest';
import { ADAPTERS, blueGreen } from './support/app.js';
import { blueAndGreen } from './support/environments.js';
import { Stage, urlOf } from './support/stage.js';

/** What an async registration would get from a configuration service. */
@Injectable()
class Settings implements BlueGreenOptionsFactory {
  static options: BlueGreenOptions;

  createBlueGreenOptions(): BlueGreenOptions {
    return Settings.options;
  }
}

@Module({ providers: [Settings], exports: [Settings] })
class SettingsModule {}

@Controller()
class AskController {
  constructor(private readonly llm: LlmRouterService) {}

  @Get('ask')
  @UseGuards(TrafficSplitGuard)
  async ask(): Promise<string> {
    return (await this.llm.complete('default', { messages: [] })).content;
  }
}

describe.each(ADAPTERS)('registering the module, on %s', (adapter) => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.open();
    Settings.options = { environments: blueAndGreen(stage.provider) };
  });
  afterEach(() => stage.close());

  test.each<[string, () => DynamicModule]>([
    ['forRoot', () => BlueGreenModule.forRoot(Settings.options)],
    ['forRootAsync, useFactory', () => BlueGreenModule.forRootAsync({ useFactory: async () => Settings.options })],
    [
      'forRootAsync, useFactory with inject',
      () =>
        BlueGreenModule.forRootAsync({
          imports: [SettingsModule],
          inject: [Settings],
          useFactory: (settings: Settings) => settings.createBlueGreenOptions(),
        }),
    ],
    ['forRootAsync, useClass', () => BlueGreenModule.forRootAsync({ useClass: Settings })],
    [
      'forRootAsync, useExisting',
      () => BlueGreenModule.forRootAsync({ imports: [SettingsModule], useExisting: Settings }),
    ],
  ])('%s gives a guard and a router that work', async (_how, module) => {
    const app = await stage.app({ adapter, module: module(), controllers: [AskController] });
    const { headers } = await supertest(urlOf(app)).get('/ask').expect(200, 'Hello there');
    expect(headers['x-deployment-env']).toBe('blue');
  });

  test('the bare class says what to import instead', async () => {
    const started = stage.app({ adapter, module: { module: BlueGreenModule } });
    await expect(started).rejects.toThrow(/^A module imports the class BlueGreenModule, which has no options\./);
  });

  test('forRootAsync mounts the gateway and the health controller too', async () => {
    Settings.options = { ...Settings.options, keys: [{ name: 'web', key: 'a-key-of-sixteen-or-more' }] };
    const module = BlueGreenModule.forRootAsync({
      useClass: Settings,
      gateway: { path: 'ai' },
      healthController: true,
    });
    const app = await stage.app({ adapter, module });
    await supertest(urlOf(app)).get('/ai/v1/models').expect(401);
    await supertest(urlOf(app)).get('/health/live').expect(200);
  });

  describe('isGlobal', () => {
    /** A module of the app that uses the router and imports nothing. */
    @Module({ controllers: [AskController] })
    class FeatureModule {}

    @Module({})
    class Host {}

    const start = (isGlobal: boolean) => {
      const module = BlueGreenModule.forRoot({ ...Settings.options, isGlobal });
      return stage.app({ adapter, module: { module: Host, imports: [module, FeatureModule] } });
    };

    test('true: every module has the providers', async () => {
      await supertest(urlOf(await start(true)))
        .get('/ask')
        .expect(200);
    });

    test('false, and by default: only who imports it has them', async () => {
      await expect(start(false)).rejects.toThrow(/available in the FeatureModule module/);
      const module = BlueGreenModule.forRoot(Settings.options);
      expect(module.global).toBe(false);
    });
  });

  describe('what can be replaced', () => {
    test('CLOCK: it dates the journal', async () => {
      const now = Date.UTC(2030, 0, 1);
      const app = await stage.app({
        adapter,
        module: blueGreen(Settings.options),
        clock: { ...systemClock, now: () => now },
      });
      expect(app.get(RolloutService).status('default').startedAt).toBe(now);
      const { lastSwitchAt } = await app.get(RolloutService).setTrafficWeights('default', { green: 100 });
      expect(lastSwitchAt).toBe(now);
    });

    test('RANDOM: it draws for requests without a key', async () => {
      let drawn = 0.9;
      const environments = blueAndGreen(stage.provider, 50);
      const module = blueGreen({ environments });
      const app = await stage.app({ adapter, module, controllers: [AskController], random: () => drawn });
      const environment = async () =>
        (await supertest(urlOf(app)).get('/ask').expect(200)).headers['x-deployment-env'] as string;
      expect(await environment()).toBe('blue');
      drawn = 0.1;
      expect(await environment()).toBe('green');
    });

    test('JOURNAL: a second app takes up where the first one stood', async () => {
      const journal = new MemoryJournal();
      const start = async () => {
        const imports = [ScheduleModule.forRoot(), blueGreen(Settings.options)];
        const builder = Test.createTestingModule({ imports }).overrideProvider(JOURNAL).useValue(journal);
        return (await builder.compile()).init();
      };
      const first = await start();
      await first.get(RolloutService).setTrafficWeights('default', { blue: 30, green: 70 });
      await first.close();

      const second = await start();
      expect(second.get(RolloutService).status('default').weights).toEqual({ blue: 30, green: 70 });
      await second.close();
    });

    test('the tokens are those that the container knows', async () => {
      const imports = [ScheduleModule.forRoot(), blueGreen(Settings.options)];
      const container = await Test.createTestingModule({ imports }).compile();
      const found = [CLOCK, RANDOM, JOURNAL].map((token) => container.get<unknown>(token, { strict: false }));
      expect(found).toEqual([systemClock, Math.random, expect.any(MemoryJournal)]);
    });
  });
});
