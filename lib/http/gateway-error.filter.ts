import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { BlueGreenError } from '../domain/errors.js';
import { errorResponse } from '../router/error-response.js';
import { contextOf } from '../routing/request-context.js';
import type { HttpRequest } from '../routing/routing.options.js';
import { dialectAt } from '../upstream/dialects/dialects.js';
import { openAiChat } from '../upstream/dialects/openai-chat.js';
import { TooManyRequestsError } from './keys/too-many-requests.js';
import { takeOver, type HttpReply } from './server-response.js';

/** The parts of a request that an error answer needs. */
export type AnsweredRequest = HttpRequest & { readonly url: string };

/** Answers every error in the shape of the dialect at this path, so that its SDKs understand it. */
@Catch()
export class GatewayErrorFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    answerError(knownError(error), http.getRequest<AnsweredRequest>(), http.getResponse<HttpReply>());
  }
}

const logger = new Logger(GatewayErrorFilter.name);

/** The error as callers may see it. A mistake of ours is logged. */
export function knownError(error: unknown): BlueGreenError {
  if (error instanceof BlueGreenError) return error;
  if (error instanceof HttpException) {
    return new BlueGreenError('http_error', error.message, '', error.getStatus(), { cause: error });
  }
  logger.error(String(error), error instanceof Error ? error.stack : undefined);
  return new BlueGreenError('internal_error', 'Something broke on our side.', 'Look at the log.', 500);
}

/** Writes the answer. After the first byte it can only cut the answer off. */
export function answerError(error: BlueGreenError, request: AnsweredRequest, reply: HttpReply): void {
  const [pathname = ''] = request.url.split('?');
  const { status, headers, body } = errorResponse(error, dialectAt(pathname) ?? openAiChat);
  const response = takeOver(reply);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const wait: Record<string, string> =
    error instanceof TooManyRequestsError ? { 'retry-after': String(Math.ceil(error.retryAfter / 1000)) } : {};
  const { requestId } = contextOf(request);
  response
    .writeHead(status, { 'x-request-id': requestId, ...headers, ...wait, 'content-length': body.length })
    .end(body);
}
