import { createServer } from 'node:http';

/** About what a short answer looks like. */
const JSON_ANSWER = Buffer.from(
  JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_760_000_000,
    model: 'gpt-4o',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'The parcel is on its way. '.repeat(16) },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: { prompt_tokens: 120, completion_tokens: 96, total_tokens: 216 },
  }),
);

const CHUNKS = 60;

function chunk(delta: object, finishReason: string | null = null): string {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason: finishReason }];
  const json = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_760_000_000, model: 'gpt-4o', choices };
  return `data: ${JSON.stringify(json)}\n\n`;
}

const STREAM = [
  ...Array.from({ length: CHUNKS - 2 }, (_, n) => chunk({ content: `word ${n} ` })),
  chunk({}, 'stop'),
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', model: 'gpt-4o', choices: [], usage: { prompt_tokens: 120, completion_tokens: 58, total_tokens: 178 } })}\n\ndata: [DONE]\n\n`,
].map((text) => Buffer.from(text));

/** Answers at once with bytes that were made before; a stream goes out chunk by chunk, each in a packet of its own. */
export function startUpstream(): Promise<number> {
  const server = createServer((request, response) => {
    let isStream = false;
    request.on('data', (part: Buffer) => (isStream ||= part.includes('"stream":true')));
    request.on('end', () => {
      if (!isStream) {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': JSON_ANSWER.length });
        response.end(JSON_ANSWER);
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      let n = 0;
      const write = (): void => {
        if (n === STREAM.length) {
          response.end();
          return;
        }
        response.write(STREAM[n++]);
        setImmediate(write);
      };
      write();
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}
