import type { Version } from '../domain/version.js';
import { numberAt, type JsonObject } from '../kit/json.js';
import { isTranslated, Translation } from '../translate/translation.js';
import type { Dialect } from './dialects/dialect.js';
import { dialectNamed } from './dialects/dialects.js';
import { formatsOf } from './formats.js';
import { asNeeded, needsOf, withoutThinking } from './model-needs.js';
import { withoutThoughts } from './model-call.js';
import { lackingIn } from './model-limits.js';
import { LIMIT_FIELDS } from './prepared-body.js';
import { providerOf } from './providers.js';
import type { UpstreamClient } from './upstream-client.js';
import type { UpstreamConfig } from './upstream-config.js';

/** How a caller's format reaches an upstream that speaks another one. */
export interface Way {
  readonly translation: Translation;
  readonly dialect: Dialect;
  /** The request with what this upstream cannot do without. @throws {Untranslatable} for what its model refuses. */
  completed(body: JsonObject, version: Version): { readonly body: JsonObject; readonly dropped: readonly string[] };
}

/** Which format of an upstream is used for callers of another: the one that most vendors serve comes first. */
const PREFERRED = ['openai-chat', 'anthropic-messages', 'openai-responses', 'ai-sdk'] as const;

/** By upstream and format of the caller. The configuration bounds its size. */
const ways = new WeakMap<UpstreamClient, Map<Dialect, Way | undefined>>();

/** `undefined` where the upstream speaks the caller's format, or none that it can be carried over to. */
export function wayTo(client: UpstreamClient, dialect: Dialect): Way | undefined {
  let known = ways.get(client);
  if (!known) ways.set(client, (known = new Map()));
  if (!known.has(dialect)) known.set(dialect, newWay(client.config, dialect));
  return known.get(dialect);
}

function newWay(config: UpstreamConfig, { name }: Dialect): Way | undefined {
  const spoken = formatsOf(config);
  if (spoken.some((format) => format === name) || !isTranslated(name)) return undefined;
  const to = PREFERRED.find((format) => spoken.includes(format));
  if (!to) return undefined;
  const { chatLimit, needs } = providerOf(config.provider);
  return {
    translation: new Translation(name, to, config.model && lackingIn(config.model)),
    dialect: dialectNamed(to),
    completed(body, version) {
      if (config.model) return { body: withoutThoughts(body, config.model.provider), dropped: [] };
      const own = needsOf(needs, version.model);
      const { body: known, dropped } = withoutThinking(body, own);
      const needed = asNeeded(known, own);
      if (to === 'anthropic-messages') return { body: withLimit(needed, version), dropped };
      return { body: to === 'openai-chat' && chatLimit ? renamed(needed, chatLimit) : needed, dropped };
    },
  };
}

/** Anthropic takes no request without a limit. The most that every model of its takes, from Claude 3.5 on. */
const MOST_TOKENS = 8_192;

function withLimit(body: JsonObject, { parameters }: Version): JsonObject {
  const isGiven = Object.keys(parameters?.values ?? {}).some((name) => LIMIT_FIELDS.has(name));
  if (isGiven || numberAt(body, 'max_tokens') !== undefined) return body;
  return { ...body, max_tokens: MOST_TOKENS };
}

function renamed({ max_tokens, ...body }: JsonObject, field: string): JsonObject {
  return max_tokens === undefined ? body : { ...body, [field]: max_tokens };
}
