import { DIALECTS, type DialectName } from '../../upstream/dialects/dialects.js';
import { chat } from './chat.js';
import { completions } from './completions.js';
import { embeddings } from './embeddings.js';
import { messages } from './messages.js';
import { compact, responses } from './responses.js';
import { isStreamed, type Format, type StreamedFormat } from './said.js';

/** How a fake upstream answers in each wire format. */
const FORMATS: Readonly<Partial<Record<DialectName, Format>>> = {
  'openai-chat': chat,
  'openai-responses': responses,
  'openai-embeddings': embeddings,
  'openai-completions': completions,
  'openai-compact': compact,
  'anthropic-messages': messages,
};

/** The format that a request to this path asks for; chat completions where the path says nothing. */
export function formatAt(url: string): Format {
  const [path = ''] = url.split('?');
  const dialect = DIALECTS.find(({ endpoint }) => path.endsWith(endpoint.path));
  return (dialect && FORMATS[dialect.name]) ?? chat;
}

export function streamedFormatAt(url: string): StreamedFormat {
  const format = formatAt(url);
  return isStreamed(format) ? format : chat;
}
