import type { Target } from '../routing/route-table.js';
import { openStream, sendJson } from '../upstream/attempt.js';
import { failureFrom } from '../upstream/upstream-failure.js';
import { attemptOf, type AttemptDeps } from '../router/attempt-of.js';
import type { CallRequest } from '../router/call-request.js';
import type { CallEnd } from '../router/mirror.js';
import type { AnswerCollector } from '../router/answer-collector.js';

/**
 * Asks the shadow once: no retry, no fallback, no breaker, and nothing of it is charged to the environment. Bounded
 * by the environment's own time limits; the caller's leaving does not matter. Never rejects.
 */
export async function sendMirror(
  request: CallRequest,
  target: Target,
  deps: AttemptDeps,
  signal: AbortSignal,
  collector: AnswerCollector,
): Promise<CallEnd> {
  const { clock, priceOf } = deps;
  const begun = clock.elapsed();
  let firstTokenAt: number | undefined;
  const end = (rest: Pick<CallEnd, 'outcome'> & Partial<CallEnd>): CallEnd => ({
    answeredBy: rest.outcome === 'ok' ? target : undefined,
    latency: clock.elapsed() - begun,
    timeToFirstToken: firstTokenAt === undefined ? undefined : firstTokenAt - begun,
    usage: undefined,
    cost: rest.usage && priceOf(target.version.model, rest.usage),
    finishReason: undefined,
    ...rest,
  });
  try {
    const attempt = attemptOf(request, target, deps, signal);
    const marked = { ...attempt, headers: { ...attempt.headers, 'x-shadow': 'true' } };
    if (!request.dialect.isStream(request.body)) {
      const answer = await sendJson(marked);
      collector.answered(answer);
      return end({ outcome: 'ok', usage: answer.reading.usage, finishReason: answer.reading.finishReason });
    }
    const stream = await openStream(marked);
    for await (const events of stream) {
      if (stream.contentChunks > 0) firstTokenAt ??= clock.elapsed();
      collector.streamed(events);
    }
    return end({ outcome: 'ok', usage: stream.usage, finishReason: stream.finishReason });
  } catch (error) {
    return end({ outcome: failureFrom(error).failure });
  }
}
