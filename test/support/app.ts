import type { Server } from 'node:http';
import {
  Module,
  type CookiesOptions,
  type DynamicModule,
  type INestApplication,
  type ModuleMetadata,
} from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ScheduleModule } from '@nestjs/schedule';
import { Test } from '@nestjs/testing';
import {
  BlueGreenModule,
  CLOCK,
  RANDOM,
  type BlueGreenExtras,
  type BlueGreenOptions,
  type Clock,
  type Random,
} from 'nestjs-blue-green';
import { answerDirectly } from '../../lib/http/direct-listener.js';
import { Gateway } from '../../lib/http/gateway.js';
import { KeyGate } from '../../lib/http/keys/key-gate.js';
import { seededRandom } from './seeded-random.js';

/** Both HTTP adapters: suites run their whole body over each. */
export const ADAPTERS = ['express', 'fastify'] as const;
export type Adapter = (typeof ADAPTERS)[number] | 'direct';

/** Both adapters, and `serve`'s listener in front of one: suites about calls to the gateway run over each. */
export const GATEWAYS = [...ADAPTERS, 'direct'] as const;

/** Longest body that the listener reads, bytes: that of Nest's own parsers. */
const DIRECT_LIMIT = 100 * 1024;

export interface TestAppOptions extends Omit<ModuleMetadata, 'imports'> {
  readonly adapter?: Adapter;
  readonly module: DynamicModule;
  readonly clock?: Clock;
  /** Default: the same draws in every run. */
  readonly random?: Random;
  /** What `main.ts` would do before it listens: a prefix, CORS, a body limit. */
  readonly configure?: (app: INestApplication) => void | Promise<void>;
  /** Modules beside ours. */
  readonly imports?: readonly DynamicModule[];
  /** Nest's own body parser. Default `true`. */
  readonly bodyParser?: boolean;
  /** For signed cookies of the app's own. */
  readonly cookies?: CookiesOptions;
}

/** An app as a user would have it, listening on a free port. */
export async function startApp({
  adapter = 'express',
  module,
  clock,
  random = seededRandom(1),
  configure,
  imports = [],
  bodyParser = true,
  cookies,
  ...metadata
}: TestAppOptions): Promise<INestApplication> {
  @Module({ ...metadata, imports: [ScheduleModule.forRoot(), module, ...imports] })
  class AppModule {}

  const builder = Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(RANDOM)
    .useValue(random);
  if (clock) builder.overrideProvider(CLOCK).useValue(clock);
  const compiled = await builder.compile();
  const settings = { logger: false as const, bodyParser, ...(cookies && { cookies }) };
  const app =
    adapter === 'fastify'
      ? compiled.createNestApplication(new FastifyAdapter(), settings)
      : compiled.createNestApplication(settings);
  if (adapter === 'direct') {
    const parts = { gate: app.get(KeyGate), gateway: app.get(Gateway), bodyLimit: DIRECT_LIMIT };
    answerDirectly(app.getHttpServer() as Server, parts);
  }
  await configure?.(app);
  await app.listen(0, '127.0.0.1');
  return app;
}

/** The module with the options that nearly every test shares. */
export function blueGreen(options: BlueGreenOptions & BlueGreenExtras): DynamicModule {
  return BlueGreenModule.forRoot({ isGlobal: true, ...options });
}
