import type { Attributes } from '@opentelemetry/api';
import type { Usage } from '../domain/usage.js';
import { isObject, stringAt } from '../kit/json.js';
import type { CallRequest } from '../router/call-request.js';
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
  conversation: 'gen_ai.conversation.id',
  requestModel: 'gen_ai.request.model',
  requestStream: 'gen_ai.request.stream',
  responseModel: 'gen_ai.response.model',
  finishReasons: 'gen_ai.response.finish_reasons',
  timeToFirstChunk: 'gen_ai.response.time_to_first_chunk',
  inputTokens: 'gen_ai.usage.input_tokens',
  cachedInputTokens: 'gen_ai.usage.cache_read.input_tokens',
  cacheWriteTokens: 'gen_ai.usage.cache_write.input_tokens',
  audioInputTokens: 'gen_ai.usage.audio.input_tokens',
  imageInputTokens: 'gen_ai.usage.image.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  reasoningTokens: 'gen_ai.usage.reasoning.output_tokens',
  audioOutputTokens: 'gen_ai.usage.audio.output_tokens',
  tokenType: 'gen_ai.token.type',
  errorType: 'error.type',
  serverAddress: 'server.address',
  serverPort: 'server.port',
} as const;

/**
 * Names of 1.36 and before that the present ones have replaced. Many backends read nothing else yet.
 *
 * @see https://github.com/open-telemetry/semantic-conventions/blob/v1.36.0/docs/gen-ai/README.md
 */
const BEFORE = { provider: 'gen_ai.system', cacheWriteTokens: 'gen_ai.usage.cache_creation.input_tokens' } as const;

/** The value of OpenTelemetry's variable by which people ask for the present names alone. */
const LATEST_ALONE = 'gen_ai_latest_experimental';

/** Whether the former names stand beside the present ones. @param optIn `OTEL_SEMCONV_STABILITY_OPT_IN`. */
export function keepsFormerNames(optIn: string | undefined): boolean {
  const asked = (optIn ?? '').split(',').map((word) => word.trim());
  return !asked.includes(LATEST_ALONE);
}

/** The attributes of a call that are known before it is made. None of them holds content. */
export function requestAttributes({ client, dialect, version }: AttemptRequest, withFormer: boolean): Attributes {
  const { provider, baseUrl } = client.config;
  const name = providerName(provider ?? version.capabilities?.provider) ?? dialect.vendor;
  return {
    [GEN_AI.operation]: dialect.operation,
    [GEN_AI.provider]: name,
    ...(withFormer && { [BEFORE.provider]: name === 'x_ai' ? 'xai' : name }),
    [GEN_AI.requestModel]: version.model,
    ...(baseUrl !== '' && serverOf(baseUrl)),
  };
}

/** The tokens of an answer. Kinds that the provider did not count are left out. */
export function usageAttributes(usage: Usage, withFormer: boolean): Attributes {
  const { cacheWriteTokens, reasoningTokens, audioInputTokens, audioOutputTokens, imageInputTokens } = usage;
  return {
    [GEN_AI.inputTokens]: usage.inputTokens,
    [GEN_AI.cachedInputTokens]: usage.cachedInputTokens,
    [GEN_AI.outputTokens]: usage.outputTokens,
    ...(cacheWriteTokens !== undefined && { [GEN_AI.cacheWriteTokens]: cacheWriteTokens }),
    ...(cacheWriteTokens !== undefined && withFormer && { [BEFORE.cacheWriteTokens]: cacheWriteTokens }),
    ...(reasoningTokens !== undefined && { [GEN_AI.reasoningTokens]: reasoningTokens }),
    ...(audioInputTokens !== undefined && { [GEN_AI.audioInputTokens]: audioInputTokens }),
    ...(audioOutputTokens !== undefined && { [GEN_AI.audioOutputTokens]: audioOutputTokens }),
    ...(imageInputTokens !== undefined && { [GEN_AI.imageInputTokens]: imageInputTokens }),
  };
}

/** The conversation that a request names, itself or by a header of its caller. */
export function conversationAttribute({ assignment, body }: Pick<CallRequest, 'assignment' | 'body'>): Attributes {
  const named = body['conversation'];
  const inBody = isObject(named) ? stringAt(named, 'id') : stringAt(body, 'conversation');
  const id = inBody ?? assignment.conversation;
  return id === undefined ? {} : { [GEN_AI.conversation]: id };
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
