import type { JournalEntry, JournalRecord } from '../domain/events.js';
import type { State } from '../domain/state.js';
import type { Channel } from '../primary/channel.js';
import type { Journal, JournalConnection } from './journal.js';
import type { JournalPart } from './journal-part.js';

/** Entries of a page. */
const PAGE = 500;

interface Follower {
  readonly listener: (entry: JournalEntry) => void;
  readonly onSnapshot: ((state: State) => void) | undefined;
}

export interface PrimaryJournalOptions {
  /** Whether the primary's journal outlives it, and has a secret. */
  readonly isKept: boolean;
  /** Milliseconds on a clock that never goes back. */
  readonly elapsed: () => number;
}

/** The journal of a worker: the primary process has it, and tells all of its workers what is new. */
export class PrimaryJournal implements Journal {
  readonly #home: JournalPart;
  readonly #followers = new Map<number, Follower>();
  #next = 1;
  #away: { readonly since: number; readonly problem: string } | undefined;
  readonly connection: JournalConnection;
  readonly secret?: () => Promise<string>;

  constructor(
    private readonly channel: Channel,
    { isKept, elapsed }: PrimaryJournalOptions,
  ) {
    this.#home = channel.part<JournalPart>('journal', ['append', 'snapshot', 'entries', 'follow', 'secret']);
    if (isKept) this.secret = () => this.#home.secret();
    this.connection = {
      awayFor: () => (this.#away ? elapsed() - this.#away.since : 0),
      problem: () => this.#away?.problem,
    };
    channel.offer('journal-news', {
      entries: (follower: number, entries: readonly JournalEntry[]) => {
        for (const entry of entries) this.#followers.get(follower)?.listener(entry);
      },
      snapshot: (follower: number, state: State) => this.#followers.get(follower)?.onSnapshot?.(state),
      problem: (problem: string | undefined) => {
        this.#away = problem === undefined ? undefined : { since: this.#away?.since ?? elapsed(), problem };
      },
    });
  }

  append(records: readonly JournalRecord[], expectedRevision: number): Promise<readonly JournalEntry[]> {
    return this.#home.append(records, expectedRevision);
  }

  snapshot(): Promise<State> {
    return this.#home.snapshot();
  }

  async *read(from: number): AsyncGenerator<JournalEntry> {
    for (let next = from; ;) {
      const page = await this.#home.entries(next, PAGE);
      yield* page;
      if (page.length < PAGE) return;
      next = page.at(-1)!.revision + 1;
    }
  }

  async follow(
    from: number,
    listener: (entry: JournalEntry) => void,
    onSnapshot?: (state: State) => void,
  ): Promise<() => void> {
    const id = this.#next++;
    this.#followers.set(id, { listener, onSnapshot });
    try {
      await this.#home.follow(id, from);
    } catch (error) {
      this.#followers.delete(id);
      throw error;
    }
    return () => {
      this.#followers.delete(id);
      this.channel.tell('journal', 'unfollow', id);
    };
  }

  /** The primary keeps its journal open: other workers use it. */
  async close(): Promise<void> {
    for (const id of this.#followers.keys()) this.channel.tell('journal', 'unfollow', id);
    this.#followers.clear();
  }
}
