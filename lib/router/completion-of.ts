import type { JsonAnswer } from '../upstream/send.js';
import type { Call } from './call.js';
import type { ChatCompletion } from './chat.js';
import { ToolCallReader } from './tool-calls.js';

/** A whole answer as calling code gets it. */
export function completionOf(answer: JsonAnswer, call: Call): ChatCompletion {
  const { text, reasoning = '', usage, finishReason } = answer.reading;
  const tools = new ToolCallReader(call.request.dialect);
  tools.readAnswer(answer.json);
  return {
    content: text,
    reasoning,
    toolCalls: tools.calls,
    finishReason,
    usage,
    cost: call.cost,
    latency: call.latency,
    raw: answer.json,
    ...call.report(),
  };
}
