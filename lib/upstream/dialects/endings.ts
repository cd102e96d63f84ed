import type { FailureClass } from '../../domain/outcome.js';

/** Reasons to stop that mean a refusal or a filter, in the words of many providers. */
const REFUSED = new Set([
  'content_filter',
  'refusal',
  'sensitive',
  'safety',
  'prohibited_content',
  'recitation',
  'blocklist',
  'spii',
  'image_safety',
]);

/** Reasons to stop that mean that the provider failed. */
const BROKE = new Set(['error', 'insufficient_system_resource', 'network_error']);

/** Whether an answer stopped because it, or its prompt, was refused. Some add a category: `content_filter: …`. */
export function isRefusedEnd(finishReason: string | undefined): boolean {
  if (finishReason === undefined) return false;
  return REFUSED.has(finishReason.toLowerCase().split(':', 1)[0]!);
}

/** The failure that a reason to stop means. @param isEmpty whether nothing was said before. */
export function failureOfEnd(finishReason: string | undefined, isEmpty: boolean): FailureClass | undefined {
  if (finishReason === undefined) return undefined;
  if (BROKE.has(finishReason)) return 'server_error';
  return isEmpty && finishReason === 'model_context_window_exceeded' ? 'context_length' : undefined;
}
