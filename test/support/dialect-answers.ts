import { answer } from '../../lib/testing/behaviours.js';
import type { Behaviour } from '../../lib/testing/behaviour.js';
import { embedding } from '../../lib/testing/formats/embeddings.js';
import { messages } from '../../lib/testing/formats/messages.js';
import { responses } from '../../lib/testing/formats/responses.js';
import { json } from '../../lib/testing/server-sent.js';

const RESPONSE_USAGE = { inputTokens: 8, cachedInputTokens: 3, outputTokens: 2 };
const MESSAGE_USAGE = { inputTokens: 10, cachedInputTokens: 3, outputTokens: 2 };

/** Says "Hello there" as OpenAI's responses do. */
export const answerResponse: Behaviour = answer({ usage: RESPONSE_USAGE });

export function responseStart(model: string): string {
  return responses.start({ model, words: [], usage: RESPONSE_USAGE });
}

export function responseDelta(delta: string): string {
  return responses.word('', delta);
}

/** Says "Hello there" as Anthropic's messages do. */
export const answerMessage: Behaviour = answer({ usage: MESSAGE_USAGE });

export function messageStart(model: string): string {
  return messages.start({ model, words: [], usage: MESSAGE_USAGE });
}

export function messageDelta(text: string): string {
  return messages.word('', text);
}

export function answerEmbedding(vector: readonly number[]): Behaviour {
  return ({ body }, response) => json(response, 200, embedding(vector, body));
}
