/** A vector, in base64 when it was asked for like that: OpenAI's SDK asks for it by itself. */
export function embedding(vector: readonly number[], body: Readonly<Record<string, unknown>>): object {
  const base64 = Buffer.from(new Float32Array(vector).buffer).toString('base64');
  const data = [{ object: 'embedding', index: 0, embedding: body['encoding_format'] === 'base64' ? base64 : vector }];
  return { object: 'list', data, model: body['model'], usage: { prompt_tokens: 4, total_tokens: 4 } };
}
