import type { Provider } from '../provider.js';

/** Ids of tool calls, its servers' own included. */
const OWN = /^(?:srv)?toolu_/;

export const anthropic: Provider<'anthropic'> = {
  name: 'anthropic',
  baseUrl: 'https://api.anthropic.com/v1',
  // Its endpoint for OpenAI's format leaves out much of a request without a word (schemas, seeds, cache marks).
  speaks: ['anthropic-messages'],
  needs: [
    { models: /^claude-(?:opus-4-1|(?:opus|sonnet|haiku)-4-[5-9])/, either: ['temperature', 'top_p'], ownCalls: OWN },
    { models: /^claude-/, ownCalls: OWN },
  ],
  models: { path: '/models?limit=1000', auth: 'x-api-key', headers: { 'anthropic-version': '2023-06-01' } },
  // From Claude 4.6 on a conversation has to end with the user.
  prefill: /^claude-(?:[23]|instant)|^claude-(?:opus|sonnet|haiku)-4(?:-[0-5])?(?:-\d{8})?$/,
};
