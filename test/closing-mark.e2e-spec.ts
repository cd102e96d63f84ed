import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { LlmRouterService } from 'nestjs-blue-green';
import { chat } from '../lib/testing/formats/chat.js';
import { messages } from '../lib/testing/formats/messages.js';
import type { StreamedFormat } from '../lib/testing/formats/said.js';
import { GATEWAYS, type Adapter } from './support/app.js';
import { begin, type Behaviour } from './support/fake-provider.js';
import { KEY, startGateway } from './support/gateway.js';
import { Stage, urlOf } from './support/stage.js';

const SAID = { model: 'm', words: [], usage: { inputTokens: 3, cachedInputTokens: 0, outputTokens: 1 } };
const FORMATS: readonly (readonly [path: string, format: StreamedFormat, mark: string])[] = [
  ['/v1/chat/completions', chat, 'data: [DONE]\n\n'],
  ['/v1/messages', messages, 'event: message_stop\ndata: {"type":"message_stop"}\n\n'],
];
const ENDINGS = ['ends', 'is cut', 'closes it itself'] as const;

/** Says a whole answer, and its closing mark only where it closes it itself. */
function whole(format: StreamedFormat, mark: string, ending: (typeof ENDINGS)[number]): Behaviour {
  const closed = format.start(SAID) + format.word('m', 'Hello') + format.end(SAID);
  return (_request, response) => {
    begin(response);
    if (ending === 'closes it itself') response.end(closed);
    else if (ending === 'ends') response.end(closed.replace(mark, ''));
    else response.write(closed.replace(mark, ''), () => response.destroy());
  };
}

async function askedOver(adapter: Adapter | 'fetch', stage: Stage): Promise<(path: string) => Promise<Response>> {
  const app = await startGateway(stage, adapter === 'fetch' ? 'express' : adapter);
  const url = adapter === 'fetch' ? 'http://router' : urlOf(app);
  const ask = adapter === 'fetch' ? app.get(LlmRouterService).fetch('chat') : fetch;
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
  const body = JSON.stringify({
    model: 'chat',
    messages: [{ role: 'user', content: 'Hi' }],
    max_tokens: 9,
    stream: true,
  });
  return (path) => ask(url + path, { method: 'POST', headers, body });
}

describe.each([...GATEWAYS, 'fetch'] as const)('a whole stream over %s', (adapter) => {
  let stage: Stage;
  let ask: (path: string) => Promise<Response>;

  beforeEach(async () => {
    stage = await Stage.open();
    ask = await askedOver(adapter, stage);
  });
  afterEach(() => stage.close());

  describe.each(FORMATS)('of %s ends with its closing mark, once,', (path, format, mark) => {
    test.each(ENDINGS)('when the provider %s', async (ending) => {
      stage.provider.always(whole(format, mark, ending));
      const text = await (await ask(path)).text();
      expect(text.split(mark)).toEqual([expect.stringContaining('Hello'), '']);
    });
  });
});
