import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request as the upstream received it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readonly<Record<string, unknown>>;
  /** The body as it came. */
  readonly text: string;
  /** Resolves when the socket of this request has closed. */
  readonly closed: Promise<void>;
}

/**
 * How the upstream answers one request: one of `answer`, `fail`, `hang`, `delayed`, `cutAfter`, `hangUp`, or a function
 * of your own.
 */
export type Behaviour = (request: SeenRequest, response: ServerResponse) => void | Promise<void>;
