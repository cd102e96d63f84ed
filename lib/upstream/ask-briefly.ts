import type { Clock } from '../kit/clock.js';
import type { Version } from '../domain/version.js';
import { sendJson, type JsonAnswer } from './attempt.js';
import { anthropicMessages } from './dialects/anthropic-messages.js';
import type { Dialect, JsonObject } from './dialects/dialect.js';
import { openAiChat } from './dialects/openai-chat.js';
import { openAiEmbeddings } from './dialects/openai-embeddings.js';
import { openAiResponses } from './dialects/openai-responses.js';
import type { CostCheck } from './prepared-call.js';
import { providerOf } from './providers.js';
import { failureFrom, type UpstreamFailure } from './upstream-failure.js';
import type { Upstreams } from './upstreams.js';

/** What it takes to ask somebody on our own account. */
export interface AskDeps {
  readonly upstreams: Upstreams;
  readonly clock: Clock;
  readonly checkCost: CostCheck;
}

export interface Question {
  readonly version: Version;
  readonly prompt: string;
  readonly maxTokens: number;
  /** Marks the call as ours. */
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** The least that the responses API takes. */
const LEAST_OUTPUT = 16;

/** A short question in each of the formats, the usual one first. */
const FORMS: readonly { dialect: Dialect; body: (prompt: string, maxTokens: number) => JsonObject }[] = [
  {
    dialect: openAiChat,
    body: (content, tokens) => ({ messages: [{ role: 'user', content }], [openAiChat.limitFields[0]!]: tokens }),
  },
  {
    dialect: anthropicMessages,
    body: (content, tokens) => ({ messages: [{ role: 'user', content }], max_tokens: tokens }),
  },
  {
    dialect: openAiResponses,
    body: (input, tokens) => ({ input, max_output_tokens: Math.max(LEAST_OUTPUT, tokens) }),
  },
  { dialect: openAiEmbeddings, body: (input) => ({ input }) },
];

/**
 * Asks an upstream something short, outside of everything that counts traffic. Of the formats that it may speak the first
 * one that it does not turn down is used: nobody has said which one callers will bring.
 *
 * @throws {UpstreamFailure} the first one.
 */
export async function askBriefly(question: Question, { upstreams, clock, checkCost }: AskDeps): Promise<JsonAnswer> {
  const { version, prompt, maxTokens, headers, signal } = question;
  const client = upstreams.get(version.upstream);
  const { endpoints } = providerOf(client.config.provider);
  let first: UpstreamFailure | undefined;
  for (const { dialect, body } of FORMS) {
    if (!endpoints[dialect.name]) continue;
    try {
      const asked = { client, dialect, version, body: body(prompt, maxTokens), headers, signal, clock, checkCost };
      return await sendJson(asked);
    } catch (error) {
      const failure = failureFrom(error);
      first ??= failure;
      // Another path or another shape may suit it; nothing else would.
      if (failure.failure !== 'not_found' && failure.failure !== 'client_error') break;
    }
  }
  throw first ?? new Error(`Upstream "${version.upstream}" speaks no format that is known here.`);
}
