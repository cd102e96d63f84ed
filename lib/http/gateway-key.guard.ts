import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { BlueGreenError } from '../domain/errors.js';
import { AccessKeys } from './access-keys.js';

/** No key, or one that nobody was given. `code`: `invalid_api_key`. */
export class InvalidKeyError extends BlueGreenError {
  constructor() {
    super(
      'invalid_api_key',
      'The request has no valid key.',
      'Send "Authorization: Bearer <key>" or "x-api-key: <key>" with one of the configured keys.',
      401,
    );
  }
}

/** Lets only callers with a configured key pass. */
@Injectable()
export class GatewayKeyGuard implements CanActivate {
  constructor(private readonly keys: AccessKeys) {}

  /** @throws {InvalidKeyError} */
  canActivate(context: ExecutionContext): boolean {
    if (!this.keys.callerOf(context.switchToHttp().getRequest())) throw new InvalidKeyError();
    return true;
  }
}
