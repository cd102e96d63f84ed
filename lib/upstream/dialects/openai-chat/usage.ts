import type { Usage } from '../../../domain/usage.js';
import { isObject, objectAt, stringAt, type JsonObject } from '../../../kit/json.js';
import { countAt, firstCount, usageFrom } from '../usage-counts.js';

/** The usage of an answer or a chunk: in its field, in the choice (Moonshot), or in a field of the vendor (Groq). */
export function usageOf(json: JsonObject): Usage | undefined {
  const usage = objectAt(json, 'usage') ?? elsewhere(json);
  return usage && counted(usage, stringAt(json, 'service_tier'));
}

function elsewhere(json: JsonObject): JsonObject | undefined {
  const vendors = objectAt(json, 'x_groq');
  const inVendors = vendors && objectAt(vendors, 'usage');
  if (inVendors || !Array.isArray(json['choices'])) return inVendors;
  for (const choice of json['choices'] as readonly unknown[]) {
    const usage = isObject(choice) ? objectAt(choice, 'usage') : undefined;
    if (usage) return usage;
  }
  return undefined;
}

function counted(usage: JsonObject, tier: string | undefined): Usage {
  const input = objectAt(usage, 'prompt_tokens_details');
  const output = objectAt(usage, 'completion_tokens_details');
  const counts = {
    inputTokens: countAt(usage, 'prompt_tokens'),
    outputTokens: outputOf(usage),
    cachedInputTokens: firstCount(
      countAt(input, 'cached_tokens'),
      countAt(usage, 'prompt_cache_hit_tokens'),
      countAt(usage, 'cached_tokens'),
      countAt(usage, 'cache_read_input_tokens'),
    ),
    cacheWriteTokens: firstCount(
      countAt(input, 'cache_write_tokens'),
      countAt(input, 'cache_creation_tokens'),
      countAt(usage, 'cache_creation_input_tokens'),
    ),
    reasoningTokens: countAt(output, 'reasoning_tokens'),
    audioInputTokens: countAt(input, 'audio_tokens'),
    audioOutputTokens: countAt(output, 'audio_tokens'),
    imageInputTokens: countAt(input, 'image_tokens'),
  };
  return usageFrom(counts, tier);
}

/** Some count thoughts beside the completion and some inside it; the total tells. */
function outputOf(usage: JsonObject): number | undefined {
  const prompt = countAt(usage, 'prompt_tokens');
  const completion = countAt(usage, 'completion_tokens');
  const total = countAt(usage, 'total_tokens');
  if (prompt === undefined || completion === undefined || total === undefined) return completion;
  return Math.max(completion, total - prompt);
}
