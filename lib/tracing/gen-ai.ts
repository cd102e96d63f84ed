import type { Attributes } from '@opentelemetry/api';
import type { AttemptRequest } from '../upstream/prepared-call.js';
import type { Dialect, DialectName } from '../upstream/dialects/dialect.js';
import type { ProviderName } from '../upstream/providers.js';

/**
 * Names of OpenTelemetry's semantic conventions for generative AI, as of November 2026. They are still in development:
 * this is the one file that knows them.
 *
 * @see https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-spans.md
 */
export const GEN_AI = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  requestStream: 'gen_ai.request.stream',
  responseModel: 'gen_ai.response.model',
  finishReasons: 'gen_ai.response.finish_reasons',
  timeToFirstChunk: 'gen_ai.response.time_to_first_chunk',
  inputTokens: 'gen_ai.usage.input_tokens',
  cachedInputTokens: 'gen_ai.usage.cache_read.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  tokenType: 'gen_ai.token.type',
  errorType: 'error.type',
  serverAddress: 'server.address',
  serverPort: 'server.port',
} as const;

/** Providers that the conventions name differently. */
const PROVIDERS: Partial<Record<ProviderName, string>> = {
  google: 'gcp.gemini',
  'azure-openai': 'azure.ai.openai',
  mistral: 'mistral_ai',
  xai: 'x_ai',
};

/** For a base URL of an unknown provider: the provider whose format it speaks. */
const BY_DIALECT: Readonly<Record<DialectName, string>> = {
  'openai-chat': 'openai',
  'openai-responses': 'openai',
  'openai-embeddings': 'openai',
  'anthropic-messages': 'anthropic',
};

export function operationOf({ name }: Dialect): 'chat' | 'embeddings' {
  return name === 'openai-embeddings' ? 'embeddings' : 'chat';
}

/** The attributes of a call that are known before it is made. None of them holds content. */
export function requestAttributes({ client, dialect, version }: AttemptRequest): Attributes {
  const { provider, baseUrl } = client.config;
  const { hostname, port, protocol } = new URL(baseUrl);
  return {
    [GEN_AI.operation]: operationOf(dialect),
    [GEN_AI.provider]: provider === undefined ? BY_DIALECT[dialect.name] : (PROVIDERS[provider] ?? provider),
    [GEN_AI.requestModel]: version.model,
    [GEN_AI.serverAddress]: hostname,
    [GEN_AI.serverPort]: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
  };
}
