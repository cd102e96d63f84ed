import { Module, type DynamicModule, type INestApplication, type ModuleMetadata } from '@nestjs/common';
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
import { seededRandom } from './seeded-random.js';

/** Both HTTP adapters: suites run their whole body over each. */
export const ADAPTERS = ['express', 'fastify'] as const;
export type Adapter = (typeof ADAPTERS)[number];

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
  ...metadata
}: TestAppOptions): Promise<INestApplication> {
  @Module({ ...metadata, imports: [ScheduleModule.forRoot(), module, ...imports] })
  class AppModule {}

  const builder = Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(RANDOM)
    .useValue(random);
  if (clock) builder.overrideProvider(CLOCK).useValue(clock);
  const compiled = await builder.compile();
  const app =
    adapter === 'fastify'
      ? compiled.createNestApplication(new FastifyAdapter(), { logger: false, bodyParser })
      : compiled.createNestApplication({ logger: false, bodyParser });
  await configure?.(app);
  await app.listen(0, '127.0.0.1');
  return app;
}

/** The module with the options that nearly every test shares. */
export function blueGreen(options: BlueGreenOptions & BlueGreenExtras): DynamicModule {
  return BlueGreenModule.forRoot({ isGlobal: true, ...options });
}
