import type { AbstractHttpAdapter } from '@nestjs/core';
import { BlueGreenError } from '../domain/errors.js';
import { errorResponse } from '../router/error-response.js';
import { contextOf } from '../routing/request-context.js';
import { anthropicMessages } from '../upstream/dialects/anthropic-messages.js';
import { openAiChat } from '../upstream/dialects/openai-chat.js';
import { takeOver, type HttpReply } from './server-response.js';
import type { AnsweredRequest } from './gateway-error.filter.js';

/** The gateway has no such endpoint. `code`: `not_found`. */
class UnservedError extends BlueGreenError {
  constructor(method: string, path: string, served: readonly string[]) {
    super('not_found', `There is no ${method} ${path} here.`, `Served: ${served.join(', ')}.`, 404);
  }
}

/**
 * The gateway answers plain HTTP alone. `code`: `not_found`. Clients that prefer a socket, as Codex does, change to
 * plain HTTP at this status; after any other they try again several times, each time later.
 */
class SocketError extends BlueGreenError {
  constructor(path: string, served: readonly string[]) {
    super('not_found', `${path} is not served over a WebSocket.`, `Use plain HTTP: ${served.join(', ')}.`, 426);
  }
}

type Asked = AnsweredRequest & { readonly method: string; readonly originalUrl?: string };

interface FastifyLike {
  route(route: {
    readonly method: readonly string[];
    readonly url: string;
    readonly onRequest: (request: Asked, reply: HttpReply) => void;
    readonly handler: () => void;
  }): void;
  hasRoute(route: { readonly method: string; readonly url: string }): boolean;
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'];

/**
 * Answers everything below the gateway's path that nobody serves, in the shape of the API that was asked: SDKs show
 * its message. Must run after the routes are mounted, as `onModuleInit()` of a module does.
 *
 * @param base `/v1`, below where the gateway is mounted.
 * @param served what to ask instead, as `POST /v1/messages`.
 */
export function answerUnserved(adapter: AbstractHttpAdapter, base: string, served: readonly string[]): void {
  const answer = (request: Asked, reply: HttpReply): void => {
    const [path = ''] = (request.originalUrl ?? request.url).split('?');
    const isAnthropic = path.startsWith(`${base}/messages`) || request.headers['anthropic-version'] !== undefined;
    const dialect = isAnthropic ? anthropicMessages : openAiChat;
    const isSocket = String(request.headers['upgrade']).toLowerCase() === 'websocket';
    const error = isSocket ? new SocketError(path, served) : new UnservedError(request.method, path, served);
    const { status, headers, body } = errorResponse(error, dialect);
    const { requestId } = contextOf(request);
    takeOver(reply)
      .writeHead(status, {
        'x-request-id': requestId,
        ...headers,
        ...(isSocket && { upgrade: 'HTTP/1.1' }),
        'content-length': body.length,
      })
      .end(body);
  };
  if (adapter.getType() !== 'fastify') {
    adapter.use(base, answer);
    return;
  }
  const fastify = adapter.getInstance<FastifyLike>();
  const url = `${base}/*`;
  // The app may have a catch-all of its own there.
  const method = METHODS.filter((name) => !fastify.hasRoute({ method: name, url }));
  if (method.length > 0) fastify.route({ method, url, onRequest: answer, handler: () => {} });
}
