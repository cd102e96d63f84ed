import type { Asked, Thinking } from '../asked.js';
import type { PromptMessage } from '../model.js';
import { vendorField } from '../vendor-fields.js';

/** Tokens that an effort is worth, where a model is told in tokens. */
const BUDGETS = {
  minimal: 1_024,
  low: 2_048,
  medium: 8_192,
  high: 16_384,
  xhigh: 32_768,
  max: 32_768,
} as const;

/** The smallest budget that Anthropic takes. */
const LEAST = 1_024;

/** Tokens for thoughts. */
export function budgetOf({ budget, effort = '' }: Thinking = {}): number | undefined {
  return budget ?? (BUDGETS as Readonly<Record<string, number>>)[effort];
}

/** The effort that a budget in tokens is worth, where a model is told in words. */
export function effortOf({ effort, budget }: Thinking): string | undefined {
  if (effort === 'max') return 'xhigh';
  if (effort !== undefined || budget === undefined) return effort;
  return budget <= BUDGETS.low ? 'low' : budget <= BUDGETS.medium ? 'medium' : 'high';
}

type Told =
  | { readonly type: 'enabled'; readonly budget_tokens: number }
  | { readonly type: 'adaptive' }
  | { readonly type: 'disabled' };

/**
 * How Anthropic is asked to think. `isDropped`: not at all, although the request wants it, because the rest of the
 * request rules it out there: a tool that must be called, too few tokens, or a turn whose thoughts are not signed.
 */
export function thinkingOf(asked: Asked): { readonly thinking?: Told; readonly isDropped: boolean } {
  const { thinking, maxOutputTokens, toolChoice, prompt } = asked;
  if (!thinking) return { isDropped: false };
  if (thinking.effort === 'none') return { thinking: { type: 'disabled' }, isDropped: false };
  if (thinking.isAdaptive === true) return { thinking: { type: 'adaptive' }, isDropped: false };
  const wanted = budgetOf(thinking);
  // A hint that says only how much to show asks for no thoughts.
  if (wanted === undefined) return { isDropped: thinking.effort !== undefined };
  const budget = Math.min(wanted, (maxOutputTokens ?? Infinity) - 1);
  const isForced = toolChoice?.type === 'required' || toolChoice?.type === 'tool';
  if (budget < LEAST || isForced || !mayThink(prompt)) return { isDropped: true };
  return { thinking: { type: 'enabled', budget_tokens: budget }, isDropped: false };
}

/** Whether the turn that the model continues has the thoughts that led to its tool calls. */
function mayThink(prompt: readonly PromptMessage[]): boolean {
  // A user's words next to the results of tools belong to the same turn.
  const since = prompt.findLastIndex(({ role }, at) => role === 'user' && prompt[at - 1]?.role !== 'tool');
  const turn = prompt.slice(since + 1).find(({ role }) => role === 'assistant');
  if (turn?.role !== 'assistant') return true;
  const [first] = turn.content;
  if (first?.type !== 'reasoning') return !turn.content.some(({ type }) => type === 'tool-call');
  const own = ['signature', 'redactedData'].map((name) => vendorField(first.providerOptions, 'anthropic', name));
  return own.some((value) => value !== undefined);
}
