import { z } from 'zod';
import type { ErrorStatus, OperationSpec } from './operation.js';
import { described, named, type JsonSchema } from './schemas.js';

/** The shape of errors: OpenAI's, unless the endpoint has its own. */
export const errorBody = named(
  'Error',
  z.strictObject({
    error: z.strictObject({
      message: described('The problem and its remedy.', z.string()),
      type: z.string(),
      code: described('Never changes between releases.', z.string()),
      param: z.null(),
    }),
  }),
);

const MEANINGS: Readonly<Record<ErrorStatus, string>> = {
  400: 'The body is not valid JSON, or lacks a required field.',
  401: 'The key is missing or unknown.',
  402: 'The budget does not cover it.',
  403: 'The key lacks the scope.',
  404: 'The route or the version does not exist.',
  409: 'The present state does not allow it, or has changed: read it again.',
  413: 'The body is larger than the app accepts.',
  415: 'The content type of the body is not JSON.',
  422: 'Some value is not valid. The message lists every problem with its remedy.',
  429: 'Too many requests. Retry-After has the seconds to wait.',
  500: 'An internal error.',
  502: 'The upstream failed.',
  503: 'The journal or the key lookup is unavailable. Try again.',
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
