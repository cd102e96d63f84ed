import type { JsonObject } from '../kit/json.js';
import type { FilePart, ModelCall, PlainJson, PromptMessage, VendorFields } from '../translate/model.js';
import { isAddress } from '../translate/media.js';

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
  'providerOptions',
]);

/** Parameters of versions may be spelled as any wire format spells them. */
const SPELLINGS: Readonly<Record<string, string>> = { stop: 'stopSequences' };

/**
 * The call for a model object. A parameter of the version that the AI SDK has no setting for is an option of the
 * model's vendor: `reasoning_effort` at OpenAI is `providerOptions.openai.reasoningEffort`.
 */
export function modelCall(body: JsonObject, provider: string): ModelCall {
  const call: Record<string, unknown> = {};
  const vendors: Record<string, PlainJson> = {};
  for (const [field, value] of Object.entries(body)) {
    if (field === 'model' || field === 'stream') continue;
    const name = SPELLINGS[field] ?? field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if (SETTINGS.has(name)) call[name] ??= value;
    else vendors[name] = value as PlainJson;
  }
  const { prompt, ...settings } = call as unknown as ModelCall;
  return { ...settings, prompt: prompt.map(withUrls), ...optionsOf(settings.providerOptions, provider, vendors) };
}

/** The vendor's name in options: `openai` of `openai.responses`, `bedrock` of `amazon-bedrock`. */
function vendorOf(provider: string): string {
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
