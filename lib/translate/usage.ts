import { numberAt, objectAt, type JsonObject } from '../kit/json.js';
import { known } from './fields.js';
import type { TokenUsage } from './model.js';

interface Counts {
  readonly input: number | undefined;
  readonly cacheRead: number | undefined;
  readonly cacheWrite?: number | undefined;
  readonly output: number | undefined;
  readonly reasoning: number | undefined;
}

/** @param counts `input` is all of it, the cached part included. */
function usageFrom({ input, cacheRead, cacheWrite, output, reasoning }: Counts): TokenUsage {
  const cached = (cacheRead ?? 0) + (cacheWrite ?? 0);
  return {
    inputTokens: {
      total: input,
      noCache: input === undefined ? undefined : input - cached,
      cacheRead,
      cacheWrite,
    },
    outputTokens: { total: output, text: output === undefined ? undefined : output - (reasoning ?? 0), reasoning },
  };
}

export const NO_USAGE: TokenUsage = usageFrom({
  input: undefined,
  cacheRead: undefined,
  output: undefined,
  reasoning: undefined,
});

export function chatUsage(usage: JsonObject | undefined): TokenUsage {
  if (!usage) return NO_USAGE;
  const input = objectAt(usage, 'prompt_tokens_details') ?? {};
  return usageFrom({
    input: numberAt(usage, 'prompt_tokens'),
    cacheRead: numberAt(input, 'cached_tokens') ?? numberAt(usage, 'prompt_cache_hit_tokens'),
    cacheWrite: numberAt(input, 'cache_write_tokens') ?? numberAt(input, 'cache_creation_tokens'),
    output: numberAt(usage, 'completion_tokens'),
    reasoning: numberAt(objectAt(usage, 'completion_tokens_details') ?? {}, 'reasoning_tokens'),
  });
}

export function writeChatUsage({ inputTokens, outputTokens }: TokenUsage): JsonObject {
  const [input, output] = [inputTokens.total ?? 0, outputTokens.total ?? 0];
  const details = known<Record<string, number>>({
    cached_tokens: inputTokens.cacheRead ?? 0,
    cache_write_tokens: inputTokens.cacheWrite,
  });
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: details,
    completion_tokens_details: { reasoning_tokens: outputTokens.reasoning ?? 0 },
  };
}

export function responsesUsage(usage: JsonObject | undefined): TokenUsage {
  if (!usage) return NO_USAGE;
  const input = objectAt(usage, 'input_tokens_details') ?? {};
  return usageFrom({
    input: numberAt(usage, 'input_tokens'),
    cacheRead: numberAt(input, 'cached_tokens'),
    cacheWrite: numberAt(input, 'cache_write_tokens'),
    output: numberAt(usage, 'output_tokens'),
    reasoning: numberAt(objectAt(usage, 'output_tokens_details') ?? {}, 'reasoning_tokens'),
  });
}

export function writeResponsesUsage({ inputTokens, outputTokens }: TokenUsage): JsonObject {
  const [input, output] = [inputTokens.total ?? 0, outputTokens.total ?? 0];
  const details = known<Record<string, number>>({
    cached_tokens: inputTokens.cacheRead ?? 0,
    cache_write_tokens: inputTokens.cacheWrite,
  });
  return {
    input_tokens: input,
    input_tokens_details: details,
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: outputTokens.reasoning ?? 0 },
    total_tokens: input + output,
  };
}

/** Anthropic counts what went through its cache apart. */
export function messagesUsage(usage: JsonObject | undefined): TokenUsage {
  if (!usage) return NO_USAGE;
  const cacheRead = numberAt(usage, 'cache_read_input_tokens');
  const cacheWrite = numberAt(usage, 'cache_creation_input_tokens');
  const fresh = numberAt(usage, 'input_tokens');
  return usageFrom({
    input: fresh === undefined ? undefined : fresh + (cacheRead ?? 0) + (cacheWrite ?? 0),
    cacheRead,
    cacheWrite,
    output: numberAt(usage, 'output_tokens'),
    reasoning: numberAt(objectAt(usage, 'output_tokens_details') ?? {}, 'thinking_tokens'),
  });
}

export function writeMessagesUsage({ inputTokens, outputTokens }: TokenUsage): JsonObject {
  const { total = 0, cacheRead = 0, cacheWrite = 0 } = inputTokens;
  return {
    input_tokens: Math.max(0, total - cacheRead - cacheWrite),
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cacheRead,
    output_tokens: outputTokens.total ?? 0,
    ...(outputTokens.reasoning && { output_tokens_details: { thinking_tokens: outputTokens.reasoning } }),
  };
}
