import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { JournalEntry } from '../domain/events.js';
import type { State } from '../domain/state.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import type { RedisPresence } from './redis-presence.js';
import { readEntries, readNews, type StreamEntry } from './redis-stream.js';

/** Milliseconds that a read waits for news: how long a dead connection, or the loss of everything, goes unnoticed. */
const BLOCK = 1_000;
const PAGE = 500;
const RETRY = 100;

/** Where a follower finds what is there already. */
export interface FollowerHome {
  readonly stream: string;
  readonly presence: RedisPresence;
  snapshot(): Promise<State>;
  entries(from: number): AsyncIterable<StreamEntry>;
}

export interface FollowerListener {
  readonly onEntry: (entry: JournalEntry) => void;
  readonly onSnapshot: (state: State) => void;
}

/**
 * Reads news as they come and, when Redis was away, goes on where it was. Every entry names the batch of the one before: a
 * journal that was emptied and begun anew, or that has lost its last entries and got others, is not taken for ours.
 */
export class RedisFollower {
  readonly #logger = new Logger(RedisFollower.name);
  #stopped = false;
  /** Batch of the entry before the next one; empty while nobody knows. */
  #before = '';

  constructor(
    private readonly redis: RedisConnection,
    private readonly home: FollowerHome,
    private readonly listener: FollowerListener,
    /** Revision that comes next. */
    private next: number,
  ) {}

  /** Resolves when all that is there was told. */
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
        // Ids are revisions: behind what is known nothing can have been missed.
        const after = `${this.next - 1}-0`;
        const reply = await this.redis.send('XREAD', 'COUNT', PAGE, 'BLOCK', BLOCK, 'STREAMS', stream, after);
        const news = readNews(reply);
        // No news are also those of a journal that is gone.
        if (news.length === 0) await this.#check();
        for (const entry of news) await this.#take(entry);
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
      throw presence.lose(`Redis has another revision ${revision - 1} than was seen here: it has lost entries`);
    }
    this.next = revision + 1;
    this.#before = batch;
    presence.saw({ revision, batch });
    this.listener.onEntry(entry);
  }

  /** Entries before this revision are not there. */
  async #goOn(revision: number): Promise<void> {
    await this.#check();
    await this.#leap();
    if (revision <= this.next) return;
    // What is let go of is in the snapshot: somebody has taken it away.
    this.#logger.error(`The journal in Redis has no revision ${this.next}: what it said is not known here`);
    [this.next, this.#before] = [revision, ''];
  }

  /** What was let go of is in the snapshot. */
  async #leap(): Promise<void> {
    const state = await this.home.snapshot();
    const { revision } = state;
    if (this.#stopped || revision < this.next) return;
    [this.next, this.#before] = [revision + 1, ''];
    this.home.presence.saw({ revision, batch: '' });
    this.listener.onSnapshot(state);
  }

  /** A Redis without what we have seen has lost it: what comes next would be another history. */
  async #check(): Promise<void> {
    const { presence, stream } = this.home;
    const { revision, batch } = presence.tail;
    if (revision === 0) return;
    const [kept] = readEntries(await this.redis.send('XRANGE', stream, `${revision}-0`, '+', 'COUNT', 1));
    if (!kept) throw presence.lose(lostMessage(revision));
    const isOther = kept.entry.revision === revision && batch !== '' && kept.batch !== batch;
    if (isOther) throw presence.lose(`Redis has another revision ${revision} than was seen here: it has lost entries`);
    presence.found();
  }
}

export function lostMessage(seen: number): string {
  return `Redis has no revision ${seen} any more, which was seen here: it has lost entries`;
}
