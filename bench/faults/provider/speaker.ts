/**
 * Every provider of the benchmark says one thing of its own, so that answers tell their author.
 */
export interface Speaker {
  readonly model: string;
  readonly words: readonly string[];
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number };
}

/** Characters of one to four bytes, so that a cut between bytes shows. */
export const PRIMARY: Speaker = {
  model: 'gpt-4o',
  words: ['The ', 'river ', 'flößt 🚣 ', '漢字', ' and ', '"quotes"\n', 'to ', 'the sea.'],
  usage: { prompt_tokens: 1000, completion_tokens: 500 },
};

export const FALLBACK: Speaker = {
  model: 'gpt-4o-mini',
  words: ['Another ', 'answer, ', 'just ', 'as ', 'whole.'],
  usage: { prompt_tokens: 2000, completion_tokens: 300 },
};

export function textOf({ words }: Speaker): string {
  return words.join('');
}

/** The whole answer as JSON. */
export function jsonAnswer({ model, words, usage }: Speaker): string {
  const message = { role: 'assistant', content: words.join('') };
  const choices = [{ index: 0, message, finish_reason: 'stop' }];
  return JSON.stringify({ id: 'c1', object: 'chat.completion', created: 1, model, choices, usage });
}

/** The answer as data of events, in order: the role, the words, the reason to stop, the usage. */
export function streamAnswer({ model, words, usage }: Speaker) {
  const event = (delta: object, finish_reason: string | null = null): string =>
    JSON.stringify({
      id: 'c1',
      object: 'chat.completion.chunk',
      created: 1,
      model,
      choices: [{ index: 0, delta, finish_reason }],
    });
  return {
    role: event({ role: 'assistant', content: '' }),
    words: words.map((content) => event({ content })),
    finish: event({}, 'stop'),
    usage: JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model, choices: [], usage }),
  };
}

/** Every event of a whole stream, `[DONE]` included. */
export function streamEvents(speaker: Speaker): string[] {
  const { role, words, finish, usage } = streamAnswer(speaker);
  return [role, ...words, finish, usage, '[DONE]'];
}
