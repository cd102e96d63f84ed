import { z } from 'zod';
import type { ErrorStatus, OperationSpec } from './operation.js';
import { described, named, type JsonSchema } from './schemas.js';

/** The shape of errors: OpenAI's, unless an endpoint has another one. */
export const errorBody = named(
  'Error',
  z.strictObject({
    error: z.strictObject({
      message: described('What is wrong, and what to do about it.', z.string()),
      type: z.string(),
      code: described('Never changes between releases.', z.string()),
      param: z.null(),
    }),
  }),
);

const MEANINGS: Readonly<Record<ErrorStatus, string>> = {
  400: 'The body is no JSON, or not what is asked for.',
  401: 'No key, or one that nobody knows.',
  402: 'The budget does not cover it.',
  403: 'The key has not the scope.',
  404: 'There is no such route or version.',
  409: 'What is there does not allow it, or has changed since: read it again.',
  413: 'The body is larger than the app takes.',
  415: 'The body is no JSON by its content type.',
  422: 'Something in it is wrong; the message lists every problem with its remedy.',
  429: 'Too often. Wait for as many seconds as Retry-After says.',
  500: 'Something broke on our side.',
  502: 'The upstream failed.',
  503: 'Cannot be recorded or looked up at present. Try again.',
};

/** Statuses of the errors that an endpoint may answer with, in order. */
export function errorStatuses({ query, body, errors = [] }: OperationSpec): ErrorStatus[] {
  const all = new Set<ErrorStatus>([401, 403, 429, 503, ...errors]);
  if (body) for (const status of [400, 413, 415] as const) all.add(status);
  if (query || body) all.add(422);
  return [...all].toSorted((a, b) => a - b);
}

/** The name of a response component. */
export function errorResponseName(status: ErrorStatus, shape: OperationSpec['error']): string {
  return `${shape?.name ?? 'Error'}${status}`;
}

export function errorResponse(status: ErrorStatus, schema: JsonSchema): JsonSchema {
  return {
    description: MEANINGS[status],
    ...(status === 429 && {
      headers: {
        'Retry-After': { description: 'Seconds to wait.', required: true, schema: { type: 'integer', minimum: 1 } },
      },
    }),
    content: { 'application/json': { schema } },
  };
}
