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

/** Refuses bodies of another type. Express' JSON parser skips them, so they would look like an empty body. */
@Injectable()
export class JsonBodyGuard implements CanActivate {
  /** @throws {UnsupportedMediaTypeError} */
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<HttpRequest>();
    const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
    const type = headers['content-type'];
    if (!hasBody || (typeof type === 'string' && /^application\/json *(;|$)/i.test(type))) return true;
    throw new UnsupportedMediaTypeError();
  }
}
