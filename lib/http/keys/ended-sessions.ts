import type { Clock } from '../../kit/clock.js';
import type { Recorded, RecordLog } from '../../records/record-log.js';

/** Sessions of the dashboard that somebody has ended before their time. */
export interface EndedSessions {
  /** @param until wall time at which the session ends by itself. */
  add(id: string, until: number): Promise<void>;
  has(id: string): Promise<boolean>;
}

/** Sessions that are remembered. Beyond it the one that was ended first is forgotten. */
const MOST = 10_000;

/** A line of the file that outlives the process. */
export interface EndedSession extends Recorded {
  readonly id: string;
  readonly until: number;
}

/** Of one process, and of the one before it where there is a file. */
export class OwnEndedSessions implements EndedSessions {
  readonly #ended = new Map<string, number>();
  #read: Promise<void> | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly log?: RecordLog<EndedSession>,
  ) {}

  async add(id: string, until: number): Promise<void> {
    this.#keep(id, until);
    this.log?.write({ at: this.clock.now(), id, until });
    await this.log?.flush();
  }

  async has(id: string): Promise<boolean> {
    if (this.log) await (this.#read ??= this.#readAll(this.log));
    return this.#ended.has(id);
  }

  #keep(id: string, until: number): void {
    const now = this.clock.now();
    for (const [known, end] of this.#ended) if (end <= now || this.#ended.size >= MOST) this.#ended.delete(known);
    this.#ended.set(id, until);
  }

  async #readAll(log: RecordLog<EndedSession>): Promise<void> {
    for await (const { id, until } of log.newest()) if (until > this.clock.now()) this.#keep(id, until);
  }
}

/** Sends one command to Redis. */
interface Commands {
  send(command: string, ...args: readonly (string | number)[]): Promise<unknown>;
}

/** Of the fleet. While Redis is away each replica knows its own. */
export class SharedEndedSessions implements EndedSessions {
  readonly #own: OwnEndedSessions;

  constructor(
    private readonly redis: Commands,
    private readonly prefix: string,
    private readonly clock: Clock,
  ) {
    this.#own = new OwnEndedSessions(clock);
  }

  /** Rejects when Redis is away: other replicas would go on letting it in. */
  async add(id: string, until: number): Promise<void> {
    await this.#own.add(id, until);
    await this.redis.send('SET', this.#keyOf(id), '1', 'PX', Math.max(1, Math.ceil(until - this.clock.now())));
  }

  async has(id: string): Promise<boolean> {
    if (await this.#own.has(id)) return true;
    return this.redis.send('EXISTS', this.#keyOf(id)).then(
      (found) => found === 1,
      () => false,
    );
  }

  #keyOf(id: string): string {
    return `${this.prefix}session:${id}`;
  }
}
