import type { JsonObject } from '../../lib/kit/json.js';
import type { Said } from './exercise.js';
import { chat } from './wires/chat.js';
import { messages } from './wires/messages.js';
import { responses } from './wires/responses.js';

export const WIRES = { 'openai-chat': chat, 'openai-responses': responses, 'anthropic-messages': messages } as const;
export type Format = keyof typeof WIRES;

const WORDS = 'The rain in Ulm falls mainly on the minster, and nobody there has an umbrella. ';
export const said: Said = {
  text: WORDS.repeat(12),
  uses: [{ id: 'call_1', name: 'weather', args: { city: 'Ulm', days: 3 } }],
  end: 'tools',
  tokens: { input: 900, cached: 0, output: 250, reasoning: 0 },
};

/** Ten turns and two tools, as callers of each format say them. */
export const REQUESTS: Readonly<Record<Format, JsonObject>> = {
  'openai-chat': {
    model: 'm',
    messages: turns((role) => ({ role, content: WORDS.repeat(3) })),
    tools: tools().map((tool) => ({ type: 'function', function: tool })),
  },
  'openai-responses': {
    model: 'm',
    input: turns((role) => ({ role, content: WORDS.repeat(3) })),
    tools: tools().map((tool) => ({ type: 'function', ...tool })),
  },
  'anthropic-messages': {
    model: 'm',
    max_tokens: 1_000,
    messages: turns((role) => ({ role, content: [{ type: 'text', text: WORDS.repeat(3) }] })),
    tools: tools().map(({ parameters, ...tool }) => ({ ...tool, input_schema: parameters })),
  },
};

function turns(turn: (role: 'user' | 'assistant') => JsonObject): JsonObject[] {
  return Array.from({ length: 11 }, (_, n) => turn(n % 2 === 0 ? 'user' : 'assistant'));
}

function tools() {
  const parameters = { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } } };
  return ['weather', 'forecast'].map((name) => ({ name, description: WORDS, parameters }));
}
