import type { INestApplication } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { LlmRouterService, type BlueGreenOptions } from 'nestjs-blue-green';
import { blueGreen, startApp, type Adapter } from './app.js';

/** Every way in which an SDK reaches a route. */
export const WAYS = ['the gateway on express', 'the gateway on fastify', 'fetch(alias)'] as const;
export type Way = (typeof WAYS)[number];

/** What an SDK is given instead of its provider's address and key. */
export interface Entrance {
  /** Without a version segment, as Anthropic's SDK wants it. */
  readonly origin: string;
  readonly apiKey: string;
  readonly fetch: typeof globalThis.fetch;
  readonly app: INestApplication;
}

/** A caller's key to the gateway. */
export const GATEWAY_KEY = 'gateway-key-of-the-tests';

type Environments = Extract<BlueGreenOptions, { environments: unknown }>['environments'];

interface RouteOptions {
  readonly environments: Environments;
  readonly fallback?: string[];
  /** The app's own limit on bodies, in bytes. */
  readonly bodyLimit?: number;
}

/** An app with the one route `chat`, and how to get into it. No breaker: one test's troubles are not the next one's. */
export async function enter(way: Way, { environments, fallback, bodyLimit }: RouteOptions): Promise<Entrance> {
  const adapter: Adapter = way === 'the gateway on fastify' ? 'fastify' : 'express';
  const keys = [{ name: 'tests', key: GATEWAY_KEY, environments: Object.keys(environments) }];
  const retry = { attempts: 2, baseDelay: 1 };
  const shared = { keys, retry, breaker: false as const, gateway: true };
  const module = blueGreen({ alias: 'chat', environments, fallback, ...shared });
  const configure = (app: INestApplication): void => {
    if (bodyLimit === undefined) return;
    if (adapter === 'express') (app as NestExpressApplication).useBodyParser('json', { limit: bodyLimit });
    else (app as NestFastifyApplication).useBodyParser('application/json', { bodyLimit });
  };
  const app = await startApp({ adapter, module, configure });
  const fetch = way === 'fetch(alias)' ? app.get(LlmRouterService).fetch('chat') : globalThis.fetch;
  return { origin: await app.getUrl(), apiKey: GATEWAY_KEY, fetch, app };
}
