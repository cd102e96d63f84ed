import { expect, test } from '@jest/globals';
import { spelledBy } from './providers.js';

test.each([
  ['anthropic', 'anthropic/claude-sonnet-4-5', 'claude-sonnet-4-5'],
  ['anthropic', 'claude-sonnet-4-5', 'claude-sonnet-4-5'],
  ['anthropic', 'openai/gpt-4o', 'openai/gpt-4o'],
  ['openrouter', 'openrouter/auto', 'openrouter/auto'],
  ['openrouter', 'anthropic/claude-sonnet-4-5', 'anthropic/claude-sonnet-4-5'],
  ['groq', 'groq/compound', 'groq/compound'],
  [undefined, 'openai/gpt-4o', 'openai/gpt-4o'],
] as const)('%s is asked for %s as %s', (provider, model, spelled) => {
  expect(spelledBy(provider, model)).toBe(spelled);
});
