import { Logger } from '@nestjs/common';
import type { Clock } from '../kit/clock.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import { outOfReach, whyOf } from '../redis/redis-error.js';
import { isObject, parseJson } from '../kit/json.js';
import type { Recorded, RecordLog, Retention } from './record-log.js';
import { Trouble } from '../kit/trouble.js';

/** Milliseconds between two batches: the longest delay until other replicas see a record. */
const INTERVAL = 500;
/**
 * Records that wait for the next batch, and characters of their content. Beyond it the oldest is dropped and counted.
 */
const MAX_WAITING = 5_000;
const MAX_CHARACTERS = 32 * 1024 * 1024;
const PAGE = 500;
/** Characters of a page, about. */
const PAGE_CHARACTERS = 4 * 1024 * 1024;
/** Characters that all records in Redis have, about. */
const MAX_KEPT = 256 * 1024 * 1024;
/** Weight of the newest record in the mean length. */
const NEWEST = 0.02;

export interface RedisLogOptions extends Retention {
  readonly key: string;
  /** Approximate number of records that are kept. */
  readonly limit: number;
  readonly clock: Clock;
  /** Characters of the records that are kept, about. Default 256 Mi. */
  readonly characters?: number;
}

/** Records of the fleet: a capped stream in Redis, written in batches beside the calls. */
export class RedisLog<T extends Recorded> implements RecordLog<T> {
  readonly #logger = new Logger(RedisLog.name);
  #waiting: { readonly record: T; readonly size: number }[] = [];
  /** Characters of content that wait or are on their way. */
  #size = 0;
  /** Mean length of a record, the newest ones most of all. */
  #mean: number | undefined;
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

  write(record: T, size = 0): void {
    this.#waiting.push({ record, size });
    this.#size += size;
    while (this.#waiting.length > MAX_WAITING || (this.#size > MAX_CHARACTERS && this.#waiting.length > 0)) {
      this.#size -= this.#waiting.shift()!.size;
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
    const page = Math.min(PAGE, Math.ceil(PAGE_CHARACTERS / (this.#mean ?? 1)));
    for (let end = '+'; ;) {
      const reply = await this.#asked('XREVRANGE', this.options.key, end, '-', 'COUNT', page);
      const items = (Array.isArray(reply) ? reply : []) as readonly [id: string, fields: readonly string[]][];
      for (const [, fields] of items) {
        const record = parseJson(fields?.[1] ?? '');
        // A foreign entry must not keep the others from being read.
        if (isObject(record) && typeof record['at'] === 'number') yield record as unknown as T;
      }
      if (items.length < page) return;
      end = `(${items.at(-1)![0]}`;
    }
  }

  flush(): Promise<void> {
    this.#last = this.#last.then(() => this.#flush());
    return this.#last;
  }

  /** Records of this length that may be kept. */
  #fitting(lines: readonly string[]): number {
    for (const { length } of lines) this.#mean = this.#mean ? this.#mean + NEWEST * (length - this.#mean) : length;
    return Math.max(1, Math.floor((this.options.characters ?? MAX_KEPT) / (this.#mean ?? 1)));
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
      const lines = records.map(({ record }) => JSON.stringify(record));
      const replies = await Promise.all([
        ...lines.map((line) => this.redis.send('XADD', key, '*', 'record', line)),
        this.redis.send('XTRIM', key, 'MINID', '~', due),
        this.redis.send('XTRIM', key, 'MAXLEN', '~', Math.min(limit, this.#fitting(lines))),
      ]);
      // Expired records are gone by then, so these went early.
      if (Number(replies.at(-1)) > 0) onEarly?.();
      this.#trouble.over();
    } catch (error) {
      this.#dropped += records.length;
      if (this.#trouble.seen()) this.#logger.warn(`${key} is out of reach, records are dropped: ${whyOf(error)}`);
    } finally {
      for (const { size } of records) this.#size -= size;
    }
  }
}
