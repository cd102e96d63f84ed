import { HttpException } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { BlueGreenError } from '../domain/errors.js';
import { answerError, knownError, type AnsweredRequest } from './gateway-error.filter.js';
import { UnsupportedMediaTypeError } from './json-body.guard.js';
import { pathsMatcher } from './paths-matcher.js';
import type { HttpReply } from './server-response.js';

type OnRequest = (request: AnsweredRequest, reply: unknown, done: () => void) => void;

interface FastifyRoute {
  readonly url: string;
  onRequest?: OnRequest | readonly OnRequest[];
  errorHandler?: (error: unknown, request: AnsweredRequest, reply: HttpReply) => void;
}

/**
 * Answers errors that happen before a handler is chosen: the body is not JSON, is too large, cannot be decompressed.
 * No exception filter of ours sees them: Express' parsers pass them to error middleware, Fastify's to the route's
 * error handler. Errors at our own paths are answered in our shape; the rest is left to the app. Must run after the
 * parsers and before the routes, as `configure()` of a module does.
 *
 * @param paths as the adapter has them, parameters as `:name`.
 */
export function answerEarlyErrors(adapter: AbstractHttpAdapter, paths: readonly string[]): void {
  if (adapter.getType() === 'fastify') {
    const ours = new Set(paths);
    const instance = adapter.getInstance<{ addHook(name: 'onRoute', hook: (route: FastifyRoute) => void): void }>();
    instance.addHook('onRoute', (route) => {
      if (!ours.has(route.url)) return;
      route.onRequest = [route.onRequest ?? [], withoutEmptyBody].flat();
      route.errorHandler = (error, request, reply) => {
        const known = earlyError(error);
        // Fastify passes errors thrown here to the error handler of the app.
        if (!known) throw error;
        answerError(known, request, reply);
      };
    });
    return;
  }
  const isOurs = pathsMatcher(paths);
  // Express recognizes error middleware by its four parameters.
  adapter.use((error: unknown, request: AnsweredRequest, response: HttpReply, next: (error: unknown) => void) => {
    const known = isOurs(request.url) ? earlyError(error) : undefined;
    if (known) answerError(known, request, response);
    else next(error);
  });
}

/** Some clients call every request JSON, also one without a body. Express takes that, Fastify does not. */
const withoutEmptyBody: OnRequest = ({ headers }, _reply, done) => {
  const isEmpty = headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
  if (isEmpty) Reflect.deleteProperty(headers, 'content-type');
  done();
};

/** A parser's error in our own words: the parser's may quote the body. `undefined` unless it is the caller's fault. */
function earlyError(error: unknown): BlueGreenError | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  // Nest's own refusals, as of a cross-site request.
  if (error instanceof HttpException) return error.getStatus() < 500 ? knownError(error) : undefined;
  const { statusCode, status = statusCode } = error as { readonly status?: unknown; readonly statusCode?: unknown };
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined;
  if (status === 415) return new UnsupportedMediaTypeError();
  return unreadable(status, error);
}

/** A body that cannot be read. */
export function unreadable(status: number, cause: unknown): BlueGreenError {
  const [code, message, remedy] = SAID[status] ?? ['http_error', `The request cannot be read (${status}).`, ''];
  return new BlueGreenError(code, message, remedy, status, { cause });
}

const SAID: Readonly<Record<number, readonly [code: string, message: string, remedy: string]>> = {
  400: ['invalid_json', 'The body is not valid JSON.', 'Check its brackets, quotes and length.'],
  413: ['body_too_large', 'The body is larger than this app takes.', 'Send less, or raise the limit of the app.'],
};
