import { Logger } from '@nestjs/common';
import type { Clock } from '../kit/clock.js';
import type { Outcome } from '../domain/outcome.js';
import type { Observation } from '../telemetry/observation.js';
import type { ShadowPair } from '../telemetry/shadow-pair.js';
import { select, type RecordLog } from './record-log.js';

/** The record of one request. Times in milliseconds, money in US dollars. */
export interface RequestRecord {
  readonly id: string;
  /** Wall time of its end, milliseconds since the epoch. */
  readonly at: number;
  readonly route: string;
  /** `shadow`: the mirrored copy, whose answer no caller has seen. */
  readonly mode: 'active' | 'shadow';
  /** The assigned environment. */
  readonly environment: string;
  readonly version: string;
  /** The environment that answered; absent when none did. */
  readonly answeredBy?: string | undefined;
  readonly outcome: Outcome;
  readonly callerOutcome: Outcome;
  readonly attempts: number;
  readonly latency: number;
  readonly timeToFirstToken?: number | undefined;
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  readonly cost?: number | undefined;
  /** The request body after `redact`. Only when the options ask for it. */
  readonly content?: unknown;
  /** `redact` failed, or the body cannot be written as JSON: no content was kept. */
  readonly redactFailed?: true | undefined;
}

export interface RequestLogOptions {
  readonly log: RecordLog<RequestRecord>;
  readonly clock: Clock;
  /** Milliseconds. */
  readonly retention: { readonly shadow: number; readonly active: number };
  /** Keep request bodies. */
  readonly content: boolean;
  readonly redact?: ((content: unknown) => unknown) | undefined;
}

interface Content extends Pick<RequestRecord, 'content' | 'redactFailed'> {
  /** Characters of JSON. */
  readonly size: number;
}

/** A query for requests. */
export interface RequestQuery {
  readonly route?: string | undefined;
  readonly environment?: string | undefined;
  readonly version?: string | undefined;
  readonly outcome?: Outcome | undefined;
  /** Wall times, milliseconds since the epoch. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** Default 100. */
  readonly limit?: number | undefined;
}

/**
 * One line per request: environments, outcome, time, cost. It survives a rollback and holds no prompts unless asked to.
 */
export class RequestLog {
  readonly #logger = new Logger(RequestLog.name);
  #redactFailed = false;

  /** @param options `false`: nothing is kept. */
  constructor(private readonly options: RequestLogOptions | false) {}

  get enabled(): boolean {
    return this.options !== false;
  }

  /** A request has ended. Quick, never throws. `asked` is its body, if that may be kept. */
  see(observation: Observation, asked: unknown): void {
    if (!this.options) return;
    const { requestId: id, at, route, environment, version, answeredBy, outcome, callerOutcome } = observation;
    const { attempts, latency, timeToFirstToken, usage, cost } = observation;
    const record: RequestRecord = {
      id,
      at,
      route,
      mode: 'active',
      environment,
      version,
      answeredBy: answeredBy?.environment,
      outcome,
      callerOutcome,
      attempts,
      latency,
      timeToFirstToken,
      inputTokens: usage?.inputTokens,
      outputTokens: usage?.outputTokens,
      cost,
    };
    if (!this.options.content || asked === undefined) {
      this.options.log.write(record);
      return;
    }
    const { size, ...content } = this.#contentOf(asked, this.options.redact);
    this.options.log.write({ ...record, ...content }, size);
  }

  /** A mirror has ended. */
  seeShadow({ requestId: id, at, route, shadow }: ShadowPair): void {
    if (!this.options) return;
    const { environment = '', version = '', outcome, latency, timeToFirstToken, usage, cost } = shadow;
    this.options.log.write({
      id,
      at,
      route,
      mode: 'shadow',
      environment,
      version,
      answeredBy: outcome === 'ok' ? environment : undefined,
      outcome,
      callerOutcome: outcome,
      attempts: 1,
      latency,
      timeToFirstToken,
      inputTokens: usage?.inputTokens,
      outputTokens: usage?.outputTokens,
      cost,
    });
  }

  /** Kept lines, newest first. */
  async recent(query: RequestQuery = {}): Promise<readonly RequestRecord[]> {
    if (!this.options) return [];
    const { route, environment, version, outcome, since, until = Infinity, limit = 100 } = query;
    const { retention, clock } = this.options;
    const now = clock.now();
    const fits = (record: RequestRecord): boolean =>
      record.at >= now - retention[record.mode] &&
      record.at < until &&
      (route === undefined || record.route === route) &&
      (environment === undefined || record.environment === environment) &&
      (version === undefined || record.version === version) &&
      (outcome === undefined || record.outcome === outcome);
    return select(this.options.log.newest(), { fits, since, limit });
  }

  /** Resolves when all lines are written. */
  async flush(): Promise<void> {
    if (this.options) await this.options.log.flush();
  }

  #contentOf(asked: unknown, redact: RequestLogOptions['redact']): Content {
    try {
      const content = redact ? redact(structuredClone(asked)) : asked;
      // A body that is nested too deep for JSON would fail later, together with the other lines of its batch.
      const { length: size } = JSON.stringify(content) ?? '';
      return { content, size };
    } catch (error) {
      // Only the name of the error: its message may quote the prompt.
      const name = error instanceof Error ? error.name : typeof error;
      if (!this.#redactFailed)
        this.#logger.error(
          `The content of a request cannot be kept: redacting it or writing it as JSON threw a ${name}`,
        );
      this.#redactFailed = true;
      return { redactFailed: true, size: 0 };
    }
  }
}
