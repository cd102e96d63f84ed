import { randomBytes, randomUUID } from 'node:crypto';
import { JournalUnavailableError, RevisionConflictError } from '../domain/errors.js';
import type { JournalEntry, JournalRecord } from '../domain/events.js';
import { stateOf } from '../domain/snapshot.js';
import { emptyState, type State } from '../domain/state.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import { outOfReach, whyOf } from '../redis/redis-error.js';
import { EvictionWatch } from './eviction-watch.js';
import type { Journal } from './journal.js';
import { isSnapshot, JournalDamagedError, jsonIn } from './journal-damage.js';
import { RedisCompaction } from './redis-compaction.js';
import { lostMessage, RedisFollower } from './redis-follower.js';
import { append, claim } from './redis-journal-scripts.js';
import { RedisPresence } from './redis-presence.js';
import { writeProbe } from './write-probe.js';
import { readEntries, type StreamEntry } from './redis-stream.js';

export interface RedisJournalOptions {
  /** Prefix of every key. The braces keep all keys on one node of a Redis Cluster. Default `{blue-green}:`. */
  readonly prefix?: string | undefined;
  /** Fewest entries to keep besides the snapshot; there are at most twice as many. Default 10,000. */
  readonly limit?: number | undefined;
  /** Milliseconds on a clock that never goes back. */
  readonly elapsed?: (() => number) | undefined;
}

/** The script's answer to an append. */
type Answer = readonly [said: 'ok' | 'at' | 'other', number: number];

/** How often to send an append whose answer was lost. */
const SENDS = 3;
const PAGE = 500;

/**
 * The journal of a fleet: a stream in Redis, with revisions as ids. Each replica follows it by a blocking read on its
 * own connection, so that a change is everywhere within a round trip.
 */
export class RedisJournal implements Journal {
  readonly #stream: string;
  readonly #snapshotKey: string;
  readonly #ownerKey: string;
  readonly #secretKey: string;
  readonly #followers = new Set<RedisFollower>();
  readonly #compaction: RedisCompaction;
  readonly #evictions: EvictionWatch;
  readonly #probe: (follower: RedisConnection) => Promise<void>;
  readonly connection: RedisPresence;

