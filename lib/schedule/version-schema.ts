import { z } from 'zod';
import { VERSION_TAG, type Capabilities, type VersionTemplate } from '../domain/version.js';
import { DIALECTS } from '../upstream/dialects/dialects.js';
import { count } from '../validation/fields.js';
import { problemsOf } from '../validation/problems.js';
import { ValidationError } from '../validation/validation-error.js';

/** Fields that belong to the request, not to its settings. */
const NO_PARAMETERS = new Set(['model', ...DIALECTS.flatMap(({ requestFields }) => requestFields), 'stream']);

/** The names of a model's capabilities, as written on the wire and in files. */
export const CAPABILITY_NAMES = {
  provider: 'provider',
  maxTokens: 'max_tokens',
  supportsStreaming: 'supports_streaming',
  supportsTools: 'supports_tools',
  assistantPrefill: 'assistant_prefill',
} as const satisfies Readonly<Record<keyof Capabilities, string>>;

/** The rule for version tags, the same from HTTP, from options and from code. */
export const TAG_RULE = 'Use lower-case letters, digits, "-" and ".", at most 64 characters.';

export const versionTag = z
  .string()
  .refine((tag) => VERSION_TAG.test(tag), { error: 'is not a version tag', params: { remedy: TAG_RULE } });

const parameters = z
  .record(z.string(), z.json())
  .refine((values) => !Object.keys(values).some((name) => NO_PARAMETERS.has(name)), {
    error: 'has a field that is not a parameter',
    params: {
      remedy: `Leave out ${[...NO_PARAMETERS].join(', ')}: they belong to the request, or are options of their own.`,
    },
  });

const ORDERS = 'Write drop: ["seed"] and rename: { "max_tokens": "max_completion_tokens" }.';

const orders = z.looseObject({
  drop: z.array(z.string()).optional(),
  rename: z.record(z.string(), z.string()).optional(),
});

/** `drop` and `rename` say what becomes of fields of the request. */
const parametersWithOrders = parameters.refine((values) => orders.safeParse(values).success, {
  error: 'has a drop or rename that is not one',
  params: { remedy: ORDERS },
});

const promptMode = z.enum(['replace', 'prepend', 'default']);
const promptText = z.string().min(1);

export const versionFields = {
  version: versionTag.optional(),
  parameters: parametersWithOrders.optional(),
  parametersMode: z.enum(['override', 'default']).default('default'),
  systemPrompt: z
    .union([promptText, z.strictObject({ text: promptText, mode: promptMode.default('replace') })])
    .transform((prompt) => (typeof prompt === 'string' ? { text: prompt, mode: 'replace' as const } : prompt))
    .optional(),
  costLimitPerRequest: z.number().positive().max(1_000_000).optional(),
  pinnedModel: z.string().min(1).optional(),
  capabilities: z
    .strictObject({
      provider: z.string().min(1).max(64).optional(),
      maxTokens: count.min(1).optional(),
      supportsStreaming: z.boolean().optional(),
      supportsTools: z.boolean().optional(),
      assistantPrefill: z.boolean().optional(),
    })
    .optional(),
};

/** A version as code registers it. */
const versionTemplate = z.strictObject({
  tag: versionTag,
  model: z.string().min(1).max(256),
  upstream: z.string().min(1).optional(),
  capabilities: versionFields.capabilities,
  parameters: z.strictObject({ values: parametersWithOrders, mode: z.enum(['override', 'default']) }).optional(),
  systemPrompt: z.strictObject({ text: promptText, mode: promptMode }).optional(),
  costLimitPerRequest: versionFields.costLimitPerRequest,
  pinnedModel: versionFields.pinnedModel,
});

/** @throws {ValidationError} listing every problem. */
export function assertVersion(version: VersionTemplate): void {
  const { error } = versionTemplate.safeParse(version);
  if (error) throw new ValidationError('The version is not valid', problemsOf(error, version));
}
