import { ConsoleLogger, type LogLevel } from '@nestjs/common';

/** Keeps stdout free for a JSON document. */
class StderrLogger extends ConsoleLogger {
  protected override printMessages(
    messages: unknown[],
    context?: string,
    level?: LogLevel,
    _stream?: 'stdout' | 'stderr',
    stack?: unknown,
    params?: unknown,
  ): void {
    super.printMessages(messages, context, level, 'stderr', stack, params as never);
  }
}

/** Loggers of Nest's start. */
const STARTING = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);

/** For a worker beside others, which have said it. */
function withoutStart<T extends ConsoleLogger>(logger: T): T {
  const log = logger.log.bind(logger) as (message: unknown, ...more: unknown[]) => void;
  logger.log = (message: unknown, ...more: unknown[]): void => {
    if (!STARTING.has(String(more.at(-1)))) log(message, ...more);
  };
  return logger;
}

/**
 * The log goes to stderr where JSON goes to stdout.
 *
 * @param worker its number, where this is one of several.
 */
export function loggerFor(json: boolean, worker = 1): ConsoleLogger {
  const logger = json ? new StderrLogger() : new ConsoleLogger();
  return worker > 1 ? withoutStart(logger) : logger;
}
