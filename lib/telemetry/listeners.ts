import { Logger } from '@nestjs/common';

/** Callbacks on the request path. No caller pays for one that fails: what it throws is logged. */
export class Listeners<T> {
  readonly #logger = new Logger('Telemetry');
  readonly #listeners = new Set<(what: T) => void>();

  /** @returns what ends it. */
  add(listener: (what: T) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(what: T): void {
    for (const listener of this.#listeners) {
      try {
        listener(what);
      } catch (error) {
        this.#logger.error(`A listener failed: ${String(error)}`, error instanceof Error ? error.stack : undefined);
      }
    }
  }
}
