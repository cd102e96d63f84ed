import type { DialectName } from './dialects/dialects.js';
import { providerOf } from './providers.js';
import type { UpstreamConfig } from './upstream-config.js';

/** The formats that an upstream speaks. */
export function formatsOf({ model, embedding, formats, provider }: UpstreamConfig): readonly DialectName[] {
  if (!model && !embedding) return formats ?? providerOf(provider).speaks;
  return [...(model ? (['ai-sdk'] as const) : []), ...(embedding ? (['openai-embeddings'] as const) : [])];
}
