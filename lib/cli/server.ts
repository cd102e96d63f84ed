import type { Server } from 'node:http';
import { ConsoleLogger, Module, type DynamicModule, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ScheduleModule } from '@nestjs/schedule';
import { BlueGreenModule } from '../blue-green.module.js';
import type { BlueGreenExtras } from '../blue-green.module-definition.js';
import { JournalUnavailableError } from '../domain/errors.js';
import { answerDirectly } from '../http/direct-listener.js';
import { Gateway } from '../http/gateway.js';
import { KeyGate } from '../http/keys/key-gate.js';
import type { ManyRoutesOptions } from '../options/blue-green-options.js';
import type { Primary } from '../primary/primary.js';
import { PRIMARY } from '../tokens.js';
import { CliError, EXIT, refused } from './cli-error.js';
import { announce, type ServeSettings } from './announce.js';
import { listenProblem } from './listen-problem.js';
import { limitSlowRequests } from './slow-requests.js';
import { loggerFor } from './serve-logger.js';

/** Largest request body; prompts are long. */
const BODY_LIMIT = 20 * 1024 * 1024;

const EXTRAS: BlueGreenExtras = { gateway: true, controlApi: true, healthController: true };

/**
 * Starts the gateway as an app of its own, with health checks for splits unless the options disable them. SIGTERM or
 * SIGINT ends it: no new connections, calls and streams in flight finish, then the process exits with 0.
 *
 * @throws {CliError} when there is no HTTP adapter, the journal cannot be reached, or the address is taken.
 */
export async function serve(options: ManyRoutesOptions, settings: ServeSettings): Promise<void> {
  announce(await listen(options, settings), options, settings);
}

/**
 * The same without a word about where it listens: it may be one of several workers.
 *
 * @returns the URL.
 */
export async function listen(
  options: ManyRoutesOptions,
  { port, host, dashboard = false, json }: ServeSettings,
  primary?: Primary,
): Promise<string> {
  const prometheus = (await installed(() => import('prom-client'))) !== undefined;
  const shape = standalone(options, { ...EXTRAS, dashboard, prometheus }, primary);
  const app = await createApp(shape, loggerFor(json, primary?.worker)).catch((error: unknown) => {
    throw error instanceof JournalUnavailableError ? journalProblem(error) : error;
  });
  const server = app.getHttpServer() as Server;
  limitSlowRequests(server);
  answerDirectly(server, { gate: app.get(KeyGate), gateway: app.get(Gateway), bodyLimit: BODY_LIMIT });
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
  try {
    await app.listen(port, host);
  } catch (error) {
    await app.close();
    throw listenProblem(error, host, port);
  }
  return app.getUrl();
}

@Module({})
class StandaloneModule {}

function standalone(options: ManyRoutesOptions, extras: BlueGreenExtras, primary: Primary | undefined): DynamicModule {
  const module = BlueGreenModule.forRoot({ splitCheck: true, ...options, ...extras });
  const providers = [...(module.providers ?? []), { provide: PRIMARY, useValue: primary }];
  return { module: StandaloneModule, imports: [ScheduleModule.forRoot(), { ...module, providers }] };
}

/** Uses the HTTP adapter that is installed. */
async function createApp(module: DynamicModule, logger: ConsoleLogger): Promise<INestApplication> {
  const settings = { logger, abortOnError: false } as const;
  const express = await installed(() => import('@nestjs/platform-express'));
  if (express) {
    const app = await NestFactory.create<NestExpressApplication>(module, new express.ExpressAdapter(), settings);
    app.disable('x-powered-by');
    return app.useBodyParser('json', { limit: BODY_LIMIT });
  }
  const fastify = await installed(() => import('@nestjs/platform-fastify'));
  if (fastify) return NestFactory.create(module, new fastify.FastifyAdapter({ bodyLimit: BODY_LIMIT }), settings);
  throw refused(
    'serve needs an HTTP adapter, and none is installed.',
    'Run: npm install @nestjs/platform-express (or @nestjs/platform-fastify).',
    'no_http_adapter',
  );
}

/** A package, or `undefined` where it is not installed. */
async function installed<Package>(load: () => Promise<Package>): Promise<Package | undefined> {
  try {
    return await load();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

function journalProblem({ code, message, cause }: JournalUnavailableError): CliError {
  const remedy = 'Check the journal options, and that Redis listens there and accepts the user and password.';
  return new CliError(EXIT.unreachable, code, message, remedy, 0, { cause });
}
