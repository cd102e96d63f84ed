import { randomUUID } from 'node:crypto';
import type { TrafficSplitter } from '../routing/traffic-splitter.js';
import { openAiChat } from '../upstream/dialects/openai-chat.js';
import { completionOf } from '../router/completion-of.js';
import type { Sender } from '../router/sender.js';
import type { Ask } from './evaluator.js';

/**
 * Lets evaluators ask routes of this module. Such a call is separate from the request that is scored: it has its own id
 * and assignment, is neither scored nor mirrored, and only its figures are kept.
 *
 * @param needed called on first use: both are created after the service that asks.
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
