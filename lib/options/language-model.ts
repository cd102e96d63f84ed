import { isObject } from '../kit/json.js';
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

/** Vendors whose packages have another name for themselves. */
const NAMES: Readonly<Record<string, ProviderName>> = {
  'amazon-bedrock': 'bedrock',
  vertex: 'vertex',
  azure: 'azure-openai',
  togetherai: 'together',
};

/** The provider behind a model object, for prices and traces: `anthropic` of `anthropic.messages`. */
export function providerOfObject({ provider }: LanguageModelObject): ProviderName | undefined {
  if (/^google\.?vertex/i.test(provider)) return 'vertex';
  const [name = ''] = provider.split('.');
  return NAMES[name] ?? (isProvider(name) ? name : undefined);
}
