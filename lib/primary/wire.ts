/** A message between the primary process and one of its workers. */
export type Message =
  /** Without an `id` nobody waits for the answer. */
  | { readonly bg: 'ask'; readonly id?: number; readonly part: string; readonly verb: string; readonly args: unknown[] }
  | { readonly bg: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly bg: 'failure'; readonly id: number; readonly error: SentError };

/** An error as the other process needs it, to make one of the same kind. */
export interface SentError {
  readonly code: string | undefined;
  readonly message: string;
  /** Of a conflict: the expected revision and the actual one. */
  readonly revisions?: readonly [number, number] | undefined;
}

/** One end of an IPC channel. Messages keep their order. */
export interface Wire {
  /** @param onFailed called when the message did not leave. */
  send(message: Message, onFailed: (error: Error) => void): void;
  /** Takes all messages of the other end, also those of others. */
  onMessage(listener: (message: unknown) => void): void;
  onClosed(listener: () => void): void;
}

/** The IPC of `process`, and of a worker of `node:cluster`. */
interface Ipc {
  send?(message: unknown, handle: undefined, options: undefined, callback: (error: Error | null) => void): boolean;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  once(event: 'disconnect', listener: () => void): unknown;
}

/** The wire of a process that has an IPC channel. */
export function wireOf(ipc: Ipc): Wire {
  return {
    send: (message, onFailed) => {
      if (!ipc.send) throw new Error('This process has no IPC channel.');
      ipc.send(message, undefined, undefined, (error) => error && onFailed(error));
    },
    onMessage: (listener) => void ipc.on('message', listener),
    onClosed: (listener) => void ipc.once('disconnect', listener),
  };
}
