import { z } from 'zod';
import { VERSION_TAG } from '../domain/version.js';
import { DIALECTS } from '../upstream/dialects/dialects.js';

/** Fields that belong to the request, not to its settings. */
const NO_PARAMETERS = new Set(['model', ...DIALECTS.flatMap(({ requestFields }) => requestFields), 'stream']);

export const versionFields = {
  version: z.string().regex(VERSION_TAG, 'is not a version tag').optional(),
  parameters: z
    .record(z.string(), z.json())
    .refine((values) => !Object.keys(values).some((name) => NO_PARAMETERS.has(name)), {
      error: 'has a field that is not a parameter',
      params: {
        remedy: `Leave out ${[...NO_PARAMETERS].join(', ')}: they belong to the request, or are options of their own.`,
      },
    })
    .optional(),
  parametersMode: z.enum(['override', 'default']).default('default'),
  systemPrompt: z
    .union([
      z.string().min(1),
      z.strictObject({ text: z.string().min(1), mode: z.enum(['replace', 'prepend', 'default']).default('replace') }),
    ])
    .transform((prompt) => (typeof prompt === 'string' ? { text: prompt, mode: 'replace' as const } : prompt))
    .optional(),
  costLimitPerRequest: z.number().positive().optional(),
  pinnedModel: z.string().min(1).optional(),
  capabilities: z
    .strictObject({
      maxTokens: z.int().positive().optional(),
      supportsStreaming: z.boolean().optional(),
      supportsTools: z.boolean().optional(),
      assistantPrefill: z.boolean().optional(),
    })
    .optional(),
};
