import { isObject, numberAt, stringAt, type JsonObject } from '../../kit/json.js';
import { type Asked, type ReadRequest, type Thinking, type WrittenRequest } from '../asked.js';
import { known, Untranslatable } from '../fields.js';
import { budgetOf, effortOf, thinkingOf } from '../messages/thinking.js';
import { isReference } from '../media.js';
import type { ModelCall, PlainJson, PlainJsonObject, PromptMessage, VendorFields } from '../model.js';

/**
 * A request as the AI SDK makes it. Options of single vendors are hints: the SDK's own providers skip those of others
 * as well. The ones that every format has a word for are carried over.
 */
export function readPartsRequest(body: JsonObject): ReadRequest {
  const call = { ...body } as Record<string, unknown>;
  for (const field of ['model', 'stream', 'abortSignal', 'headers', 'includeRawChunks', 'reasoning'])
    delete call[field];
  const { openai = {}, anthropic = {} } = (call['providerOptions'] ?? {}) as VendorFields;
  const disabled = anthropic['disableParallelToolUse'];
  const parallel = openai['parallelToolCalls'] ?? (typeof disabled === 'boolean' ? !disabled : undefined);
  const more = known<Omit<Asked, 'prompt'>>({
    thinking: thinkingIn(openai, anthropic, stringAt(body, 'reasoning')),
    parallelToolCalls: typeof parallel === 'boolean' ? parallel : undefined,
    user: stringAt(openai, 'user'),
    openai: hintsIn(openai),
  });
  return { asked: { ...(call as unknown as ModelCall), ...more }, dropped: [] };
}

/**
 * The same, for a vendor who reads no parts. Thoughts in pictures and parts of one vendor alone stay behind.
 *
 * @throws {Untranslatable} for a file that only one vendor can find.
 */
export function readPortableRequest(body: JsonObject): ReadRequest {
  const { asked } = readPartsRequest(body);
  const dropped = new Set<string>();
  const prompt = asked.prompt.map((message, at) => {
    if (message.role === 'system') return message;
    const content = objectsOf(message.content).filter((part, index) => {
      const path = `prompt[${at}].content[${index}]`;
      if (part.type === 'file' && isReference(part.data)) throw new Untranslatable(path);
      const stays = part.type !== 'custom' && part.type !== 'reasoning-file';
      if (!stays) dropped.add(`${path}.${part.type}`);
      return stays;
    });
    return content.length === message.content.length ? message : ({ ...message, content } as PromptMessage);
  });
  return { asked: { ...asked, prompt }, dropped: [...dropped] };
}

function objectsOf(content: readonly object[]): readonly { readonly type: string; readonly data?: unknown }[] {
  return content as readonly { readonly type: string; readonly data?: unknown }[];
}

const HINTS = [
  'store',
  'metadata',
  'serviceTier',
  'promptCacheKey',
  'promptCacheRetention',
  'safetyIdentifier',
  'textVerbosity',
];

function hintsIn(openai: PlainJsonObject): PlainJsonObject | undefined {
  const told = HINTS.filter((name) => openai[name] !== undefined);
  return told.length === 0 ? undefined : Object.fromEntries(told.map((name) => [name, openai[name]]));
}

/** @param shared how much to think in the word that all vendors share; their own options say more. */
function thinkingIn(openai: PlainJsonObject, anthropic: PlainJsonObject, shared?: string): Thinking | undefined {
  const told = shared === 'provider-default' ? undefined : shared;
  const effort = stringAt(openai, 'reasoningEffort') ?? stringAt(anthropic, 'effort') ?? told;
  const summary = stringAt(openai, 'reasoningSummary');
  const asked = isObject(anthropic['thinking']) ? anthropic['thinking'] : {};
  if (asked['type'] === 'disabled') return { effort: 'none' };
  const budget = numberAt(asked, 'budgetTokens');
  if (effort === undefined && summary === undefined && budget === undefined) return undefined;
  return known<Thinking>({ effort, summary, budget });
}

/**
 * The request for a model object. A field without a word in every format stands in the options of the vendors that have
 * one.
 */
export function writePartsRequest(asked: Asked, stream: boolean): WrittenRequest {
  const { thinking, parallelToolCalls, user, strictFormat, openai, ...call } = asked;
  const told = thinkingOf(asked).thinking;
  const anthropicThinking: PlainJson | undefined =
    told?.type === 'enabled' ? { type: told.type, budgetTokens: told.budget_tokens } : told && { type: told.type };
  const budget =
    told?.type === 'enabled' ? told.budget_tokens : told?.type === 'adaptive' ? budgetOf(thinking) : undefined;
  const own: VendorFields = {
    openai: known<PlainJsonObject>({
      ...openai,
      reasoningEffort: thinking?.effort,
      reasoningSummary: thinking?.summary,
      parallelToolCalls,
      user,
      strictJsonSchema: strictFormat,
    }),
    anthropic: known<PlainJsonObject>({
      thinking: anthropicThinking,
      disableParallelToolUse: parallelToolCalls === undefined ? undefined : !parallelToolCalls,
      metadata: user === undefined ? undefined : { userId: user },
    }),
    google: known<PlainJsonObject>({
      thinkingConfig: budget === undefined ? undefined : { thinkingBudget: budget, includeThoughts: true },
    }),
    bedrock: known<PlainJsonObject>({
      reasoningConfig: budget === undefined ? undefined : { type: 'enabled', budgetTokens: budget },
    }),
  };
  const reasoning = thinking && effortOf(thinking);
  const body = {
    ...call,
    ...(reasoning !== undefined && { reasoning }),
    providerOptions: merged(asked.providerOptions, own),
    ...(stream && { stream }),
  };
  return { body, dropped: [] };
}

function merged(given: VendorFields = {}, own: VendorFields): VendorFields {
  const vendors = new Set([...Object.keys(given), ...Object.keys(own)]);
  const all = [...vendors].map((vendor) => [vendor, { ...own[vendor], ...given[vendor] }] as const);
  return Object.fromEntries(all.filter(([, fields]) => Object.keys(fields).length > 0));
}
