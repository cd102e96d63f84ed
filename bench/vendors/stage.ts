import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { BlueGreenModule, LlmRouterService } from 'nestjs-blue-green';
import type { Place } from './callers/caller.js';
import type { Upstream } from './upstreams.js';
import { Vendor } from './vendor.js';

const KEY = 'vendors-benchmark-gateway-key';

@Module({})
class BenchModule {}

/** One vendor and a gateway in front of it. Nothing is asked twice, so that every call shows what became of it. */
export class Stage {
  private constructor(
    readonly vendor: Vendor,
    readonly place: Place,
    private readonly app: INestApplication,
  ) {}

  static async open(upstream: Upstream): Promise<Stage> {
    const vendor = await Vendor.start(upstream.wires);
    const options = {
      alias: 'chat',
      environments: { blue: { ...upstream.environment(vendor.origin), weight: 100 } },
      keys: [{ name: 'bench', key: KEY }],
      gateway: true,
      retry: { attempts: 1 },
      breaker: false as const,
    };
    const imports = [ScheduleModule.forRoot(), BlueGreenModule.forRoot(options)];
    const app = await NestFactory.create({ module: BenchModule, imports }, { logger: false });
    await app.listen(0, '127.0.0.1');
    const place = { origin: await app.getUrl(), apiKey: KEY, router: app.get(LlmRouterService) };
    return new Stage(vendor, place, app);
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.vendor.stop();
  }
}
