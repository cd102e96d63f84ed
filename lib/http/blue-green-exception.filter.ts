import { Catch, type ArgumentsHost } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import { BlueGreenError } from '../domain/errors.js';
import { errorBehindSdk, waitOf } from '../router/sdk-error.js';
import { toHttpException } from '../routing/http-exception.js';

/** Errors of SDKs that were given `fetch(alias)`, whatever their class: Nest asks by `instanceof`. */
class SdkError extends Error {
  static override [Symbol.hasInstance](raised: unknown): boolean {
    return errorBehindSdk(raised) !== undefined;
  }
}

/**
 * Answers our errors with their own status instead of a plain 500, and with `Retry-After` where it is known. For
 * controllers of the app that use `LlmRouterService` or `RolloutService`, and those that call models by an SDK with
 * `LlmRouterService.fetch()`.
 *
 * @example
 * ```ts
 * @UseFilters(BlueGreenExceptionFilter)
 * @Controller('chat')
 * class ChatController {}
 * ```
 */
@Catch(BlueGreenError, SdkError)
export class BlueGreenExceptionFilter extends BaseExceptionFilter<unknown> {
  override catch(raised: unknown, host: ArgumentsHost): void {
    const error = raised instanceof BlueGreenError ? raised : errorBehindSdk(raised)!;
    const retryAfter = waitOf(error);
    const adapter = this.applicationRef ?? this.httpAdapterHost?.httpAdapter;
    if (retryAfter !== undefined && host.getType() === 'http' && adapter) {
      const response: unknown = host.switchToHttp().getResponse();
      if (!adapter.isHeadersSent(response)) {
        adapter.setHeader(response, 'Retry-After', String(Math.ceil(retryAfter / 1000)));
      }
    }
    super.catch(toHttpException(error), host);
  }
}
