import type { JsonAnswer } from '../upstream/attempt.js';
import type { Call } from './call.js';
import type { ChatCompletion } from './chat.js';

/** A whole answer as calling code gets it. */
export function completionOf(answer: JsonAnswer, call: Call): ChatCompletion {
  const { text, usage, finishReason } = answer.reading;
  return {
    content: text,
    finishReason,
    usage,
    cost: call.cost,
    latency: call.latency,
    raw: answer.json,
    ...call.report(),
  };
}
