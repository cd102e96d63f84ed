import { withoutTrailingSlashes } from '../endpoint.js';
import { aiSdk } from './ai-sdk.js';
import { anthropicMessages } from './anthropic-messages.js';
import type { Dialect } from './dialect.js';
import { openAiChat } from './openai-chat.js';
import { openAiCompact } from './openai-compact.js';
import { openAiCompletions } from './openai-completions.js';
import { openAiEmbeddings } from './openai-embeddings.js';
import { openAiResponses } from './openai-responses.js';

/** Every wire format. A probe tries them in this order. */
export const DIALECTS = [
  openAiChat,
  anthropicMessages,
  openAiResponses,
  openAiEmbeddings,
  openAiCompletions,
  openAiCompact,
] as const;

/** …and the one that is spoken inside the process alone. */
const ALL = [...DIALECTS, aiSdk] as const;

export type WireDialectName = (typeof DIALECTS)[number]['name'];
export type DialectName = (typeof ALL)[number]['name'];
export type KnownDialect = Dialect<DialectName>;

const BY_NAME: ReadonlyMap<DialectName, KnownDialect> = new Map(ALL.map((dialect) => [dialect.name, dialect]));

export function dialectNamed(name: DialectName): KnownDialect {
  return BY_NAME.get(name)!;
}

/** The format that is spoken at a URL's path, wherever the API is mounted. */
export function dialectAt(pathname: string): KnownDialect | undefined {
  const path = withoutTrailingSlashes(pathname);
  return DIALECTS.find((dialect) => path.endsWith(dialect.path));
}
