import type { Clock } from '../kit/clock.js';

/**
 * Notices that mirrors are wanted but none succeeds: they are shed, fail, or have no target. It looks only when a
 * mirror is wanted, so a route without callers raises no alarm.
 */
export class NoMirrorWatch {
  #first: { readonly wall: number; readonly elapsed: number } | undefined;
  #wanted = 0;
  #raised = false;

  constructor(
    /** Milliseconds. */
    private readonly limit: number,
    private readonly clock: Clock,
  ) {}

  /** A mirror is wanted. Returns the facts once, when none has succeeded for too long. */
  wanted(): { readonly since: number; readonly wanted: number } | undefined {
    this.#wanted++;
    this.#first ??= { wall: this.clock.now(), elapsed: this.clock.elapsed() };
    if (this.#raised || this.clock.elapsed() - this.#first.elapsed < this.limit || this.#wanted === 1) return undefined;
    this.#raised = true;
    return { since: this.#first.wall, wanted: this.#wanted };
  }

  /** The shadow has answered: the wait starts over. */
  recorded(): void {
    this.#first = undefined;
    this.#wanted = 0;
    this.#raised = false;
  }
}
