import type { Attributes } from '@opentelemetry/api';
import type { AttemptRequest } from '../upstream/prepared-call.js';
import { isProvider, providerOf } from '../upstream/providers.js';

/**
 * Names of OpenTelemetry's semantic conventions for generative AI, as of November 2026. They are still in development.
 * Their names for operations and vendors are with the wire formats and the providers.
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

/** The attributes of a call that are known before it is made. None of them holds content. */
export function requestAttributes({ client, dialect, version }: AttemptRequest): Attributes {
  const { provider, baseUrl } = client.config;
  return {
    [GEN_AI.operation]: dialect.operation,
    [GEN_AI.provider]: providerName(provider ?? version.capabilities?.provider) ?? dialect.vendor,
    [GEN_AI.requestModel]: version.model,
    ...(baseUrl !== '' && serverOf(baseUrl)),
  };
}

function serverOf(baseUrl: string): Attributes {
  const { hostname, port, protocol } = new URL(baseUrl);
  return {
    [GEN_AI.serverAddress]: hostname,
    [GEN_AI.serverPort]: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
  };
}

function providerName(provider: string | undefined): string | undefined {
  return provider !== undefined && isProvider(provider) ? (providerOf(provider).genAiName ?? provider) : provider;
}
