import { BlueGreenError } from '../domain/errors.js';
import type { FailureClass } from '../domain/outcome.js';
import { isObject, parseJson } from '../kit/json.js';
import type { Dialect, DialectError, SentEvents } from '../upstream/dialects/dialect.js';
import { isRateLimit } from '../upstream/passed-headers.js';
import { formatEvent, type SseEvent } from '../upstream/sse.js';
import type { CallReport } from './call-report.js';
import { reportHeaders } from './report-headers.js';
import { UpstreamError } from './upstream-error.js';
import { STREAM_HEADERS } from './stream-headers.js';

/** An error as a caller over HTTP gets it. */
export interface ErrorResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** An error in the shape that the dialect's SDKs understand. */
export function errorResponse(error: BlueGreenError, dialect: Dialect): ErrorResponse {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  const body = Buffer.from(JSON.stringify(dialect.errorBody(asDialectError(error, dialect))));
  if (!(error instanceof UpstreamError)) return { status: error.status, headers, body };

  // We have retried as often as makes sense: an SDK that retries as well only multiplies an outage. One that knows how
  // long to wait does not.
  const knowsWhen = WAITED_FOR.has(error.failure) && error.retryAfter !== undefined && error.again !== false;
  if (!knowsWhen) headers['x-should-retry'] = String(error.failure === 'shutdown');
  Object.assign(headers, reportHeaders(reportOf(error)));
  if (error.retryAfter !== undefined) headers['retry-after'] = String(Math.ceil(error.retryAfter / 1000));
  const { answer } = error;
  const status = statusFor(error, dialect);
  if (error.said !== undefined && dialect.failsInEvents) {
    Object.assign(headers, STREAM_HEADERS);
    return { status: 200, headers, body: Buffer.from(formatEvent(errorEvent(error, dialect))) };
  }
  if (!answer) return { status, headers, body };
  if (answer.contentType !== '') headers['content-type'] = answer.contentType;
  // An error is of one account: its rate limits say nothing about the next environment.
  for (const [name, value] of Object.entries(answer.passed ?? {})) if (!isRateLimit(name)) headers[name] = value;
  return { status, headers, body: answer.body };
}

/** The environment whose failure it is. */
function reportOf({ requestId, route, environment, attempts }: UpstreamError): CallReport {
  const version = attempts.findLast((attempt) => attempt.environment === environment)?.version ?? '';
  // The assigned environment is always asked first.
  return { requestId, route, environment, version, fallback: environment !== attempts[0]?.environment, attempts };
}

/** The event that ends a broken stream. @param sent before it. */
export function errorEvent(error: BlueGreenError, dialect: Dialect, sent?: SentEvents): SseEvent {
  return dialect.errorEvent(asDialectError(error, dialect), sent);
}

/** Failures that pass by themselves. */
const WAITED_FOR = new Set<FailureClass>(['rate_limited', 'circuit_open', 'server_error']);

function statusFor(error: BlueGreenError, { ownStatuses }: Dialect): number {
  const own = error instanceof UpstreamError && error.failure === 'server_error' ? error.upstreamStatus : undefined;
  return own !== undefined && ownStatuses?.includes(own) ? own : error.status;
}

function asDialectError(error: BlueGreenError, dialect: Dialect): DialectError {
  const { code, message, remedy } = error;
  const status = statusFor(error, dialect);
  const text = error instanceof UpstreamError ? error.said : undefined;
  const said = text === undefined ? undefined : parseJson(text);
  const type = code.startsWith('upstream_') ? 'upstream_error' : 'invalid_request_error';
  return { code, message: `${message} ${remedy}`.trim(), type, status, ...(isObject(said) && { said }) };
}
