import type { Clock } from '../kit/clock.js';
import type { Version } from '../domain/version.js';
import { sendJson, type JsonAnswer } from './attempt.js';
import type { CostCheck } from './prepared-call.js';
import { DIALECTS } from './dialects/dialects.js';
import { endpointOf } from './provider.js';
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

/**
 * Asks an upstream something short, outside of everything that counts traffic. Of the formats that it may speak the first
 * one that it does not turn down is used: nobody has said which one callers will bring.
 *
 * @throws {UpstreamFailure} the first one.
 */
export async function askBriefly(question: Question, { upstreams, clock, checkCost }: AskDeps): Promise<JsonAnswer> {
  const { version, prompt, maxTokens, headers, signal } = question;
  const client = upstreams.get(version.upstream);
  const provider = providerOf(client.config.provider);
  let first: UpstreamFailure | undefined;
  for (const dialect of DIALECTS) {
    if (!endpointOf(provider, dialect)) continue;
    try {
      const body = dialect.question(prompt, maxTokens);
      return await sendJson({ client, dialect, version, body, headers, signal, clock, checkCost });
    } catch (error) {
      const failure = failureFrom(error);
      first ??= failure;
      // Another path or another shape may suit it; nothing else would.
      if (failure.failure !== 'not_found' && failure.failure !== 'client_error') break;
    }
  }
  throw first ?? new Error(`Upstream "${version.upstream}" speaks no format that is known here.`);
}
