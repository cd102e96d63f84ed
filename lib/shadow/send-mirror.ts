import { runningTime } from '../kit/clock.js';
import type { AnswerCollector } from '../router/answer-collector.js';
import { attemptOf } from '../router/attempt-of.js';
import type { CallRequest } from '../router/call-request.js';
import type { Target } from '../routing/route-table.js';
import type { ShadowSide } from '../telemetry/shadow-pair.js';
import { openStream, sendJson } from '../upstream/send.js';
import { failureFrom } from '../upstream/upstream-failure.js';
import type { MirrorDeps } from './mirror-deps.js';

/**
 * Asks the shadow once: no retry, no fallback, no breaker, and nothing is charged to the environment. The environment's
 * own time limits apply; it does not matter whether the caller leaves. Never rejects.
 */
export async function sendMirror(
  request: CallRequest,
  target: Target,
  deps: MirrorDeps,
  signal: AbortSignal,
  collector: AnswerCollector,
): Promise<ShadowSide> {
  const { clock, priceOf } = deps;
  const { environment, version } = target;
  const begun = runningTime(clock);
  let firstTokenAt: number | undefined;
  const side = ({
    outcome,
    usage,
    finishReason,
  }: Pick<ShadowSide, 'outcome' | 'usage' | 'finishReason'>): ShadowSide => ({
    environment,
    version: version.tag,
    outcome,
    latency: runningTime(clock) - begun,
    timeToFirstToken: firstTokenAt === undefined ? undefined : firstTokenAt - begun,
    usage,
    cost: usage && priceOf(version.model, usage),
    finishReason,
  });
  try {
    const attempt = attemptOf(request, target, deps, signal);
    const marked = { ...attempt, headers: { ...attempt.headers, 'x-shadow': 'true' } };
    if (!request.dialect.isStream(request.body)) {
      const answer = await sendJson(marked);
      collector.answered(answer);
      const { usage, finishReason } = answer.reading;
      return side({ outcome: 'ok', usage, finishReason });
    }
    const stream = await openStream(marked);
    for await (const events of stream) {
      if (stream.contentChunks > 0) firstTokenAt ??= runningTime(clock);
      collector.streamed(events);
    }
    const { usage, finishReason } = stream;
    return side({ outcome: 'ok', usage, finishReason });
  } catch (error) {
    return side({ outcome: failureFrom(error).failure });
  }
}
