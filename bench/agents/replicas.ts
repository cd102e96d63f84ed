import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ScheduleModule } from '@nestjs/schedule';
import { BlueGreenModule, RolloutService, type BlueGreenOptions } from 'nestjs-blue-green';
import { Door } from './door.js';

export const KEY = 'agents-benchmark-gateway-key';

const REPLICAS = 2;

export type Environments = Extract<BlueGreenOptions, { environments: unknown }>['environments'];

/** A split by hand, or back to blue alone. */
export type Move = number | 'rollback';

/** Two replicas on one Redis, behind one door. */
export class Replicas {
  private constructor(
    readonly door: Door,
    private readonly apps: readonly INestApplication[],
  ) {}

  static async start(environments: Environments, redis: string, stamped: boolean): Promise<Replicas> {
    const options: Parameters<typeof BlueGreenModule.forRoot>[0] = {
      isGlobal: true,
      gateway: true,
      alias: 'chat',
      environments,
      fallback: ['blue'],
      keys: [{ name: 'bench', key: KEY }],
      journal: { redis },
      ...(!stamped && { conversationState: 'pass' }),
    };
    const apps = await Promise.all(Array.from({ length: REPLICAS }, () => replica(options)));
    const origins = await Promise.all(apps.map((app) => app.getUrl()));
    return new Replicas(await Door.open(origins), apps);
  }

  async move(to: Move): Promise<void> {
    const rollouts = this.apps[0]!.get(RolloutService);
    if (to === 'rollback') await rollouts.rollback('chat');
    else await rollouts.setTrafficWeights('chat', { blue: 100 - to, green: to });
  }

  async stop(): Promise<void> {
    await this.door.close();
    await Promise.all(this.apps.map((app) => app.close()));
  }
}

@Module({})
class BenchModule {}

async function replica(options: Parameters<typeof BlueGreenModule.forRoot>[0]): Promise<INestApplication> {
  const imports = [ScheduleModule.forRoot(), BlueGreenModule.forRoot(options)];
  const adapter = new FastifyAdapter({ bodyLimit: 32 * 1024 * 1024 });
  const app = await NestFactory.create({ module: BenchModule, imports }, adapter, { logger: false });
  await app.listen(0, '127.0.0.1');
  return app;
}
