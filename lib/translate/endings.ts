import type { EndReason } from './model.js';

type Unified = EndReason['unified'];

const READ: Readonly<Record<string, Unified>> = {
  // OpenAI's chat completions, and vendors who serve them.
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
  // Anthropic's messages.
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'other',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  refusal: 'content-filter',
  // OpenAI's responses.
  completed: 'stop',
  max_output_tokens: 'length',
};

/** @param calls whether the answer calls tools: some formats, and some vendors, do not say so at the end. */
export function endFrom(raw: string | undefined, calls: boolean): EndReason {
  const unified = raw === undefined ? 'other' : (READ[raw] ?? 'other');
  return { unified: calls && (unified === 'stop' || unified === 'other') ? 'tool-calls' : unified, raw };
}

const CHAT: Readonly<Record<Unified, string>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
  error: 'error',
  other: 'stop',
};

export function chatEnd({ unified }: EndReason): string {
  return CHAT[unified];
}

const MESSAGES: Readonly<Record<Unified, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
  error: 'end_turn',
  other: 'end_turn',
};

export function messagesEnd({ unified, raw }: EndReason): string {
  return unified === 'stop' && raw === 'stop_sequence' ? raw : MESSAGES[unified];
}

/** Why a response is incomplete; `undefined` for one that is whole. */
export function incompleteReason({ unified }: EndReason): string | undefined {
  if (unified === 'length') return 'max_output_tokens';
  return unified === 'content-filter' ? 'content_filter' : undefined;
}
