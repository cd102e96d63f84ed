import type { Exchange } from '../evaluator.js';
import { scoreOf } from './score-of.js';

/** How the formats name an end at the token limit. */
const LIMITS = new Set(['length', 'max_tokens', 'max_output_tokens', 'model_context_window_exceeded', 'incomplete']);

/**
 * 0 for an answer that ends because its tokens were used up. `undefined` for an answer that gives no reason for its
 * end.
 *
 * @example
 * ```ts options
 * evaluators: [{ name: 'cut-off', evaluate: cutOff }],
 * rollout: { gates: [{ kind: 'quality', evaluator: 'cut-off', tolerance: 0.01 }] },
 * ```
 */
export function cutOff({ finishReason }: Exchange): number | undefined {
  return finishReason === undefined ? undefined : scoreOf(!LIMITS.has(finishReason));
}
