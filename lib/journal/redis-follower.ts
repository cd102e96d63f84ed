import { setTimeout as pause } from 'node:timers/promises';
import type { JournalEntry } from '../domain/events.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import type { RedisPresence } from './redis-presence.js';
import { readNews } from './redis-stream.js';

/** Milliseconds that a read waits for news: how long a dead connection goes unnoticed. */
const BLOCK = 1_000;
const PAGE = 500;
const RETRY = 100;

/** Reads news as they come and, when Redis was away, goes on where it was. */
export class RedisFollower {
  #stopped = false;

  constructor(
    private readonly redis: RedisConnection,
    private readonly stream: string,
    private readonly presence: RedisPresence,
  ) {}

  start(from: number, listener: (entry: JournalEntry) => void): void {
    void this.#run(from, listener);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.redis.close();
  }

  async #run(from: number, listener: (entry: JournalEntry) => void): Promise<void> {
    let next = from;
    for (let checked = true; !this.#stopped;) {
      try {
        if (!checked) await this.#check();
        checked = true;
        // Ids are revisions: behind what is known nothing can have been missed.
        const after = `${next - 1}-0`;
        const reply = await this.redis.send('XREAD', 'COUNT', PAGE, 'BLOCK', BLOCK, 'STREAMS', this.stream, after);
        this.presence.there();
        for (const entry of readNews(reply)) {
          if (this.#stopped) return;
          next = entry.revision + 1;
          this.presence.saw(entry.revision);
          listener(entry);
        }
      } catch (error) {
        if (this.#stopped) return;
        checked = false;
        this.presence.away(error);
        await pause(RETRY, undefined, { ref: false });
      }
    }
  }

  /** A Redis that came back without what we have seen has lost it: what comes next would be another history. */
  async #check(): Promise<void> {
    const [newest] = (await this.redis.send('XREVRANGE', this.stream, '+', '-', 'COUNT', 1)) as [[string]?];
    this.presence.backAt(newest ? Number.parseInt(newest[0], 10) : 0);
    if (this.presence.lost !== undefined) throw new Error(this.presence.lost);
  }
}
