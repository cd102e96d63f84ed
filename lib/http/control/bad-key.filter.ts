import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { contextOf } from '../../routing/request-context.js';
import { ExpiredKeyError } from '../keys/expired-key.js';
import { InvalidKeyError } from '../keys/key-gate.js';
import type { AnsweredRequest } from '../gateway-error.filter.js';
import { takeOver, type HttpReply } from '../server-response.js';
import type { KeyAnswer } from './answers/records.js';

/** Where a key is validated, a bad one is an answer: in the shape of the good one's, with its error as a text. */
@Catch(InvalidKeyError, ExpiredKeyError)
export class BadKeyFilter implements ExceptionFilter {
  catch(error: InvalidKeyError | ExpiredKeyError, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const expired = error instanceof ExpiredKeyError ? new Date(error.expiresAt).toISOString() : null;
    const answer: KeyAnswer = {
      valid: false,
      quota: null,
      rateLimit: null,
      expiresAt: expired,
      checked_at: null,
      error: `${error.message} ${error.remedy}`,
    };
    const body = Buffer.from(JSON.stringify(answer));
    const { requestId } = contextOf(http.getRequest<AnsweredRequest>());
    const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length };
    takeOver(http.getResponse<HttpReply>())
      .writeHead(error.status, { 'x-request-id': requestId, ...headers })
      .end(body);
  }
}
