import { dialectNamed } from '../../upstream/dialects/dialects.js';
import type { Exchange } from '../evaluator.js';
import { scoreOf } from './score-of.js';

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
export function cutOff({ dialect, finishReason }: Exchange): number | undefined {
  if (finishReason === undefined) return undefined;
  return scoreOf(!dialectNamed(dialect).endings.cutOff.includes(finishReason));
}
