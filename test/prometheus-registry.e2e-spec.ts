import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { BlueGreenModule, OptionsError, type BlueGreenExtras } from 'nestjs-blue-green';
import { Counter, register, Registry } from 'prom-client';
import { startApp, blueGreen } from './support/app.js';
import { blueAndGreen } from './support/environments.js';
import { parseExposition, valueOf } from './support/exposition.js';
import { Stage, urlOf } from './support/stage.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** An app that has its metrics served by nestjs-prometheus; prints what is served after one request. */
const SHOP = `
  require('reflect-metadata');
  const { Module } = require('@nestjs/common');
  const { NestFactory } = require('@nestjs/core');
  const { ScheduleModule } = require('@nestjs/schedule');
  const { makeCounterProvider, PrometheusModule } = require('@willsoto/nestjs-prometheus');
  const { BlueGreenModule, LlmRouterService } = require('nestjs-blue-green');

  class AppModule {}
  Module({
    imports: [ScheduleModule.forRoot(), PrometheusModule.register(), BlueGreenModule.forRoot(JSON.parse(process.env.OPTIONS))],
    providers: [makeCounterProvider({ name: 'shop_orders_total', help: 'Orders of the shop.' })],
  })(AppModule);

  void (async () => {
    const app = await NestFactory.create(AppModule, { logger: false });
    await app.listen(0, '127.0.0.1');
    await app.get(LlmRouterService).complete('default', { messages: [] });
    const served = await fetch((await app.getUrl()) + '/metrics');
    process.stdout.write(await served.text());
    await app.close();
  })();
`;

describe('the registry', () => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(async () => {
    await stage.close();
    register.clear();
  });

  const module = (extras: BlueGreenExtras) => blueGreen({ environments: blueAndGreen(stage.provider), ...extras });
  const startError = async (extras: BlueGreenExtras): Promise<unknown> => {
    @Module({
      imports: [
        ScheduleModule.forRoot(),
        BlueGreenModule.forRoot({ environments: blueAndGreen(stage.provider), ...extras }),
      ],
    })
    class AppModule {}
    const app = await NestFactory.create(AppModule, { logger: false, abortOnError: false }).catch(
      (error: unknown) => error,
    );
    if (app instanceof Error) return app;
    return (app as Awaited<ReturnType<typeof NestFactory.create>>).init().catch((error: unknown) => error);
  };

  test('of an app keeps what is its own, and gets ours beside it until the app has closed', async () => {
    const registry = new Registry();
    new Counter({ name: 'orders_total', help: 'Orders.', registers: [registry] }).inc(3);
    const app = await startApp({ module: module({ prometheus: { registry, public: true } }) });
    const text = await (await fetch(`${urlOf(app)}/metrics/prometheus`)).text();
    const families = parseExposition(text);
    expect(valueOf(families, 'orders_total')).toBe(3);
    expect(families.has('blue_green_requests_total')).toBe(true);
    await app.close();
    expect(registry.getMetricsAsArray().map(({ name }) => name)).toEqual(['orders_total']);
  });

  test('that has these metrics already is refused, and the error says what to do', async () => {
    const registry = new Registry();
    await stage.app({ module: module({ prometheus: { registry, public: true } }) });
    const error = await startError({ prometheus: { registry, public: true } });
    expect(error).toBeInstanceOf(OptionsError);
    expect((error as OptionsError).message).toContain('new Registry()');
  });

  test('is served to nobody without keys: the app does not start', async () => {
    const error = await startError({ prometheus: { registry: new Registry() } });
    expect(error).toBeInstanceOf(OptionsError);
    expect((error as OptionsError).message).toContain('Prometheus');
  });

  test('is not touched, nor anything served, unless it is asked for', async () => {
    const app = await stage.app({ module: module({}) });
    expect((await fetch(`${urlOf(app)}/metrics/prometheus`)).status).toBe(404);
    expect(register.getMetricsAsArray()).toEqual([]);
  });

  // In a process of its own: it is CommonJS, which Jest lets require no ES modules.
  test("is prom-client's own by default: @willsoto/nestjs-prometheus serves ours beside the app's", async () => {
    const OPTIONS = JSON.stringify({ environments: blueAndGreen(stage.provider), prometheus: { path: false } });
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', SHOP], {
      cwd: ROOT,
      env: { ...process.env, OPTIONS, NODE_OPTIONS: '' },
      timeout: 15_000,
    });
    const families = parseExposition(stdout);
    expect(families.has('shop_orders_total')).toBe(true);
    expect(valueOf(families, 'blue_green_requests_total', { environment: 'blue', outcome: 'ok' })).toBe(1);
  }, 20_000);
});
