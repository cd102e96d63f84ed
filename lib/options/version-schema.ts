import { z } from 'zod';
import { VERSION_TAG } from '../domain/version.js';

/** What belongs to the request, not to its settings. */
const NO_PARAMETERS = new Set(['model', 'messages', 'input', 'instructions', 'system', 'prompt', 'stream']);

/** What makes up a version beside its model: applied to every request that goes to the environment. */
export const versionFields = {
  /** Version tag. Default: made from the model's name, and from a hash of `parameters` and `systemPrompt`. */
  version: z.string().regex(VERSION_TAG, 'is not a version tag').optional(),
  /** Parameters for every request, as the dialect spells them: `{ temperature: 0, seed: 7 }`. */
  parameters: z
    .record(z.string(), z.json())
    .refine((values) => !Object.keys(values).some((name) => NO_PARAMETERS.has(name)), {
      error: 'has a field that is not a parameter',
      params: {
        remedy: `Leave out ${[...NO_PARAMETERS].join(', ')}: they are the request's, or options of their own.`,
      },
    })
    .optional(),
  /** Whether `parameters` win over the request's (`override`) or fill in what it leaves out. Default `default`. */
  parametersMode: z.enum(['override', 'default']).default('default'),
  /** The system prompt: instead of the request's (`replace`), in front of it, or for requests without one. A string replaces. */
  systemPrompt: z
    .union([
      z.string().min(1),
      z.strictObject({ text: z.string().min(1), mode: z.enum(['replace', 'prepend', 'default']).default('replace') }),
    ])
    .transform((prompt) => (typeof prompt === 'string' ? { text: prompt, mode: 'replace' as const } : prompt))
    .optional(),
  /** US dollars that a request may cost at most, estimated before it is sent. No limit by default. */
  costLimitPerRequest: z.number().positive().optional(),
  /** The one model name that answers may bear. Default: the model's name and its dated snapshots. */
  pinnedModel: z.string().min(1).optional(),
  /** What the model can do, over what is known of its provider. */
  capabilities: z
    .strictObject({
      /** Context window in tokens. */
      maxTokens: z.int().positive().optional(),
      /** Default: `true` with a provider. */
      supportsStreaming: z.boolean().optional(),
      /** Default: `true` with a provider. */
      supportsTools: z.boolean().optional(),
      /** Goes on with an answer whose beginning it is given. Default: by provider and model. */
      assistantPrefill: z.boolean().optional(),
    })
    .optional(),
};
