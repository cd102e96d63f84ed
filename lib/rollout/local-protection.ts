import { randomUUID } from 'node:crypto';
import { Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Subject, type Observable } from 'rxjs';
import { whenOpen } from '../domain/rollback-commands.js';
import type { Command } from '../domain/command.js';
import { JournalUnavailableError } from '../domain/errors.js';
import { localRollback, type LocalRollback } from '../domain/local-rollback.js';
import type { RouteState } from '../domain/state.js';
import type { JournalConnection } from '../journal/journal.js';
import type { Clock } from '../kit/clock.js';
import type { CommandInfo } from './command-bus.js';
import type { Rollbacks } from './rollbacks.js';
import type { StateStore } from './state-store.js';

/** Milliseconds between two attempts to record what could not be recorded. */
const RETRY = 1_000;

/** A rollback that the figures call for. */
export interface DueRollback {
  readonly route: RouteState;
  /** The environment that fails. */
  readonly environment: string;
  readonly command: Command;
  readonly info: CommandInfo & { readonly reason: string };
}

/** This process alone has taken a canary out. */
export interface LocalRollbackNotice extends LocalRollback {
  readonly id: string;
  /** Wall time, milliseconds since the epoch. */
  readonly at: number;
  readonly evidence: CommandInfo['evidence'];
  /** Why it could not be recorded. */
  readonly problem: string;
}

/**
 * Rollbacks of the scheduled job: the canary leaves the table of this process at once, and then the rollback is
 * recorded. While no journal can be written the first half holds by itself, and the second is tried again.
 */
export class LocalProtection implements BeforeApplicationShutdown {
  readonly #logger = new Logger(LocalProtection.name);
  readonly #replica = randomUUID().slice(0, 8);
  /** Route → the rollback that is still to be recorded. Bounded by the configuration. */
  readonly #owed = new Map<string, DueRollback>();
  readonly #notices = new Subject<LocalRollbackNotice>();
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(
    private readonly store: StateStore,
    private readonly rollbacks: Rollbacks,
    private readonly clock: Clock,
    private readonly connection: JournalConnection | undefined,
  ) {}

  /** Canaries that this process has taken out by itself, each once. */
  get notices$(): Observable<LocalRollbackNotice> {
    return this.#notices.asObservable();
  }

  /** Whether the journal is known to be out of reach. */
  get isBlind(): boolean {
    return this.connection?.problem() !== undefined;
  }

  /** Whether the route waits for its rollback to be recorded: nothing else is decided on it here. */
  owes(alias: string): boolean {
    return this.#owed.has(alias);
  }

  beforeApplicationShutdown(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  /**
   * Takes the environment out and records that.
   *
   * @throws {RevisionConflictError} and what else the command throws, except that the journal is out of reach.
   */
  async rollBack(due: DueRollback): Promise<void> {
    const { alias } = due.route;
    this.takeOut(due);
    if (this.owes(alias)) return;
    try {
      await this.rollbacks.run(alias, due.command, due.info);
      this.#owed.delete(alias);
      this.store.putBack(alias);
    } catch (error) {
      if (error instanceof JournalUnavailableError) this.#owe(due, error.message);
      else this.release(alias);
      if (!(error instanceof JournalUnavailableError)) throw error;
    }
  }

  /** The first half alone. It holds until {@link release} or {@link rollBack}, or, without a journal, by itself. */
  takeOut(due: DueRollback): void {
    const { route, environment, info } = due;
    if (this.owes(route.alias)) return;
    this.store.takeOut(localRollback(route, environment, info.reason));
    if (this.isBlind) this.#owe(due, this.connection?.problem() ?? '');
  }

  /** A second look did not call for the rollback. */
  release(alias: string): void {
    if (!this.owes(alias)) this.store.putBack(alias);
  }

  #owe(due: DueRollback, problem: string): void {
    const { route, environment, info } = due;
    if (this.owes(route.alias)) return;
    this.#owed.set(route.alias, due);
    const at = this.clock.now();
    const id = `local_rollback:${route.alias}:${environment}:${route.epoch}:${this.#replica}`;
    const rollback = localRollback(route, environment, info.reason);
    this.#notices.next({ ...rollback, id, at, evidence: info.evidence, problem });
    this.#later();
  }

  #later(): void {
    if (this.#cancel || this.#stopped) return;
    this.#cancel = this.clock.after(RETRY, () => {
      this.#cancel = undefined;
      void this.#pay().finally(() => this.#owed.size > 0 && this.#later());
    });
  }

  async #pay(): Promise<void> {
    for (const [alias, due] of this.#owed) {
      try {
        const { reason } = due.info;
        const { changed } = await this.rollbacks.run(alias, whenOpen(due), {
          ...due.info,
          reason: `${reason} (taken out when the journal could not be written)`,
          expectedRevision: undefined,
        });
        this.#logger.log(
          `Route "${alias}": the journal is back. ${changed ? 'The rollback is recorded.' : 'The route has moved on.'}`,
        );
      } catch (error) {
        // One journal for all: the others would fare no better.
        if (error instanceof JournalUnavailableError) return;
        this.#logger.error(`Route "${alias}": the rollback could not be recorded: ${String(error)}`);
      }
      this.#owed.delete(alias);
      this.store.putBack(alias);
    }
  }
}
