import { numberAt, objectAt, type JsonObject } from '../kit/json.js';
import type { FilePart, ModelCall, PlainJson, PromptMessage, VendorFields } from '../translate/model.js';
import { isAddress } from '../translate/media.js';
import { readPartsRequest, writePartsRequest } from '../translate/parts/request.js';
import type { Lacking } from '../translate/translation.js';
import { UpstreamFailure } from './upstream-failure.js';

/** The calls that every model object takes. */
const SETTINGS = new Set([
  'prompt',
  'maxOutputTokens',
  'temperature',
  'stopSequences',
  'topP',
  'topK',
  'presencePenalty',
  'frequencyPenalty',
  'responseFormat',
  'seed',
  'tools',
  'toolChoice',
  'reasoning',
  'providerOptions',
]);

/** Parameters of versions may be spelled as any wire format spells them. */
const SPELLINGS: Readonly<Record<string, string>> = { stop: 'stopSequences' };

/**
 * The call for a model object. A parameter of the version that the AI SDK has no setting for is an option of the
 * model's vendor: `reasoning_effort` at OpenAI is `providerOptions.openai.reasoningEffort`.
 *
 * @throws {UpstreamFailure} `unsupported`, when the model would leave a part of the call out.
 */
export function modelCall(body: JsonObject, provider: string, lacking: Lacking): ModelCall {
  const { asked } = readPartsRequest(body);
  const lost = lacking(asked);
  if (lost !== undefined) throw refused(typeof lost === 'string' ? lost : 'prompt');
  const call: Record<string, unknown> = {};
  const vendors: Record<string, PlainJson> = {};
  // A setting in one vendor's words is repeated in the words of all of them.
  const { body: written } = writePartsRequest(asked, false);
  for (const [field, value] of Object.entries(thinkingIn(body) ? written : withoutThoughts(written, provider))) {
    const name = SPELLINGS[field] ?? field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if (SETTINGS.has(name)) call[name] ??= value;
    else vendors[name] = value as PlainJson;
  }
  const { prompt, ...settings } = call as unknown as ModelCall;
  return { ...settings, prompt: prompt.map(withUrls), ...optionsOf(settings.providerOptions, provider, vendors) };
}

/** Packages that add what may be thought to the limit on output tokens. In every wire format it is a part of that. */
const ADDS_THOUGHTS = /^(?:(?:vertex|googleVertex)\.)?anthropic\b|^amazon-bedrock\b/;

/** The limit as these packages count it. */
export function withoutThoughts(body: JsonObject, provider: string): JsonObject {
  if (!ADDS_THOUGHTS.test(provider)) return body;
  const limit = numberAt(body, 'maxOutputTokens');
  const budget = numberAt(thinkingIn(body) ?? {}, 'budgetTokens');
  return limit === undefined || budget === undefined ? body : { ...body, maxOutputTokens: limit - budget };
}

function thinkingIn(body: JsonObject): JsonObject | undefined {
  return objectAt(objectAt(objectAt(body, 'providerOptions') ?? {}, 'anthropic') ?? {}, 'thinking');
}

function refused(field: string): UpstreamFailure {
  const message = `"${field}" cannot be carried over to this model; nothing was sent`;
  return new UpstreamFailure('unsupported', message, { asked: false });
}

/** The vendor's name in options: `openai` of `openai.responses`, `bedrock` of `amazon-bedrock`. */
export function vendorOf(provider: string): string {
  const [name = ''] = provider.split('.');
  return name === 'amazon-bedrock' ? 'bedrock' : name;
}

function optionsOf(
  given: VendorFields | undefined,
  provider: string,
  own: Record<string, PlainJson>,
): { providerOptions?: VendorFields } {
  const vendor = vendorOf(provider);
  if (Object.keys(own).length === 0) return given ? { providerOptions: given } : {};
  return { providerOptions: { ...given, [vendor]: { ...given?.[vendor], ...own } } };
}

/** In JSON an address is a string; a model object tells it from bytes by its type. */
function withUrls(message: PromptMessage): PromptMessage {
  if (message.role !== 'user' && message.role !== 'assistant') return message;
  if (!message.content.some((part) => part.type === 'file' && isAddress(part.data))) return message;
  const content = message.content.map((part) =>
    part.type === 'file' && isAddress(part.data) ? ({ ...part, data: new URL(part.data) } satisfies FilePart) : part,
  );
  return { ...message, content } as PromptMessage;
}
