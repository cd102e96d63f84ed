import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ScheduleModule } from '@nestjs/schedule';
import { BlueGreenModule, RolloutService } from 'nestjs-blue-green';

export const KEY = 'clients-benchmark-key';

/** Weights that follow each other: both environments alone, and both at once. */
const WEIGHTS = [100, 50, 0, 70];
const EVERY_MS = 200;

@Module({})
class BenchModule {}

/** A gateway with default options before one provider. While it runs, the weights of its two environments move. */
export class MovingGateway {
  private constructor(
    readonly origin: string,
    /** How often the weights have moved. */
    readonly moves: () => number,
    readonly stop: () => Promise<void>,
  ) {}

  static async start(provider: string): Promise<MovingGateway> {
    const environment = (model: string, weight: number) => ({
      baseUrl: `${provider}/v1`,
      apiKey: 'upstream-key',
      model,
      weight,
    });
    const options = {
      isGlobal: true,
      gateway: true,
      alias: 'chat',
      environments: { blue: environment('blue-model', 50), green: environment('green-model', 50) },
      keys: [{ name: 'bench', key: KEY }],
    };
    const imports = [ScheduleModule.forRoot(), BlueGreenModule.forRoot(options)];
    const adapter = new FastifyAdapter({ bodyLimit: 32 * 1024 * 1024 });
    const app = await NestFactory.create({ module: BenchModule, imports }, adapter, { logger: false });
    await app.listen(0, '127.0.0.1');
    const rollouts = app.get(RolloutService);
    let moves = 0;
    const timer = setInterval(() => {
      const blue = WEIGHTS[moves++ % WEIGHTS.length]!;
      void rollouts.setTrafficWeights('chat', { blue, green: 100 - blue });
    }, EVERY_MS);
    const stop = async (): Promise<void> => {
      clearInterval(timer);
      await app.close();
    };
    return new MovingGateway(await app.getUrl(), () => moves, stop);
  }
}
