import type { AbstractHttpAdapter } from '@nestjs/core';
import { BlueGreenError } from '../domain/errors.js';
import { answerError, type AnsweredRequest } from './gateway-error.filter.js';
import { UnsupportedMediaTypeError } from './json-body.guard.js';
import type { HttpReply } from './server-response.js';

interface FastifyRoute {
  readonly url: string;
  errorHandler?: (error: unknown, request: AnsweredRequest, reply: HttpReply) => void;
}

/**
 * What goes wrong before a handler is chosen (the body is no JSON, is too large, cannot be unpacked) never meets an
 * exception filter of ours: Express' parsers hand it to error middleware, Fastify's to the route's error handler. Below our
 * own paths it is answered in our shape; everything else is left to the app. Has to come behind the parsers and in front
 * of the routes, as `configure()` of a module does.
 *
 * @param paths as the adapter will have them, parameters as `:name`.
 */
export function answerEarlyErrors(adapter: AbstractHttpAdapter, paths: readonly string[]): void {
  if (adapter.getType() === 'fastify') {
    const ours = new Set(paths);
    const instance = adapter.getInstance<{ addHook(name: 'onRoute', hook: (route: FastifyRoute) => void): void }>();
    instance.addHook('onRoute', (route) => {
      if (!ours.has(route.url)) return;
      route.errorHandler = (error, request, reply) => {
        const known = earlyError(error);
        // Fastify hands on what is thrown here to the error handler of the app.
        if (!known) throw error;
        answerError(known, request, reply);
      };
    });
    return;
  }
  const patterns = paths.map((path) => new RegExp(`^${path.split('/').map(segment).join('/')}/?$`, 'i'));
  // Express knows error middleware by its four parameters.
  adapter.use((error: unknown, request: AnsweredRequest, response: HttpReply, next: (error: unknown) => void) => {
    const [pathname = ''] = request.url.split('?');
    const known = patterns.some((pattern) => pattern.test(pathname)) ? earlyError(error) : undefined;
    if (known) answerError(known, request, response);
    else next(error);
  });
}

function segment(text: string): string {
  return text.startsWith(':') ? '[^/]+' : text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/** What a parser has thrown, in words of ours: its own may quote the body. `undefined` for what is no fault of the caller. */
function earlyError(error: unknown): BlueGreenError | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { statusCode, status = statusCode } = error as { readonly status?: unknown; readonly statusCode?: unknown };
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined;
  if (status === 415) return new UnsupportedMediaTypeError();
  const [code, message, remedy] = SAID[status] ?? ['http_error', `The request cannot be read (${status}).`, ''];
  return new BlueGreenError(code, message, remedy, status, { cause: error });
}

const SAID: Readonly<Record<number, readonly [code: string, message: string, remedy: string]>> = {
  400: ['invalid_json', 'The body is no JSON.', 'Check its brackets, its quotes and its length.'],
  413: ['body_too_large', 'The body is larger than this app takes.', 'Send less, or raise the limit of the app.'],
};
