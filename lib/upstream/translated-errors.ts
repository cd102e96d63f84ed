import type { Dialect } from './dialects/dialect.js';
import { factsIn } from './errors/answer-facts.js';
import { UpstreamFailure } from './upstream-failure.js';

/** A failure whose answer, which a caller may get to see, has the shape of the caller's format. */
export function inShapeOf(dialect: Dialect, error: unknown): unknown {
  if (!(error instanceof UpstreamFailure) || !error.answer) return error;
  const { status, body } = error.answer;
  const { texts, codes } = factsIn(body, {});
  const [message = error.message] = texts;
  const [code = error.failure] = codes;
  const type = 'invalid_request_error';
  const told = Buffer.from(JSON.stringify(dialect.errorBody({ code, message, type, status })));
  return error.withAnswer({ status, contentType: 'application/json', body: told });
}
