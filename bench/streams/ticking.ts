import type { ServerResponse } from 'node:http';
import { Provider } from '../shadow/providers.js';

/** Usual milliseconds between two words of a stream. */
const GAP_MS = 1_000;
/** A gap in parts, so that not all streams move at once. */
const SLOTS = 20;
/** A timer that rings more often is late. */
const LEAST_SLOT_MS = 2;

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

/**
 * Says a word on each stream every so many milliseconds, until `POST /finish`; then every stream ends as a whole answer
 * does. `POST /pace/20` changes the pace, while no stream is open.
 */
export async function startTicking(): Promise<number> {
  let ticks = ticking(GAP_MS);
  let [next, finishing] = [0, false];
  const provider = await Provider.start((request, response) => {
    request.resume();
    const { url = '' } = request;
    finishing = url === '/finish';
    const pace = /^\/pace\/(\d+)$/.exec(url)?.[1];
    if (pace !== undefined) {
      clearInterval(ticks.timer);
      ticks = ticking(Number(pace));
    }
    if (finishing || pace !== undefined) {
      response.end();
      return;
    }
    const open = { response, words: 0 };
    const slot = ticks.slots[next++ % ticks.slots.length]!;
    slot.add(open);
    response.once('close', () => slot.delete(open));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    say(open);
  });
  return Number(new URL(provider.baseUrl).port);

  function ticking(gap: number) {
    const slots = Array.from({ length: Math.min(SLOTS, gap / LEAST_SLOT_MS) }, () => new Set<Open>());
    let tick = 0;
    const timer = setInterval(() => {
      for (const open of slots[tick++ % slots.length]!) {
        if (finishing) finish(open);
        else say(open);
      }
    }, gap / slots.length);
    return { slots, timer };
  }
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
