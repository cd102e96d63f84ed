import type { JournalEntry, JournalRecord } from '../domain/events.js';
import type { State } from '../domain/state.js';
import type { Channel } from '../primary/channel.js';
import type { Journal } from './journal.js';

/** Entries per message to a worker that begins to follow. */
const PAGE = 500;

/** The journal as the primary offers it to one worker. */
export class JournalPart {
  readonly #follows = new Map<number, () => void>();
  #problem: string | undefined;

  constructor(
    private readonly journal: Journal,
    private readonly channel: Channel,
    /** Called after every append: other workers learn from it how the journal is. */
    private readonly onAppended: () => void = () => {},
  ) {
    channel.offer('journal', this);
  }

  async append(records: readonly JournalRecord[], expectedRevision: number): Promise<readonly JournalEntry[]> {
    try {
      return await this.journal.append(records, expectedRevision);
    } finally {
      this.onAppended();
    }
  }

  snapshot(): Promise<State> {
    return this.journal.snapshot();
  }

  async entries(from: number, limit: number): Promise<readonly JournalEntry[]> {
    const page: JournalEntry[] = [];
    for await (const entry of this.journal.read(from)) if (page.push(entry) >= limit) break;
    return page;
  }

  /** The worker has everything up to now when this resolves: messages keep their order. */
  async follow(id: number, from: number): Promise<void> {
    let first: JournalEntry[] | undefined = [];
    const tell = (entries: readonly JournalEntry[]): void => this.channel.tell('journal-news', 'entries', id, entries);
    const stop = await this.journal.follow(
      from,
      (entry) => (first ? void first.push(entry) : tell([entry])),
      (state) => this.channel.tell('journal-news', 'snapshot', id, state),
    );
    this.#follows.set(id, stop);
    for (let at = 0; at < first.length; at += PAGE) tell(first.slice(at, at + PAGE));
    first = undefined;
    this.shareProblem();
  }

  unfollow(id: number): void {
    this.#follows.get(id)?.();
    this.#follows.delete(id);
  }

  secret(): Promise<string> {
    if (!this.journal.secret) throw new Error('This journal ends with its process and has no secret.');
    return this.journal.secret();
  }

  /** Tells the worker whether the journal can be written. */
  shareProblem(): void {
    const problem = this.journal.connection?.problem();
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.channel.tell('journal-news', 'problem', problem);
  }

  /** The worker is gone. */
  close(): void {
    for (const stop of this.#follows.values()) stop();
    this.#follows.clear();
  }
}
