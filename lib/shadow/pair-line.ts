import { createHash } from 'node:crypto';
import type { ShadowPair } from '../telemetry/shadow-pair.js';
import { sizeOf } from '../upstream/body-size.js';
import type { Dialect } from '../upstream/dialects/dialect.js';
import type { JsonObject } from '../kit/json.js';
import { MAX_COLLECTED, type ComparableAnswer } from '../router/answer-collector.js';
import type { ShadowPolicy } from './shadow-policy.js';

export interface PairContent {
  readonly dialect: Dialect;
  readonly request: JsonObject;
  readonly answer: ComparableAnswer | undefined;
  readonly shadowAnswer: ComparableAnswer | undefined;
}

/**
 * A pair as a line of `shadow-requests.jsonl`: figures and hashes, and the content only when `storeContent` asks for
 * it. A request that is too long is neither hashed nor stored. If `redact` throws, no content is stored.
 */
export function pairLine(
  pair: ShadowPair,
  { dialect, request, answer, shadowAnswer }: PairContent,
  { storeContent, redact }: Pick<ShadowPolicy, 'storeContent' | 'redact'>,
): Record<string, unknown> {
  const { chars, fileChars, values } = sizeOf(request, dialect);
  const isSmall = chars + fileChars + values <= MAX_COLLECTED;
  const line = {
    ...pair,
    at: new Date(pair.at).toISOString(),
    requestHash: isSmall ? hashOf(JSON.stringify(request)) : undefined,
    answerHash: hashOf(answer?.text),
    shadowAnswerHash: hashOf(shadowAnswer?.text),
  };
  if (!storeContent || !isSmall) return line;
  const content = { request, answer: answer?.text ?? '', shadowAnswer: shadowAnswer?.text ?? '' };
  try {
    return { ...line, content: redact ? redact(content) : content };
  } catch {
    return { ...line, redactFailed: true };
  }
}

function hashOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : createHash('sha256').update(text).digest('hex');
}
