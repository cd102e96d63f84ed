import { Catch, type ArgumentsHost } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import { BlueGreenError } from '../domain/errors.js';
import { toHttpException } from '../routing/http-exception.js';

/**
 * Answers our errors with their own status instead of a plain 500. For controllers of the app that use
 * `LlmRouterService` or `RolloutService`.
 *
 * @example
 * ```ts
 * @UseFilters(BlueGreenExceptionFilter)
 * @Controller('chat')
 * class ChatController {}
 * ```
 */
@Catch(BlueGreenError)
export class BlueGreenExceptionFilter extends BaseExceptionFilter<unknown> {
  override catch(error: BlueGreenError, host: ArgumentsHost): void {
    super.catch(toHttpException(error), host);
  }
}
