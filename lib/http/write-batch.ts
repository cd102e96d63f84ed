import type { Socket } from 'node:net';

/**
 * Holds back what is written to sockets until the end of this turn of the event loop; then all of it goes out together.
 * Each write wakes the process at the other end. With many streams it has fallen asleep again by the next chunk, and
 * waking it for every chunk costs us more than everything else that a chunk takes.
 */
export class WriteBatch {
  readonly #held = new Set<Socket>();

  /** Call it before a write. */
  hold(socket: Socket | null): void {
    if (!socket || this.#held.has(socket)) return;
    // Runs once all that has arrived by now is read.
    if (this.#held.size === 0) setImmediate(() => this.#release());
    this.#held.add(socket);
    socket.cork();
  }

  #release(): void {
    const sockets = [...this.#held];
    this.#held.clear();
    for (const socket of sockets) socket.uncork();
  }
}
