import type { Server } from 'node:http';
import {
  ConsoleLogger,
  Logger,
  Module,
  type DynamicModule,
  type INestApplication,
  type LogLevel,
} from '@nestjs/common';
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
import { CliError, EXIT, refused } from './cli-error.js';
import { limitSlowRequests } from './slow-requests.js';

export interface ServeSettings {
  /** 0 takes a free one. */
  readonly port: number;
  readonly host: string;
  /** The dashboard and its path. Off by default. */
  readonly dashboard: BlueGreenExtras['dashboard'];
  /** Print the address as JSON. */
  readonly json: boolean;
  /** The key that was made for this run, if one was. Shown once, on stderr; a log or a document would keep it. */
  readonly madeKey?: string | undefined;
}

/** Largest request body; prompts are long. */
const BODY_LIMIT = 20 * 1024 * 1024;

const EXTRAS: BlueGreenExtras = { gateway: true, controlApi: true, healthController: true };

/**
 * Starts the gateway as an app of its own, with health checks for splits unless the options disable them. SIGTERM or
 * SIGINT ends it: no new connections, calls and streams in flight finish, then the process exits with 0.
 *
 * @throws {CliError} when there is no HTTP adapter, the journal cannot be reached, or the address is taken.
 */
export async function serve(
  options: ManyRoutesOptions,
  { port, host, dashboard = false, json, madeKey }: ServeSettings,
): Promise<void> {
  // JSON goes to stdout, so the log goes to stderr.
  const logger = json ? new StderrLogger() : new ConsoleLogger();
  const prometheus = (await installed(() => import('prom-client'))) !== undefined;
  const shape = standalone(options, { ...EXTRAS, dashboard, prometheus });
  const app = await createApp(shape, logger).catch((error: unknown) => {
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
  const url = await app.getUrl();
  if (madeKey !== undefined) tellMadeKey(madeKey, json);
  if (json) process.stdout.write(`${JSON.stringify({ url, routes: Object.keys(options.routes) })}\n`);
  else new Logger('blue-green').log(`Listening on ${url}, routes: ${Object.keys(options.routes).join(', ')}`);
}

function tellMadeKey(key: string, json: boolean): void {
  if (json) {
    const why = 'The configuration has no keys, and --json shows none: every call will be refused. Add keys to it.';
    new Logger('blue-green').warn(why);
  } else {
    process.stderr.write(
      `No keys are configured. This one opens everything until the process ends:\nBLUE_GREEN_KEY=${key}\n`,
    );
  }
}

@Module({})
class StandaloneModule {}

function standalone(options: ManyRoutesOptions, extras: BlueGreenExtras): DynamicModule {
  return {
    module: StandaloneModule,
    imports: [ScheduleModule.forRoot(), BlueGreenModule.forRoot({ splitCheck: true, ...options, ...extras })],
  };
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

function listenProblem(error: unknown, host: string, port: number): CliError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'failed';
  const remedy = code === 'EADDRINUSE' ? 'Choose another port with --port.' : 'Check --host and --port.';
  const message = `Cannot listen on ${host}:${port} (${code}).`;
  return new CliError(EXIT.refused, 'not_listening', message, remedy, 0, { cause: error });
}

class StderrLogger extends ConsoleLogger {
  protected override printMessages(
    messages: unknown[],
    context?: string,
    level?: LogLevel,
    _stream?: 'stdout' | 'stderr',
    stack?: unknown,
    params?: unknown,
  ): void {
    super.printMessages(messages, context, level, 'stderr', stack, params as never);
  }
}
