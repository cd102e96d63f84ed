import { withoutTrailingSlashes } from '../endpoint.js';
import { anthropicMessages } from './anthropic-messages.js';
import type { Dialect } from './dialect.js';
import { openAiChat } from './openai-chat.js';
import { openAiEmbeddings } from './openai-embeddings.js';
import { openAiResponses } from './openai-responses.js';

export const DIALECTS: readonly Dialect[] = [openAiChat, openAiResponses, openAiEmbeddings, anthropicMessages];

/** The format that is spoken at a URL's path, wherever the API is mounted. */
export function dialectAt(pathname: string): Dialect | undefined {
  const path = withoutTrailingSlashes(pathname);
  return DIALECTS.find((dialect) => path.endsWith(dialect.path));
}
