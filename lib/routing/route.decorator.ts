import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Assignment } from './assignment.js';
import { contextOf } from './request-context.js';

/**
 * Names the route (its alias) that {@link TrafficSplitGuard} decides for. It stands on a handler or a controller; the
 * handler's wins. An app with a single route may leave it out.
 *
 * @example
 * ```ts
 * @UseGuards(TrafficSplitGuard)
 * @Route('support-chat')
 * @Controller('chat')
 * class ChatController {}
 * ```
 */
export const Route = Reflector.createDecorator<string>();

/**
 * Parameter decorator: the guard's {@link Assignment} for this request; `undefined` if the guard did not run.
 *
 * @example
 * ```ts
 * @Controller('chat')
 * class ChatController {
 *   @Post()
 *   @UseGuards(TrafficSplitGuard)
 *   chat(@Assigned() assignment: Assignment) {
 *     return assignment.environment; // 'blue'
 *   }
 * }
 * ```
 */
export const Assigned = createParamDecorator((_data: unknown, context: ExecutionContext): Assignment | undefined =>
  context.getType() === 'http' ? contextOf(context.switchToHttp().getRequest()).assignment : undefined,
);
