import type { IncomingMessage } from 'node:http';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { pathsMatcher } from './paths-matcher.js';

interface ExpressLike {
  useBodyParser(type: 'json', rawBody: boolean, options: object): unknown;
}

/** Longest body in an app that does not parse bodies itself. Otherwise the app's limit holds. */
const LIMIT = '10mb';

/**
 * Parses JSON at our own paths on Express, for apps with `bodyParser: false`. Where the app has read the body already,
 * the parser passes it on. Fastify parses JSON by itself. Must run after the app's parsers, as `configure()` of a
 * module does.
 */
export function parseOwnBodies(adapter: AbstractHttpAdapter, paths: readonly string[]): void {
  if (adapter.getType() !== 'express') return;
  const isOurs = pathsMatcher(paths);
  const type = ({ url = '', headers }: IncomingMessage): boolean =>
    headers['content-type']?.startsWith('application/json') === true && isOurs(url);
  (adapter as unknown as ExpressLike).useBodyParser('json', false, { limit: LIMIT, type });
}
