import { randomUUID } from 'node:crypto';
import type { TrafficSplitter } from '../routing/traffic-splitter.js';
import { openAiChat } from '../upstream/dialects/openai-chat.js';
import { completionOf } from '../router/completion-of.js';
import type { Sender } from '../router/sender.js';
import type { Ask } from './evaluator.js';

/**
 * How evaluators ask routes of the module itself. Outside of the request whose answer is scored: a call of its own, with an id
 * and an assignment of its own, which nobody scores or mirrors, and of which nothing is kept but figures.
 *
 * @param needed both of them are made after the service that asks, and only looked up when somebody does.
 */
export function askThrough(needed: () => { readonly sender: Sender; readonly splitter: TrafficSplitter }): Ask {
  return async (route, request, signal) => {
    const { sender, splitter } = needed();
    const { answer, call } = await sender.json({
      assignment: splitter.assign(route),
      dialect: openAiChat,
      body: { ...request, stream: false },
      requestId: randomUUID(),
      byEvaluator: true,
      signal,
    });
    return completionOf(answer, call);
  };
}
