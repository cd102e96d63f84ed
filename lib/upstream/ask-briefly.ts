import type { Clock } from '../kit/clock.js';
import type { Version } from '../domain/version.js';
import { sendJson, type JsonAnswer } from './send.js';
import type { CostCheck } from './prepared-call.js';
import { dialectNamed } from './dialects/dialects.js';
import { failureFrom, type UpstreamFailure } from './upstream-failure.js';
import type { Upstreams } from './upstreams.js';
import { formatsOf } from './formats.js';

/** Dependencies of a call that we make on our own account. */
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
 * Asks an upstream a short question that does not count as traffic. Tries the formats that it speaks, one after the
 * other, until it accepts one: callers may use any of them.
 *
 * @throws {UpstreamFailure} the first one.
 */
export async function askBriefly(question: Question, { upstreams, clock, checkCost }: AskDeps): Promise<JsonAnswer> {
  const { version, prompt, maxTokens, headers, signal } = question;
  const client = upstreams.get(version.upstream);
  let first: UpstreamFailure | undefined;
  for (const name of formatsOf(client.config)) {
    const dialect = dialectNamed(name);
    try {
      const body = dialect.question(prompt, maxTokens);
      return await sendJson({ client, dialect, version, body, headers, signal, clock, checkCost });
    } catch (error) {
      const failure = failureFrom(error);
      first ??= failure;
      // Only these two may go away with another path or another shape.
      if (failure.failure !== 'not_found' && failure.failure !== 'rejected') break;
    }
  }
  throw first ?? new Error(`Upstream "${version.upstream}" speaks no format that is known here.`);
}
