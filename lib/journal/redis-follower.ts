import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { JournalEntry } from '../domain/events.js';
import type { State } from '../domain/state.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import type { RedisPresence } from './redis-presence.js';
import { readEntries, readNews, type StreamEntry } from './redis-stream.js';

/**
 * Milliseconds that a read waits for news: a dead connection, or the loss of everything, goes unnoticed for that long.
 */
const BLOCK = 1_000;
const PAGE = 500;
const RETRY = 100;

/** Where a follower finds the existing entries. */
export interface FollowerHome {
  readonly stream: string;
  readonly presence: RedisPresence;
  /** Rejects when this connection takes no writes: it may lead to a server that hears no news any more. */
  probe(connection: RedisConnection): Promise<void>;
  snapshot(): Promise<State>;
  entries(from: number): AsyncIterable<StreamEntry>;
}

export interface FollowerListener {
  readonly onEntry: (entry: JournalEntry) => void;
  readonly onSnapshot: (state: State) => void;
}

/**
 * Reads entries as they are appended and continues where it was after Redis was away. Every entry names the batch of
 * the one before: so a journal that was emptied and restarted, or lost its last entries and got others, is recognized.
 */
export class RedisFollower {
  readonly #logger = new Logger(RedisFollower.name);
  #stopped = false;
  /** Batch of the entry before the next one; empty if unknown. */
  #before = '';

  constructor(
    private readonly redis: RedisConnection,
    private readonly home: FollowerHome,
    private readonly listener: FollowerListener,
    /** The next revision. */
    private next: number,
  ) {}

  /** Resolves when all existing entries have been told. */
  async start(): Promise<void> {
    await this.#leap();
    for await (const entry of this.home.entries(this.next)) await this.#take(entry);
    void this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.home.presence.there(this);
    await this.redis.close();
  }

  async #run(): Promise<void> {
    const { presence, stream } = this.home;
    for (let checked = true; !this.#stopped;) {
      try {
        if (!checked) await this.#check();
        checked = true;
        // Ids are revisions: reading after the last known one misses nothing.
        const after = `${this.next - 1}-0`;
        const reply = await this.redis.send('XREAD', 'COUNT', PAGE, 'BLOCK', BLOCK, 'STREAMS', stream, after);
        const news = readNews(reply);
        // A journal that is gone has no news either.
        if (news.length === 0) await this.#check();
        for (const entry of news) await this.#take(entry);
        await this.home.probe(this.redis);
        if (!this.#stopped) presence.there(this);
      } catch (error) {
        if (this.#stopped) return;
        checked = false;
        presence.away(error, this);
        await pause(RETRY, undefined, { ref: false });
      }
    }
  }

  async #take({ entry, batch, after }: StreamEntry): Promise<void> {
    const { presence } = this.home;
    const { revision } = entry;
    if (revision > this.next) await this.#goOn(revision);
    if (this.#stopped || revision < this.next) return;
    if (this.#before !== '' && after !== this.#before) {
      throw presence.lose(`Redis has a different revision ${revision - 1} than this process saw: it has lost entries`);
    }
    this.next = revision + 1;
    this.#before = batch;
    presence.saw({ revision, batch });
    this.listener.onEntry(entry);
  }

  /** Entries before this revision are missing. */
  async #goOn(revision: number): Promise<void> {
    await this.#check();
    await this.#leap();
    if (revision <= this.next) return;
    // A compacted entry would be in the snapshot: somebody removed this one.
    this.#logger.error(`The journal in Redis has no revision ${this.next}: somebody removed it`);
    [this.next, this.#before] = [revision, ''];
  }

  /** Compacted entries are in the snapshot. */
  async #leap(): Promise<void> {
    const state = await this.home.snapshot();
    const { revision } = state;
    if (this.#stopped || revision < this.next) return;
    [this.next, this.#before] = [revision + 1, ''];
    this.home.presence.saw({ revision, batch: '' });
    this.listener.onSnapshot(state);
  }

  /** A Redis without the entries seen here has lost them: new ones would belong to another history. */
  async #check(): Promise<void> {
    const { presence, stream } = this.home;
    const { revision, batch } = presence.tail;
    if (revision === 0) return;
    const [kept] = readEntries(await this.redis.send('XRANGE', stream, `${revision}-0`, '+', 'COUNT', 1));
    if (!kept) throw presence.lose(lostMessage(revision));
    const isOther = kept.entry.revision === revision && batch !== '' && kept.batch !== batch;
    if (isOther)
      throw presence.lose(`Redis has a different revision ${revision} than this process saw: it has lost entries`);
    presence.found();
  }
}

export function lostMessage(seen: number): string {
  return `Redis no longer has revision ${seen}, which this process saw: it has lost entries`;
}
