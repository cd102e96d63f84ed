import { Logger } from '@nestjs/common';
import type { Clock } from '../kit/clock.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import { outOfReach, whyOf } from '../redis/redis-error.js';
import { isObject, parseJson } from '../kit/json.js';
import type { Recorded, RecordLog, Retention } from './record-log.js';
import { Trouble } from '../kit/trouble.js';

/** Milliseconds between two batches: the longest delay until other replicas see a record. */
const INTERVAL = 500;
/** Records that wait for the next batch; beyond it the oldest is dropped and counted. */
const MAX_WAITING = 5_000;
const PAGE = 500;

export interface RedisLogOptions extends Retention {
  readonly key: string;
  /** Approximate number of records that are kept. */
  readonly limit: number;
  readonly clock: Clock;
}

/** Records of the fleet: a capped stream in Redis, written in batches beside the calls. */
export class RedisLog<T extends Recorded> implements RecordLog<T> {
  readonly #logger = new Logger(RedisLog.name);
  #waiting: T[] = [];
  #scheduled = false;
  readonly #trouble = new Trouble();
  #dropped = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(
    private readonly redis: RedisConnection,
    private readonly options: RedisLogOptions,
  ) {}

  get dropped(): number {
    return this.#dropped;
  }

  write(record: T): void {
    this.#waiting.push(record);
    if (this.#waiting.length > MAX_WAITING) {
      this.#waiting.shift();
      this.#dropped++;
    }
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.options.clock.after(INTERVAL, () => {
      this.#scheduled = false;
      void this.flush();
    });
  }

  /** @throws {JournalUnavailableError} */
  async *newest(): AsyncGenerator<T> {
    for (let end = '+'; ;) {
      const reply = await this.#asked('XREVRANGE', this.options.key, end, '-', 'COUNT', PAGE);
      const items = (Array.isArray(reply) ? reply : []) as readonly [id: string, fields: readonly string[]][];
      for (const [, fields] of items) {
        const record = parseJson(fields?.[1] ?? '');
        // A foreign entry must not keep the others from being read.
        if (isObject(record) && typeof record['at'] === 'number') yield record as unknown as T;
      }
      if (items.length < PAGE) return;
      end = `(${items.at(-1)![0]}`;
    }
  }

  flush(): Promise<void> {
    this.#last = this.#last.then(() => this.#flush());
    return this.#last;
  }

  async #asked(command: string, ...args: readonly (string | number)[]): Promise<unknown> {
    try {
      return await this.redis.send(command, ...args);
    } catch (error) {
      throw outOfReach(error);
    }
  }

  async #flush(): Promise<void> {
    const records = this.#waiting;
    if (records.length === 0) return;
    this.#waiting = [];
    const { key, limit, retention, onEarly, clock } = this.options;
    const due = Math.max(0, Math.floor(clock.now() - retention));
    try {
      // One round trip: the client pipelines them.
      const replies = await Promise.all([
        ...records.map((record) => this.redis.send('XADD', key, '*', 'record', JSON.stringify(record))),
        this.redis.send('XTRIM', key, 'MINID', '~', due),
        this.redis.send('XTRIM', key, 'MAXLEN', '~', limit),
      ]);
      // Expired records are gone by then, so these went early.
      if (Number(replies.at(-1)) > 0) onEarly?.();
      this.#trouble.over();
    } catch (error) {
      this.#dropped += records.length;
      if (this.#trouble.seen()) this.#logger.warn(`${key} is out of reach, records are dropped: ${whyOf(error)}`);
    }
  }
}
