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

/** A call in a wire format that somebody else describes: it names only the fields that we read. */
export function gatewayOperation({ gateway, required, streams, errorSchema }: Dialect): OperationSpec {
  const kinds = { list: z.array(z.unknown()), value: z.json() };
  return {
    summary: gateway.summary,
    status: 200,
    body: z.looseObject({
      model: described('Alias of a route, or the own name of a model that one route alone has.', z.string().min(1)),
      ...Object.fromEntries(Object.entries(required).map(([field, kind]) => [field, kinds[kind]])),
      ...(streams && { stream: z.boolean().optional() }),
    }),
    answer: described('As the format has it.', z.looseObject({})),
    ...(streams && { events: 'too' }),
    errors: [402, 404, 502],
    ...(errorSchema && { error: { name: errorSchema.name, schema: named(errorSchema.name, errorSchema.schema) } }),
  };
}
