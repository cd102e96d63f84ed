import { dialectNamed } from '../../upstream/dialects/dialects.js';
import type { Exchange } from '../evaluator.js';
import { scoreOf } from './score-of.js';
import { hasWords } from '../../upstream/dialects/dialect.js';

/** Characters that are read. A refusal comes first; later it is an answer with reservations. */
const LOOKED_AT = 240;

const IN_WORDS =
  /\b(?:i|we)(?:'m| am|'re| are)? (?:can't|can ?not|won't|will not|refuse to|decline to|unable to|not able to|not (?:allowed|permitted) to) (?:\w+ ){0,2}?(?:help|assist|comply|fulfill?|provide|answer|engage|discuss|do (?:that|this)|generate|create|write|produce|support|share|participate)\b|\b(?:i|we) (?:must|have to|need to) decline\b/;

/**
 * 0 for a refusal: the answer is marked as one, the provider's filter stopped it, or it begins like one in English. The
 * wording is a guess, so compare with the live environment, which is judged in the same way.
 *
 * @example
 * ```ts options
 * evaluators: [{ name: 'refusal', evaluate: refusal }],
 * rollout: { gates: [{ kind: 'quality', evaluator: 'refusal', tolerance: 0.01 }] },
 * ```
 */
export function refusal(exchange: Exchange): number | undefined {
  if (!hasWords(dialectNamed(exchange.dialect))) return undefined;
  return scoreOf(!saysRefused(exchange) && !IN_WORDS.test(beginningOf(exchange.text)));
}

/** Whether the answer says so in its format: in a field of its own, or as the reason of its end. */
export function saysRefused({ dialect, refused, finishReason = '' }: Exchange): boolean {
  return refused || dialectNamed(dialect).endings.refused.includes(finishReason);
}

function beginningOf(text: string): string {
  return text.trimStart().slice(0, LOOKED_AT).toLowerCase().replaceAll('’', "'").replace(/\s+/g, ' ');
}
