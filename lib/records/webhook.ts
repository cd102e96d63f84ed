import { createHmac } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { Clock, Random } from '../kit/clock.js';
import { retryAfterOf } from '../kit/retry-after.js';
import type { Alert, AlertType } from './alert.js';
import type { AlertSink } from './alert.service.js';

/** An address that alerts are sent to. */
export interface WebhookOptions {
  readonly url: string;
  /** Key of the signature. */
  readonly secret: Buffer;
  /** Types of alerts that are sent. Absent: all. */
  readonly types?: readonly AlertType[] | undefined;
  /** Milliseconds for one attempt. */
  readonly timeout: number;
}

export interface WebhookDeps {
  readonly clock: Clock;
  readonly random: Random;
}

/** Alerts that wait; beyond it the oldest is dropped and logged. */
const MAX_WAITING = 1_000;
/** The last attempt comes about an hour and a half after the first. */
const ATTEMPTS = 10;
const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 30 * 60_000;

/**
 * Posts alerts to one address, one after the other, signed by the rules of Standard Webhooks
 * (https://www.standardwebhooks.com, 1.0): `webhook-signature` is `v1,` and the base64 of the HMAC-SHA256 over
 * `<webhook-id>.<webhook-timestamp>.<body>`. An alert is sent again after growing pauses until it is accepted. Its id
 * stays the same, so that a receiver recognizes a repetition. Redirects are not followed.
 */
export class Webhook implements AlertSink {
  readonly #logger = new Logger(Webhook.name);
  readonly #waiting: Alert[] = [];
  #sending: Promise<void> | undefined;
  #finishing = false;
  #wake: () => void = () => {};
  #stopped = false;
  readonly #stop = new AbortController();

  constructor(
    private readonly options: WebhookOptions,
    private readonly deps: WebhookDeps,
  ) {}

  send(alert: Alert): void {
    const { types } = this.options;
    if (this.#stopped || (types && !types.includes(alert.type))) return;
    this.#waiting.push(alert);
    if (this.#waiting.length > MAX_WAITING) this.#drop(this.#waiting.shift()!, 'too many wait');
    this.#sending ??= this.#sendAll();
  }

  /**
   * Resolves when every alert is delivered or given up. An alert that waits for its next attempt is given up at once.
   */
  async finish(): Promise<void> {
    this.#finishing = true;
    this.#wake();
    await this.#sending;
  }

  /** Gives up the rest. */
  stop(): void {
    this.#stopped = true;
    this.#stop.abort();
    this.#wake();
  }

  async #sendAll(): Promise<void> {
    for (let alert = this.#waiting.shift(); alert && !this.#stopped; alert = this.#waiting.shift()) {
      await this.#deliver(alert);
    }
    this.#sending = undefined;
  }

  async #deliver(alert: Alert): Promise<void> {
    let why = '';
    for (let attempt = 1; attempt <= ATTEMPTS && !this.#stopped; attempt++) {
      const answer = await this.#post(alert);
      if (answer === 'taken') return;
      ({ why } = answer);
      if (answer.isFinal || attempt === ATTEMPTS || this.#finishing) break;
      await this.#pause(answer.retryAfter ?? this.#backoff(attempt));
    }
    this.#drop(alert, why);
  }

  async #post(alert: Alert): Promise<'taken' | { why: string; isFinal?: boolean; retryAfter?: number | undefined }> {
    const { url, secret, timeout } = this.options;
    const timestamp = Math.floor(this.deps.clock.now() / 1000);
    const body = JSON.stringify({ type: alert.type, timestamp: new Date(alert.at).toISOString(), data: alert });
    // Names of routes may contain any letters, headers may not.
    const id = encodeURIComponent(alert.id);
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signature(secret, id, timestamp, body),
    };
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(timeout)]);
    try {
      const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
      await response.body?.cancel();
      if (response.ok) return 'taken';
      const why = `status ${response.status}`;
      const mayChange = response.status >= 500 || response.status === 429 || response.status === 408;
      if (!mayChange) return { why, isFinal: true };
      const asked = retryAfterOf(Object.fromEntries(response.headers), this.deps.clock.now());
      return { why, retryAfter: asked === undefined ? undefined : Math.min(asked, LONGEST_PAUSE) };
    } catch (error) {
      return { why: error instanceof Error ? error.name : 'no answer' };
    }
  }

  #backoff(attempt: number): number {
    const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1));
    return longest * (0.5 + this.deps.random() / 2);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.deps.clock.after(ms, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }

  /** Logs the host only: the path may contain a secret. */
  #drop(alert: Alert, why: string): void {
    const { host } = new URL(this.options.url);
    this.#logger.error(`The webhook at ${host} did not take the alert ${alert.id}: ${why}`);
  }
}

/** The signature of Standard Webhooks. */
export function signature(secret: Buffer, id: string, timestamp: number, body: string): string {
  return `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}
