import type { ServerResponse } from 'node:http';
import { begin, chunk, finish, type SeenRequest } from './fake-provider.js';

export const WORDS = ['one ', 'two ', 'three ', 'four '];

/** Says half of each answer, and keeps the other half until it is told to go on. */
export class Halfway {
  readonly #open: { readonly response: ServerResponse; readonly model: string }[] = [];
  #reached: () => void = () => {};
  readonly allHalfway = new Promise<void>((resolve) => (this.#reached = resolve));

  /** @param count of the streams that `allHalfway` waits for. */
  constructor(private readonly count: number) {}

  readonly behaviour = ({ body }: Pick<SeenRequest, 'body'>, response: ServerResponse): void => {
    const model = String(body['model']);
    begin(response);
    response.write(textOf(WORDS.slice(0, 2), model));
    this.#open.push({ response, model });
    if (this.#open.length === this.count) this.#reached();
  };

  finish(): void {
    for (const { response, model } of this.#open) {
      response.write(textOf(WORDS.slice(2), model));
      response.end(`${finish(model)}data: [DONE]\n\n`);
    }
  }
}

function textOf(words: readonly string[], model: string): string {
  return words.map((word) => chunk(model, word)).join('');
}

/** The words of an event stream. */
export function contentOf(sse: string): string {
  return [...sse.matchAll(/"delta":\{"content":"([^"]*)"/g)].map(([, content]) => content).join('');
}
