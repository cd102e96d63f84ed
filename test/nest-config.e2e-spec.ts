/** Options by way of `@nestjs/config`: a factory, and a file of settings checked by our schema. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Module, type DynamicModule, type INestApplicationContext } from '@nestjs/common';
import { ConfigModule, ConfigService, registerAs } from '@nestjs/config';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import {
  BlueGreenModule,
  blueGreenSchema,
  defineBlueGreen,
  RolloutService,
  type BlueGreenOptions,
} from 'nestjs-blue-green';
import { parse, stringify } from 'yaml';

const upstream = { baseUrl: 'http://127.0.0.1:9/v1', apiKey: 'a-key' };
const options = defineBlueGreen({
  alias: 'chat',
  environments: { blue: { ...upstream, model: 'gpt-4o', weight: 100 }, green: { ...upstream, model: 'gpt-4.1' } },
});

const parser = (file: Buffer): Record<string, unknown> => parse(file.toString()) as Record<string, unknown>;

const fromSettings = (): DynamicModule =>
  BlueGreenModule.forRootAsync({
    inject: [ConfigService],
    useFactory: (config: ConfigService) => config.getOrThrow<BlueGreenOptions>('blueGreen'),
  });

describe('options by way of @nestjs/config', () => {
  let folder: string;
  let app: INestApplicationContext | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'blue-green-config-'));
  });

  afterEach(async () => {
    await app?.close();
    app = undefined;
    rmSync(folder, { recursive: true });
  });

  async function start(...imports: (DynamicModule | Promise<DynamicModule>)[]): Promise<string[]> {
    @Module({ imports: [ScheduleModule.forRoot(), ...imports] })
    class AppModule {}
    app = await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
    return Object.keys(app.get(RolloutService, { strict: false }).status('chat').environments);
  }

  function settings(blueGreen: unknown): string {
    const path = join(folder, 'settings.yaml');
    writeFileSync(path, stringify({ title: 'an app', blueGreen }));
    return path;
  }

  test('a factory of registerAs() goes to the module as it is', async () => {
    const blueGreen = registerAs('blueGreen', () => options);
    expect(await start(BlueGreenModule.forRootAsync(blueGreen.asProvider()))).toEqual(['blue', 'green']);
  });

  test.each([
    ['validationSchema', { validationSchema: blueGreenSchema('blueGreen') }],
    ['validate', { validate: blueGreenSchema('blueGreen').parse }],
  ])('a file of settings is checked: %s', async (_, check) => {
    const config = ConfigModule.forRoot({ isGlobal: true, envFilePath: settings(options), parser, ...check });
    expect(await start(config, fromSettings())).toEqual(['blue', 'green']);

    await app?.close();
    const wrong = { ...options, environments: { ...options.environments, green: { model: 'gpt-4.1', wieght: 5 } } };
    await expect(
      start((async () => ConfigModule.forRoot({ isGlobal: true, envFilePath: settings(wrong), parser, ...check }))()),
    ).rejects.toThrow(/environments\.green\.wieght.* is not an option .*Did you mean weight\?/);
  });
});