  constructor(
    private readonly redis: RedisConnection,
    options: RedisJournalOptions = {},
  ) {
    const { prefix = '{blue-green}:', limit = 10_000, elapsed = () => performance.now() } = options;
    this.#stream = `${prefix}journal`;
    this.#snapshotKey = `${prefix}snapshot`;
    this.#ownerKey = `${prefix}app`;
    this.#secretKey = `${prefix}secret`;
    this.#compaction = new RedisCompaction(redis, this, [this.#stream, this.#snapshotKey], limit);
    const evictions = new EvictionWatch(redis, this.#stream, elapsed);
    this.#evictions = evictions;
    this.connection = new RedisPresence(elapsed, () => evictions.warning);
    this.#probe = writeProbe(redis, `${prefix}pulse`, this.connection, elapsed);
  }

  async append(records: readonly JournalRecord[], expectedRevision: number): Promise<readonly JournalEntry[]> {
    if (!Number.isInteger(expectedRevision) || expectedRevision < 0) {
      throw new RevisionConflictError(expectedRevision, await this.#revision());
    }
    const entries = records.map((record, index) => ({ ...record, revision: expectedRevision + 1 + index }));
    const kept = await this.#append(entries, expectedRevision);
    void this.#compaction.offer(kept, expectedRevision + entries.length);
    return entries;
  }

  /** Makes it that of this app, unless it has one. @returns the app that has it. @throws {JournalUnavailableError} */
  async claim(app: string): Promise<string> {
    return this.#first(this.#ownerKey, app);
  }

  async secret(): Promise<string> {
    return this.#first(this.#secretKey, randomBytes(32).toString('hex'));
  }

  /** @throws {JournalDamagedError} {@link JournalUnavailableError} */
  async snapshot(): Promise<State> {
    const text = await this.#asked(() => this.redis.send('GET', this.#snapshotKey));
    if (typeof text !== 'string') return emptyState;
    const snapshot = jsonIn(text);
    if (isSnapshot(snapshot)) return stateOf(snapshot);
    const remedy = `Restore a copy of Redis. Without ${this.#snapshotKey} and ${this.#stream} the app starts from its configuration.`;
    throw new JournalDamagedError('in Redis', `at ${this.#snapshotKey}`, 'it is not a snapshot', remedy);
  }

  async *read(from: number): AsyncGenerator<JournalEntry> {
    for await (const { entry } of this.#entries(from)) yield entry;
  }

  async follow(
    from: number,
    onEntry: (entry: JournalEntry) => void,
    onSnapshot: (state: State) => void = () => {},
  ): Promise<() => void> {
    const home = {
      stream: this.#stream,
      presence: this.connection,
      probe: async (connection: RedisConnection) => {
        await this.#probe(connection);
        void this.#evictions.look();
      },
      snapshot: () => this.snapshot(),
      entries: (first: number) => this.#entries(first),
    };
    const follower = new RedisFollower(this.redis.duplicate(), home, { onEntry, onSnapshot }, from);
    const stop = (): void => {
      this.#followers.delete(follower);
      void follower.stop();
    };
    this.#followers.add(follower);
    try {
      await this.#evictions.look();
      await follower.start();
    } catch (error) {
      stop();
      throw error;
    }
    return stop;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#followers].map((follower) => follower.stop()));
    this.#followers.clear();
    await this.redis.close();
  }

  /** The value that was put there first. */
  async #first(key: string, value: string): Promise<string> {
    return String(await this.#asked(() => claim.run(this.redis, [key], [value])));
  }

  async *#entries(from: number): AsyncGenerator<StreamEntry> {
    for (let next = from; ;) {
      const start = `${Math.max(1, next)}-0`;
      const reply = await this.#asked(() => this.redis.send('XRANGE', this.#stream, start, '+', 'COUNT', PAGE));
      const entries = readEntries(reply);
      yield* entries;
      if (entries.length < PAGE) return;
      next = entries.at(-1)!.entry.revision + 1;
    }
  }

  /** @returns how many entries are kept afterwards. */
  async #append(entries: readonly JournalEntry[], expected: number): Promise<number> {
    const { lost, tail } = this.connection;
    if (lost !== undefined) throw new JournalUnavailableError(lost);
    // If the answer is lost, the append is sent again: the script recognizes its own batch and never adds it twice.
    const batch = randomUUID();
    const known = tail.revision === expected ? tail.batch : '';
    const [said, number] = await this.#send([expected, batch, known, ...entries.map((entry) => JSON.stringify(entry))]);
    if (said === 'other' || (said === 'at' && number < tail.revision)) {
      throw new JournalUnavailableError(this.connection.lose(lostMessage(tail.revision)).message);
    }
    if (said === 'at') throw new RevisionConflictError(expected, number);
    if (entries.length > 0) this.connection.saw({ revision: expected + entries.length, batch });
    return number;
  }

  async #send(args: readonly (string | number)[]): Promise<Answer> {
    for (let sent = 1; ; sent++) {
      try {
        const answer = (await append.run(this.redis, [this.#stream, this.#snapshotKey], args)) as Answer;
        this.connection.there();
        return answer;
      } catch (error) {
        this.connection.away(error);
        if (sent >= SENDS) throw new JournalUnavailableError(whyOf(error), { cause: error });
      }
    }
  }

  async #revision(): Promise<number> {
    const keys = [this.#stream, this.#snapshotKey];
    const [, revision] = await this.#asked(async () => (await append.run(this.redis, keys, [-1, '', ''])) as Answer);
    return revision;
  }

  async #asked<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw outOfReach(error);
    }
  }
}
