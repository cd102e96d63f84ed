import type { ServerResponse } from 'node:http';
import { PlainSignal, type CallerSignal } from '../kit/caller-signal.js';

/** Express' response is Node's own; Fastify's reply wraps it. */
export type HttpReply =
  ServerResponse | { readonly raw: ServerResponse; hijack(): unknown; getHeaders(): Readonly<Record<string, unknown>> };

/** Node's response, with the headers that the framework has set so far. The framework no longer writes to it. */
export function takeOver(reply: HttpReply): ServerResponse {
  if (!('raw' in reply)) {
    // Express adds it to every answer of an app that did not turn it off.
    if (!reply.headersSent) reply.removeHeader('x-powered-by');
    return reply;
  }
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value as string | string[]);
  }
  reply.hijack();
  return reply.raw;
}

/** Aborts when the caller leaves before the answer is out, or has left already. */
export function abortOnLeave(response: ServerResponse): CallerSignal {
  const leave = new PlainSignal();
  const onClose = (): void => {
    if (!response.writableFinished) leave.abort();
  };
  if (response.closed) onClose();
  else response.on('close', onClose);
  return leave;
}

/** Resolves when a slow caller has read the written bytes, or has left. */
export async function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}
