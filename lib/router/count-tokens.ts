import { PlainSignal, type CallerSignal } from '../kit/caller-signal.js';
import type { Clock } from '../kit/clock.js';
import { isObject, numberAt, parseJson, type JsonObject } from '../kit/json.js';
import type { Target } from '../routing/route-table.js';
import { anthropicMessages } from '../upstream/dialects/anthropic-messages.js';
import { likelyInput } from '../upstream/estimate-usage.js';
import { preparedCall } from '../upstream/prepared-call.js';
import { readAll } from '../upstream/response-body.js';
import type { Upstreams } from '../upstream/upstreams.js';
import { Watchdog } from '../upstream/watchdog.js';

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
    private readonly upstreams: Upstreams,
    private readonly clock: Clock,
  ) {}

  /** Asks the provider of the environment; estimates when it does not count, or not in time. Never rejects. */
  async count(
    { version }: Target,
    body: JsonObject,
    callerHeaders: Readonly<Record<string, string>> | undefined,
    signal: CallerSignal = new PlainSignal(),
  ): Promise<TokenCount> {
    const watchdog = new Watchdog(this.clock, signal, this.upstreams.end);
    watchdog.limit('count', LONGEST);
    try {
      const client = this.upstreams.get(version.upstream);
      // Parameters, such as a limit on the output, are not part of what is counted.
      const counted = { ...version, parameters: undefined };
      const call = preparedCall({
        client,
        dialect: anthropicMessages,
        version: counted,
        body,
        headers: {},
        callerHeaders,
        signal,
        clock: this.clock,
        checkCost: (_version, _dialect, forUpstream) => forUpstream,
      });
      const path = `${call.path}/count_tokens`;
      const answer = await client.request('POST', path, call.headers, watchdog.signal, JSON.stringify(call.body));
      const json = parseJson((await readAll(answer.body, MAX_BYTES)).toString('utf8'));
      const inputTokens = answer.status === 200 && isObject(json) ? numberAt(json, 'input_tokens') : undefined;
      if (inputTokens !== undefined) return { inputTokens, isEstimate: false };
    } catch {
      // The estimate is the answer to every failure.
    } finally {
      watchdog.release();
    }
    return { inputTokens: likelyInput(body, anthropicMessages), isEstimate: true };
  }
}
