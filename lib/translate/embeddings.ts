import type { JsonObject } from '../kit/json.js';
import { Untranslatable } from './fields.js';
import type { PlainJson, PlainJsonObject, VendorFields } from './model.js';

/** An embedding model of the AI SDK, of any version that we can ask: `google.embeddingModel('gemini-embedding-001')`. */
export interface EmbeddingModelObject {
  /** `v3` or `v4`. */
  readonly specificationVersion: string;
  readonly provider: string;
  readonly modelId: string;
  /** The most texts that it takes at once. */
  readonly maxEmbeddingsPerCall: PromiseLike<number | undefined> | number | undefined;
  readonly supportsParallelCalls: PromiseLike<boolean> | boolean;
  doEmbed(options: EmbeddingCall): PromiseLike<Embedded>;
}

export interface EmbeddingCall {
  values: string[];
  /** In words of the fourth version; vendors that have their own ignore it. */
  dimensions?: number;
  providerOptions?: VendorFields;
  headers?: Record<string, string>;
  abortSignal?: AbortSignal;
}

export interface Embedded {
  embeddings: number[][];
  usage?: { tokens: number };
}

/** The name that vendors have for the length of vectors. Bedrock has one for each maker of models. */
const DIMENSIONS: readonly (readonly [provider: RegExp, model: RegExp, name: string])[] = [
  [/^google/i, /^/, 'outputDimensionality'],
  [/^amazon-bedrock/, /^cohere/, 'outputDimension'],
  [/^amazon-bedrock/, /nova/, 'embeddingDimension'],
  [/^cohere/, /^/, 'outputDimension'],
];

/**
 * A request of OpenAI's for an embedding model. Fields without a setting are options of the model's vendor, as the AI
 * SDK spells them.
 *
 * @param vendor whose options the model reads.
 * @throws {Untranslatable} for texts that are tokens: only models of OpenAI's can read them.
 */
export function embeddingCall(body: JsonObject, model: EmbeddingModelObject, vendor: string): EmbeddingCall {
  const { model: _model, stream: _stream, user: _user, encoding_format: _encoding, input, dimensions, ...more } = body;
  const own: PlainJsonObject = Object.fromEntries(
    Object.entries(more).map(([name, value]) => [
      name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      value as PlainJson,
    ]),
  );
  const name = DIMENSIONS.find(([provider, id]) => provider.test(model.provider) && id.test(model.modelId))?.[2];
  const asked = typeof dimensions === 'number' ? dimensions : undefined;
  if (asked !== undefined) own[name ?? 'dimensions'] = asked;
  return {
    values: textsIn(input),
    ...(asked !== undefined && model.specificationVersion === 'v4' && { dimensions: asked }),
    ...(Object.keys(own).length > 0 && { providerOptions: { [vendor]: own } }),
  };
}

function textsIn(input: unknown): string[] {
  if (typeof input === 'string') return [input];
  const list: readonly unknown[] = Array.isArray(input) ? input : [];
  const strange = list.findIndex((text) => typeof text !== 'string');
  if (list.length === 0 || typeof list[0] === 'number') throw new Untranslatable('input');
  if (strange >= 0) throw new Untranslatable(`input[${strange}]`);
  return list as string[];
}

/** The vectors as OpenAI answers. */
export function embeddingAnswer(
  { embeddings, usage }: Embedded,
  model: string,
  { encoding_format: format }: JsonObject,
): JsonObject {
  const data = embeddings.map((vector, index) => ({
    object: 'embedding',
    index,
    embedding: format === 'base64' ? Buffer.from(new Float32Array(vector).buffer).toString('base64') : vector,
  }));
  const counted = usage && { usage: { prompt_tokens: usage.tokens, total_tokens: usage.tokens } };
  return { object: 'list', data, model, ...counted };
}
