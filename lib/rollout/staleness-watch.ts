import { Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Journal } from '../journal/journal.js';
import type { StateStore } from './state-store.js';

const EVERY = 1_000;

/**
 * A replica that has not heard of the journal for too long does not know whether a trial was reverted: it sends the
 * trial's share to the live environment until it has caught up.
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
      this.#logger.warn(`The journal has been away for ${Math.round(away / 1000)} s: trials get no traffic here.`);
    } else this.#logger.log('The journal is back, and so are the weights of trials.');
  }
}
