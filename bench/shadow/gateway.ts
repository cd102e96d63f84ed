import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ScheduleModule } from '@nestjs/schedule';
import { BlueGreenModule, ShadowService, type ShadowReport } from 'nestjs-blue-green';
import { Pool } from 'undici';

const ALIAS = 'chat';
const KEY = 'shadow-benchmark-key';

@Module({})
class GatewayModule {}

/** A gateway that mirrors this share of its traffic, and callers of its own. */
export class Gateway {
  #errors = 0;

  private constructor(
    private readonly app: INestApplicationContext,
    private readonly callers: Pool,
  ) {}

  static async start(blue: string, green: string, percentage: number): Promise<Gateway> {
    const module = BlueGreenModule.forRoot({
      isGlobal: true,
      gateway: true,
      alias: ALIAS,
      environments: {
        blue: { model: 'm', baseUrl: blue, apiKey: false, weight: 100 },
        green: { model: 'm', baseUrl: green, apiKey: false },
      },
      keys: [{ name: 'bench', key: KEY }],
      shadow: { percentage },
    });
    const app = await NestFactory.create(
      { module: GatewayModule, imports: [ScheduleModule.forRoot(), module] },
      new FastifyAdapter(),
      { logger: false },
    );
    await app.listen(0, '127.0.0.1');
    return new Gateway(app, new Pool(await app.getUrl()));
  }

  /** Calls that got anything but a whole answer. */
  get errors(): number {
    return this.#errors;
  }

  get report(): ShadowReport {
    return this.app.get(ShadowService).shadowReport(ALIAS);
  }

  /** This many callers, each with one call after the other, for so long. Returns what each call took, milliseconds. */
  async load(callers: number, ms: number): Promise<number[]> {
    const until = performance.now() + ms;
    const times: number[] = [];
    const caller = async (n: number): Promise<void> => {
      for (let call = 0; performance.now() < until; call++) times.push(await this.#timed((n + call) % 2 === 0));
    };
    await Promise.all(Array.from({ length: callers }, (_, n) => caller(n)));
    return times;
  }

  async stop(): Promise<void> {
    await this.callers.close();
    await this.app.close();
  }

  async #timed(stream: boolean): Promise<number> {
    const begun = performance.now();
    const { statusCode, body } = await this.callers.request({
      method: 'POST',
      path: '/v1/chat/completions',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
      body: JSON.stringify({ model: ALIAS, stream, messages: [{ role: 'user', content: 'Where is my parcel?' }] }),
    });
    const text = await body.text();
    if (statusCode !== 200 || !text.includes(stream ? '[DONE]' : '"stop"')) this.#errors++;
    return performance.now() - begun;
  }
}
