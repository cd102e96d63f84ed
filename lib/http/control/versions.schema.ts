import { z } from 'zod';
import { TAG_RULE, versionFields, versionTag } from '../../schedule/version-schema.js';
import { count } from '../../validation/fields.js';
import { described } from '../openapi/schemas.js';

/** Maximum length of a version's parameters and of its metadata, characters of JSON. */
const MAX_JSON = 16_384;

const small = (value: unknown): boolean => value === undefined || JSON.stringify(value).length <= MAX_JSON;
const tooLarge = { error: `is longer than ${MAX_JSON} characters of JSON` };

/** A field that is omitted may also be `null`, as in the answer. */
function orNull<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish().transform((value) => value ?? undefined);
}

const declaredFields = {
  max_tokens: count.min(1).optional(),
  supports_streaming: z.boolean().optional(),
  supports_tools: z.boolean().optional(),
  assistant_prefill: z.boolean().optional(),
};

/** `POST /models/versions` */
export const versionBody = z.strictObject({
  version_tag: described(TAG_RULE, versionTag),
  model: z.string().min(1).max(256),
  parameters: orNull(versionFields.parameters.refine(small, tooLarge)),
  system_prompt: orNull(z.string().min(1).max(262_144)),
  upstream_endpoint: orNull(z.string().min(1)),
  cost_limit_per_request: orNull(z.number().positive().max(1_000_000)),
  capabilities: orNull(z.strictObject({ provider: z.string().min(1).max(64).optional(), ...declaredFields })),
  metadata: z
    .record(z.string(), z.json())
    .refine(small, tooLarge)
    .nullish()
    .transform((metadata) => metadata ?? {}),
});

/** Capabilities of the model in the metadata: older scripts declare them there. The router uses them. */
export const declared = z.object(declaredFields);
