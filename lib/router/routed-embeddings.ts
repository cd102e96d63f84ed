import { isObject, numberAt, objectAt, type JsonObject } from '../kit/json.js';
import { objectsIn } from '../upstream/dialects/request-parts.js';
import { known } from '../translate/fields.js';
import type { PlainJsonObject } from '../translate/model.js';
import type { CallRequest } from './call-request.js';
import type { Sender } from './sender.js';

/** A route as an embedding model of the AI SDK. */
export interface RoutedEmbeddingModel {
  readonly specificationVersion: 'v3';
  readonly provider: 'nestjs-blue-green';
  /** The alias of the route. */
  readonly modelId: string;
  readonly maxEmbeddingsPerCall: number;
  readonly supportsParallelCalls: true;
  /** @throws {UpstreamError} when no environment answered. */
  doEmbed(options: {
    values: string[];
    dimensions?: number;
    abortSignal?: AbortSignal;
    providerOptions?: Record<string, PlainJsonObject>;
  }): Promise<{
    embeddings: number[][];
    usage?: { tokens: number };
    warnings: { type: 'unsupported'; feature: string }[];
  }>;
}

/** As many as OpenAI takes at once. */
const MOST = 2_048;

export function routedEmbeddings(
  alias: string,
  sender: Sender,
  requestOf: (body: JsonObject, signal: AbortSignal | undefined) => CallRequest,
): RoutedEmbeddingModel {
  return {
    specificationVersion: 'v3',
    provider: 'nestjs-blue-green',
    modelId: alias,
    maxEmbeddingsPerCall: MOST,
    supportsParallelCalls: true,
    async doEmbed({ values, dimensions, abortSignal, providerOptions = {} }) {
      const { dimensions: own, user, ...others } = providerOptions['openai'] ?? {};
      const settings = { dimensions: own ?? dimensions, user };
      const body = { model: alias, input: values, encoding_format: 'float', ...known<JsonObject>(settings) };
      const lost = [
        ...Object.keys(others).map((name) => `providerOptions.openai.${name}`),
        ...Object.keys(providerOptions).flatMap((vendor) => (vendor === 'openai' ? [] : [`providerOptions.${vendor}`])),
      ];
      const { answer } = await sender.json(requestOf(body, abortSignal));
      const json = isObject(answer.json) ? answer.json : {};
      const rows = objectsIn(json['data']).toSorted(
        (a, b) => (numberAt(a, 'index') ?? 0) - (numberAt(b, 'index') ?? 0),
      );
      const embeddings = rows.map((row) => row['embedding'] as number[]);
      const tokens = numberAt(objectAt(json, 'usage') ?? {}, 'prompt_tokens');
      return {
        embeddings,
        ...(tokens !== undefined && { usage: { tokens } }),
        warnings: lost.map((feature) => ({ type: 'unsupported', feature })),
      };
    },
  };
}
