import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { BlueGreenError } from '../domain/errors.js';
import type { HttpRequest } from '../routing/routing.options.js';

/** The body is not sent as JSON. `code`: `unsupported_media_type`. */
export class UnsupportedMediaTypeError extends BlueGreenError {
  constructor() {
    super(
      'unsupported_media_type',
      'The body is not sent as JSON.',
      'Send it in UTF-8 with "content-type: application/json".',
      415,
    );
  }
}

/** A body has come, and nobody has read it. `code`: `body_not_parsed`. */
class BodyNotParsedError extends BlueGreenError {
  constructor() {
    super(
      'body_not_parsed',
      'The app takes bodies of JSON as raw bytes here.',
      "Leave our paths out of the app's own body parser: the module reads them itself.",
      500,
    );
  }
}

/** Refuses bodies of another type. Express' JSON parser skips them, so they would look like an empty body. */
@Injectable()
export class JsonBodyGuard implements CanActivate {
  /** @throws {UnsupportedMediaTypeError} {@link BodyNotParsedError} */
  canActivate(context: ExecutionContext): boolean {
    const { headers, body } = context.switchToHttp().getRequest<HttpRequest>();
    const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
    const type = headers['content-type'];
    if (!hasBody) return true;
    if (typeof type !== 'string' || !/^application\/json *(;|$)/i.test(type)) throw new UnsupportedMediaTypeError();
    // A command would become its own default.
    if (body === undefined || Buffer.isBuffer(body)) throw new BodyNotParsedError();
    return true;
  }
}
