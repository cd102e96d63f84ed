import { hasOne, isSaid, type Wording } from './wording.js';

/** Said of a request that does not fit into the model's context window, in the words of many providers. */
const TOO_LONG: readonly Wording[] = [
  [['maximum context length', 'maximum prompt length', 'context window of this model', 'context the overflows']],
  [['prompt is too long', 'prompt too long', 'input is too long', 'total tokens exceeds the model']],
  [['context'], ['exceed']],
  [
    ['context length', 'context window', 'context size'],
    ['overflow', 'not enough', 'longer than', 'greater than', 'less than'],
  ],
  [['n_keep'], ['n_ctx']],
  [['input', 'prompt'], ['exceed'], ['max'], ['token']],
  [['input token count is'], ['only supports']],
  [['tokens in the prompt'], ['exceed']],
  [['reduce the length of'], ['messages', 'prompt', 'input']],
  [['`inputs` tokens + `max_new_tokens` must be']],
];

/** The same words, about tokens per minute. */
const ABOUT_RATE = ['please wait', 'rate limit', 'per minute', 'per min)', 'per day', 'per hour'];

/** Unmistakable, even where the status blames the server. */
const SURELY: readonly Wording[] = [[['context'], ['exceed']], [['maximum context length']]];

export function saysTooLong(text: string): boolean {
  return isSaid(text, TOO_LONG) && !hasOne(text.toLowerCase(), ABOUT_RATE);
}

/** Whether nobody can take it for anything else. */
export function surelySaysTooLong(text: string): boolean {
  return isSaid(text, SURELY) && saysTooLong(text);
}
