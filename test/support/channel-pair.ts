import { Channel } from '../../lib/primary/channel.js';
import type { Wire } from '../../lib/primary/wire.js';

/** Both ends of a channel in one process. Messages are copied and keep their order, as between processes. */
export interface ChannelPair {
  readonly primary: Channel;
  readonly worker: Channel;
  /** The other process ends. */
  cut(this: void): void;
}

export function channelPair(): ChannelPair {
  const ends = [new End(), new End()] as const;
  ends[0].other = ends[1];
  ends[1].other = ends[0];
  const [primary, worker] = [new Channel(ends[0]), new Channel(ends[1])];
  return { primary, worker, cut: () => ends.forEach((end) => end.close()) };
}

class End implements Wire {
  other: End | undefined;
  #listener: (message: unknown) => void = () => {};
  #onClosed: () => void = () => {};

  send(message: unknown): void {
    const copy: unknown = structuredClone(message);
    setImmediate(() => this.other && this.other.#listener(copy));
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#listener = listener;
  }

  onClosed(listener: () => void): void {
    this.#onClosed = listener;
  }

  close(): void {
    this.other = undefined;
    this.#onClosed();
  }
}
