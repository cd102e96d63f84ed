import type { Usage } from '../../../domain/usage.js';
import { objectAt, stringAt, type JsonObject } from '../../../kit/json.js';
import { objectsIn } from '../request-parts.js';
import { countAt, firstCount, usageFrom } from '../usage-counts.js';

/** The usage of an answer or a chunk: in its field, in the choice (Moonshot), or in a field of the vendor (Groq). */
export function usageOf(json: JsonObject): Usage | undefined {
  const vendors = objectAt(json, 'x_groq');
  const inChoices = objectsIn(json['choices']).map((choice) => objectAt(choice, 'usage'));
  const found = [objectAt(json, 'usage'), vendors && objectAt(vendors, 'usage'), ...inChoices];
  const usage = found.find((candidate) => candidate !== undefined);
  return usage && counted(usage, stringAt(json, 'service_tier'));
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
  const [prompt, completion, total] = ['prompt_tokens', 'completion_tokens', 'total_tokens'].map((field) =>
    countAt(usage, field),
  );
  if (prompt === undefined || completion === undefined || total === undefined) return completion;
  return Math.max(completion, total - prompt);
}
