import { PlainSignal, type CallerSignal } from '../kit/caller-signal.js';
import { isObject, numberAt, parseJson, type JsonObject } from '../kit/json.js';
import type { Assignment } from '../routing/assignment.js';
import { anthropicMessages } from '../upstream/dialects/anthropic-messages.js';
import { likelyInput } from '../upstream/estimate-usage.js';
import type { Conversations } from './state/conversations.js';
import { sideCall, type SideCallDeps } from './side-call.js';

/** Longest wait for a provider's count, milliseconds. Clients show it while somebody types. */
const LONGEST = 10_000;
const MAX_BYTES = 64 * 1024;

/** Input tokens of a request, and whether that is a guess of ours. */
export interface TokenCount {
  readonly inputTokens: number;
  readonly isEstimate: boolean;
}

/** Counts tokens without generating any. Nothing is charged to the environment. */
export class TokenCounter {
  constructor(
    private readonly deps: SideCallDeps & {
      readonly conversations?: Pick<Conversations, 'bound'> | undefined;
    },
  ) {}

  /** Asks the provider of the environment; estimates when it does not count, or not in time. Never rejects. */
  async count(
    assignment: Assignment,
    body: JsonObject,
    callerHeaders: Readonly<Record<string, string>> | undefined,
    signal: CallerSignal = new PlainSignal(),
  ): Promise<TokenCount> {
    const call = { method: 'POST', suffix: '/count_tokens', limit: LONGEST, maxBytes: MAX_BYTES } as const;
    try {
      const request = { assignment, dialect: anthropicMessages, body, requestId: '' };
      const { assignment: target, ...bound } = this.deps.conversations?.bound(request) ?? request;
      const asked = { ...call, dialect: anthropicMessages, body: bound.body, callerHeaders, signal };
      const answer = await sideCall(target, asked, this.deps);
      const json = parseJson(answer.body.toString('utf8'));
      const inputTokens = answer.status === 200 && isObject(json) ? numberAt(json, 'input_tokens') : undefined;
      if (inputTokens !== undefined) return { inputTokens, isEstimate: false };
    } catch {
      // The estimate is the answer to every failure.
    }
    return { inputTokens: likelyInput(body, anthropicMessages), isEstimate: true };
  }
}
