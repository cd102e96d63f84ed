import { openAiError, type Format } from './said.js';

/** The vector of every text. */
const VECTOR = [0.25, -0.5, 1];

/** OpenAI's embeddings. */
export const embeddings: Format = {
  whole: (_said, body) => embedding(VECTOR, body),
  error: openAiError,
};

/** A vector for each text, in base64 if the request asks for that: OpenAI's SDK does so by itself. */
export function embedding(vector: readonly number[], body: Readonly<Record<string, unknown>>): object {
  const { input, encoding_format: format } = body;
  const base64 = Buffer.from(new Float32Array(vector).buffer).toString('base64');
  // A list of numbers is one text, as tokens.
  const count = Array.isArray(input) && typeof input[0] !== 'number' ? input.length : 1;
  const data = Array.from({ length: count }, (_, index) => {
    return { object: 'embedding', index, embedding: format === 'base64' ? base64 : vector };
  });
  return { object: 'list', data, model: body['model'], usage: { prompt_tokens: 4, total_tokens: 4 } };
}
