import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ScheduleModule } from '@nestjs/schedule';
import { BlueGreenModule, type BlueGreenOptions } from 'nestjs-blue-green';

export const KEY = 'overhead-benchmark-key';
export const ALIAS = 'support-chat';

/** Everything on: a split, stickiness, cost, the breaker, telemetry, the request log. */
export function everything(upstream: number) {
  const environment = { baseUrl: `http://127.0.0.1:${upstream}/v1`, apiKey: 'sk-upstream' };
  return {
    alias: ALIAS,
    environments: {
      blue: { ...environment, model: 'gpt-4o', weight: 75 },
      green: { ...environment, model: 'gpt-4.1', weight: 25, pinnedModel: 'gpt-4o' },
    },
    keys: [{ name: 'bench', key: KEY }],
  } satisfies BlueGreenOptions;
}

/** The gateway, with everything on. */
export async function startOurs(adapter: 'express' | 'fastify', upstream: number): Promise<number> {
  @Module({
    imports: [ScheduleModule.forRoot(), BlueGreenModule.forRoot({ ...everything(upstream), gateway: true })],
  })
  class GatewayModule {}

  const app =
    adapter === 'fastify'
      ? await NestFactory.create(GatewayModule, new FastifyAdapter(), { logger: false })
      : await NestFactory.create(GatewayModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  return Number(new URL(await app.getUrl()).port);
}
