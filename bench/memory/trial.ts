import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ScheduleModule } from '@nestjs/schedule';
import { BlueGreenModule, RolloutService } from 'nestjs-blue-green';
import { ALIAS, everything } from '../overhead/ours.js';

/** The gateway with everything on, in the middle of a rollout: its gates count requests and users as they come. */
export async function startTrial(upstream: number): Promise<number> {
  const module = BlueGreenModule.forRoot({
    ...everything(upstream),
    gateway: true,
    isGlobal: true,
    rollout: {
      steps: [{ setWeight: 50, duration: '30d' }],
      gates: [
        { kind: 'errorRate', tolerance: 0 },
        { kind: 'latency', quantile: 0.95, tolerance: 5 },
        { kind: 'cost', tolerance: 5 },
      ],
    },
  });

  @Module({ imports: [ScheduleModule.forRoot(), module] })
  class TrialModule {}

  const app = await NestFactory.create(TrialModule, new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  await app.get(RolloutService).start(ALIAS);
  return Number(new URL(await app.getUrl()).port);
}
