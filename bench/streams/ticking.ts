import type { ServerResponse } from 'node:http';
import { Provider } from '../shadow/providers.js';

/** A second in parts, so that not all streams move at once. */
const SLOTS = 20;

const event = (data: unknown): string => `data: ${JSON.stringify(data)}\n\n`;

function chunk(delta: object, finishReason: string | null): string {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason: finishReason }];
  const id = 'chatcmpl-1';
  return event({ id, object: 'chat.completion.chunk', created: 1_760_000_000, model: 'gpt-4o', choices });
}

/** A stream and how many words it has sent. */
interface Open {
  readonly response: ServerResponse;
  words: number;
}

/** Says a word a second on each stream, until `POST /finish`; then every stream ends as a whole answer does. */
export async function startTicking(): Promise<number> {
  const slots = Array.from({ length: SLOTS }, () => new Set<Open>());
  let [next, finishing] = [0, false];
  const provider = await Provider.start((request, response) => {
    request.resume();
    finishing = request.url === '/finish';
    if (finishing) {
      response.end();
      return;
    }
    const open = { response, words: 0 };
    const slot = slots[next++ % SLOTS]!;
    slot.add(open);
    response.once('close', () => slot.delete(open));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    say(open);
  });
  let tick = 0;
  setInterval(() => {
    for (const open of slots[tick++ % SLOTS]!) {
      if (finishing) finish(open);
      else say(open);
    }
  }, 1_000 / SLOTS);
  return Number(new URL(provider.baseUrl).port);
}

function say(open: Open): void {
  open.response.write(chunk({ content: `word ${open.words++} ` }, null));
}

/** The usage says how many words there were, so that a caller knows whether it has them all. */
function finish({ response, words }: Open): void {
  const usage = { prompt_tokens: 9, completion_tokens: words, total_tokens: words + 9 };
  const last = event({ id: 'chatcmpl-1', object: 'chat.completion.chunk', model: 'gpt-4o', choices: [], usage });
  response.end(`${chunk({}, 'stop')}${last}data: [DONE]\n\n`);
}
