import { z } from 'zod';
import type { Dialect } from '../upstream/dialects/dialect.js';
import type { OperationSpec } from './openapi/operation.js';
import { described, named } from './openapi/schemas.js';

export const modelAnswer = named(
  'Model',
  z.strictObject({
    id: z.string(),
    object: z.literal('model'),
    created: z.int(),
    owned_by: z.string(),
  }),
);

export const modelList = z.strictObject({ object: z.literal('list'), data: z.array(modelAnswer) });

/** A call in a wire format that somebody else describes: only what we read of it is named. */
export function gatewayOperation(dialect: Dialect, summary: string): OperationSpec {
  const content = dialect.missingField({});
  const streams = dialect.name !== 'openai-embeddings';
  return {
    summary,
    status: 200,
    body: z.looseObject({
      model: described('Alias of a route.', z.string().min(1)),
      ...(content !== undefined && { [content]: content === 'messages' ? z.array(z.unknown()) : z.json() }),
      ...(streams && { stream: z.boolean().optional() }),
    }),
    answer: described('As the format has it.', z.looseObject({})),
    ...(streams && { events: 'too' }),
    errors: [402, 404, 502],
    error: dialect.name === 'anthropic-messages' ? 'anthropic' : 'openai',
  };
}
