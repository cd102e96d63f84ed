import { z } from 'zod';
import { named } from '../../openapi/schemas.js';
import { listOf } from './common.js';

export const versionAnswer = named(
  'Version',
  z.strictObject({
    version_id: z.string(),
    version_tag: z.string(),
    model: z.string(),
    parameters: z.record(z.string(), z.json()),
    system_prompt: z.string().nullable(),
    upstream_endpoint: z.string().nullable(),
    cost_limit_per_request: z.number().nullable(),
    capabilities: z
      .strictObject({
        provider: z.string().optional(),
        max_tokens: z.int().optional(),
        supports_streaming: z.boolean().optional(),
        supports_tools: z.boolean().optional(),
        assistant_prefill: z.boolean().optional(),
      })
      .nullable(),
    metadata: z.record(z.string(), z.json()),
    created_at: z.iso.datetime(),
    /** Absent without any. */
    warnings: z.array(z.string()).optional(),
  }),
);

export const versionList = listOf(versionAnswer);
