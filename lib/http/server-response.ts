import type { ServerResponse } from 'node:http';

/** Express' response is Node's own; Fastify's reply wraps it. */
export type HttpReply =
  ServerResponse | { readonly raw: ServerResponse; hijack(): unknown; getHeaders(): Readonly<Record<string, unknown>> };

/** Node's response, with all that the framework has set on it so far. The framework writes no more to it. */
export function takeOver(reply: HttpReply): ServerResponse {
  if (!('raw' in reply)) return reply;
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value as string | string[]);
  }
  reply.hijack();
  return reply.raw;
}

/** A signal that aborts when the caller leaves, or has left already, before the answer is out. */
export function abortOnLeave(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  const onClose = (): void => {
    if (!response.writableFinished) controller.abort();
  };
  if (response.closed) onClose();
  else response.once('close', onClose);
  return controller.signal;
}

/** Writes, and waits while the caller is slow; returns at once when it has left. */
export async function writeTo(response: ServerResponse, text: string): Promise<void> {
  if (response.write(text) || response.destroyed) return;
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
