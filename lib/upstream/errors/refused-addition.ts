import type { ErrorFacts } from './error-facts.js';

/** Parts of a request that are not its caller's: a field, and headers of this module or of an environment. */
const ADDITIONS = [
  'stream_options',
  'anthropic-beta',
  'openai-beta',
  'x-deployment-env',
  'x-environment',
  'traceparent',
  'tracestate',
] as const;

export type Addition = (typeof ADDITIONS)[number];

/** The part of a rejected request that the provider names as the fault, if it is one that we may have added. */
export function refusedAddition({ params, texts }: ErrorFacts): Addition | undefined {
  const said = [...params, ...texts].map((text) => text.toLowerCase());
  return ADDITIONS.find((addition) => said.some((text) => text.includes(addition)));
}
