import type { Comparison, ShadowSide } from '../telemetry/shadow-pair.js';
import type { ComparableAnswer } from '../router/answer-collector.js';
import { jsonStructure } from './json-structure.js';
import type { ShadowPolicy } from './shadow-policy.js';
import { textSimilarity } from './text-similarity.js';

/** One of two answers to the same request. */
export interface ComparedAnswer {
  readonly answer: ComparableAnswer;
  readonly side: ShadowSide;
}

/** The limits of {@link ShadowPolicy} that a comparison needs. */
type Limits = Pick<ShadowPolicy, 'tokenTolerance' | 'maxTemporalDriftMs'>;

/** Compares two whole answers, the shadow's against the caller's. Pure; costs about a millisecond. */
export function compareAnswers(caller: ComparedAnswer, shadow: ComparedAnswer, limits: Limits): Comparison {
  const [a, b] = [caller.answer, shadow.answer];
  const tokenDifference = tokenDifferenceOf(caller.side, shadow.side);
  const { tokenTolerance, maxTemporalDriftMs: longest } = limits;
  const texts = [a.text.trim(), b.text.trim()];
  return {
    sameText: texts.every((text) => text === '') ? null : texts[0] === texts[1],
    textSimilarity: textSimilarity(a.text, b.text),
    embeddingSimilarity: null,
    tokenDifference,
    outsideTolerance: tokenDifference === null ? null : tokenDifference > tokenTolerance,
    outsideTime: longest === undefined ? null : shadow.side.latency - caller.side.latency > longest,
    lengthRatio: a.text.length === 0 ? null : b.text.length / a.text.length,
    sameJson: same(jsonStructure(a.text), jsonStructure(b.text)),
    sameToolCalls: a.toolCalls.length + b.toolCalls.length === 0 ? null : String(a.toolCalls) === String(b.toolCalls),
    sameFinishReason: same(caller.side.finishReason, shadow.side.finishReason),
  };
}

/** `null` when neither has one. When only one has, they differ. */
function same(a: string | undefined, b: string | undefined): boolean | null {
  return a === undefined && b === undefined ? null : a === b;
}

/** Compares the tokens of the answers, or of the requests when neither answer has tokens, as with embeddings. */
function tokenDifferenceOf({ usage: a }: ShadowSide, { usage: b }: ShadowSide): number | null {
  if (!a || !b) return null;
  const answered = a.outputTokens + b.outputTokens > 0;
  const [expected, found] = answered ? [a.outputTokens, b.outputTokens] : [a.inputTokens, b.inputTokens];
  return Math.abs(found - expected) / Math.max(1, expected);
}
