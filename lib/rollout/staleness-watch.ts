import { Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Journal } from '../journal/journal.js';
import type { StateStore } from './state-store.js';

const EVERY = 1_000;

/**
 * Takes canaries out of the traffic of a replica that has been without the journal for too long: it does not know
 * whether a rollout was reverted. When it has caught up, their weights hold again.
 */
export class StalenessWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger(StalenessWatch.name);
  #timer: NodeJS.Timeout | undefined;

  /** @param maxStaleness milliseconds. */
  constructor(
    private readonly journal: Journal,
    private readonly store: StateStore,
    private readonly maxStaleness: number,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.journal.connection) return;
    this.#timer = setInterval(() => this.look(), EVERY);
    this.#timer.unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  look(): void {
    const away = this.journal.connection?.awayFor() ?? 0;
    if (!this.store.suspendTrials(away > this.maxStaleness)) return;
    if (away > this.maxStaleness) {
      this.#logger.warn(
        `The journal has been away for ${Math.round(away / 1000)} s: canaries get no traffic from this replica.`,
      );
    } else this.#logger.log('The journal is back, and canaries get their traffic again.');
  }
}
