import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ScheduleModule } from '@nestjs/schedule';
import { BlueGreenModule, RolloutService } from 'nestjs-blue-green';
import { ALIAS, everything } from '../overhead/ours.js';

/** The gateway with everything on, in the middle of a rollout, with a fallback, mirrors and a budget. */
export async function startSoaked(upstream: number): Promise<number> {
  const { environments, ...rest } = everything(upstream);
  const fallback = { model: 'gpt-4o-mini', baseUrl: `http://127.0.0.1:${upstream}/v1`, apiKey: 'sk-upstream' };
  const module = BlueGreenModule.forRoot({
    ...rest,
    environments: { ...environments, fallback },
    gateway: true,
    isGlobal: true,
    budget: {},
    shadow: { percentage: 5 },
    rollout: {
      steps: [{ setWeight: 50, duration: '30d' }],
      gates: [
        { kind: 'errorRate', tolerance: 5 },
        { kind: 'latency', quantile: 0.95, tolerance: 5 },
        { kind: 'cost', tolerance: 5 },
      ],
      fastTrip: { consecutiveFailures: 0 },
      preflight: { enabled: false },
    },
  });

  @Module({ imports: [ScheduleModule.forRoot(), module] })
  class SoakedModule {}

  const app = await NestFactory.create(SoakedModule, new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  await app.get(RolloutService).start(ALIAS);
  return Number(new URL(await app.getUrl()).port);
}
