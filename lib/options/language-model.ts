import { isObject } from '../kit/json.js';
import type { EmbeddingModelObject } from '../translate/embeddings.js';
import type { LanguageModelObject } from '../translate/model.js';
import { isProvider, type ProviderName } from '../upstream/providers.js';

/** Whether a value is a model object of the AI SDK that we can ask. */
export function isLanguageModel(value: unknown): value is LanguageModelObject {
  if (!isObject(value)) return false;
  const { specificationVersion: version, doGenerate, doStream, modelId, provider } = value;
  const isAsked = typeof doGenerate === 'function' && typeof doStream === 'function';
  return (
    (version === 'v3' || version === 'v4') && isAsked && typeof modelId === 'string' && typeof provider === 'string'
  );
}

/** Whether a value is an embedding model of the AI SDK that we can ask. */
export function isEmbeddingModel(value: unknown): value is EmbeddingModelObject {
  if (!isObject(value)) return false;
  const { specificationVersion: version, doEmbed, modelId, provider } = value;
  const isNamed = typeof modelId === 'string' && typeof provider === 'string';
  return (version === 'v3' || version === 'v4') && typeof doEmbed === 'function' && isNamed;
}

/** Vendors whose packages have another name for themselves. */
const NAMES: Readonly<Record<string, ProviderName>> = {
  'amazon-bedrock': 'bedrock',
  vertex: 'vertex',
  azure: 'azure-openai',
  togetherai: 'together',
};

/** The provider behind a model object, for prices and traces: `anthropic` of `anthropic.messages`. */
export function providerOfObject({ provider }: { readonly provider: string }): ProviderName | undefined {
  if (/^google\.?vertex/i.test(provider)) return 'vertex';
  const [name = ''] = provider.split('.');
  return NAMES[name] ?? (isProvider(name) ? name : undefined);
}
