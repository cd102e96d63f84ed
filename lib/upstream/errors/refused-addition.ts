import type { ErrorFacts } from './error-facts.js';

/** Parts of a request that this module may have added. */
const ADDITIONS = ['stream_options', 'anthropic-beta'] as const;

export type Addition = (typeof ADDITIONS)[number];

/** The part of a rejected request that the provider names as the fault, if it is one that we may have added. */
export function refusedAddition({ params, texts }: ErrorFacts): Addition | undefined {
  return ADDITIONS.find((addition) => [...params, ...texts].some((said) => said.includes(addition)));
}
