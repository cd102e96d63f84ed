import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { readJson, readStream } from '../faults/caller/read-answer.js';
import { ALIAS, KEY } from '../overhead/ours.js';
import type { Random } from '../../lib/kit/clock.js';

const CALLERS = 48;
const USERS = 5_000;
const STREAMS = 0.3;
const ABORTS = 0.03;
const LONGEST_STAY_MS = 60;

/** How callers fared. */
class Tally {
  requests = 0;
  whole = 0;
  typedErrors = 0;
  aborted = 0;
  /** Answers that are neither: none, if promises are kept. */
  readonly broken: string[] = [];
}

/** Callers of one gateway: JSON and streams, some of which they leave. */
export class Traffic {
  readonly tally = new Tally();
  readonly #pool: Pool;

  constructor(
    port: number,
    private readonly random: Random,
  ) {
    this.#pool = new Pool(`http://127.0.0.1:${port}`, { connections: CALLERS });
  }

  /**
   * Calls for so long. @param rate requests per second; left out, as many as there can be.
   *
   * @returns requests per second that were answered.
   */
  async run(ms: number, rate = Number.POSITIVE_INFINITY): Promise<number> {
    const begun = performance.now();
    const before = this.tally.requests;
    let turn = 0;
    const caller = async (): Promise<void> => {
      for (;;) {
        const due = (turn++ * 1_000) / rate;
        if (due >= ms || performance.now() - begun >= ms) return;
        const early = due - (performance.now() - begun);
        if (early > 1) await sleep(early);
        await this.#call();
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));
    return (this.tally.requests - before) / ((performance.now() - begun) / 1_000);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #call(): Promise<void> {
    const { tally, random } = this;
    const stream = random() < STREAMS;
    const leaves = new AbortController();
    const stays = random() < ABORTS ? setTimeout(() => leaves.abort(), LONGEST_STAY_MS * random()) : undefined;
    tally.requests++;
    try {
      const { statusCode, body } = await this.#pool.request({
        method: 'POST',
        path: '/v1/chat/completions',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${KEY}`,
          'x-user-id': `user-${Math.floor(random() * USERS)}`,
        },
        body: JSON.stringify({
          model: ALIAS,
          max_tokens: 1_000,
          ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
          messages: [{ role: 'user', content: 'Where does the river go?' }],
        }),
        signal: leaves.signal,
      });
      const bytes = Buffer.from(await body.arrayBuffer());
      const reading = stream && statusCode === 200 ? readStream(bytes) : readJson(statusCode, bytes);
      if (reading.kind === 'answer') tally.whole++;
      else if ('code' in reading && reading.code !== '') tally.typedErrors++;
      else tally.broken.push(reading.kind);
    } catch (error) {
      if (leaves.signal.aborted) tally.aborted++;
      else tally.broken.push(String(error));
    } finally {
      clearTimeout(stays);
    }
  }
}
