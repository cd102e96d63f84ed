import type { INestApplication } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { GATEWAYS } from './support/app.js';
import { KEY, startGateway } from './support/gateway.js';
import { answersHalfClosed, rawCall, sendRaw, statusesIn } from './support/raw-http.js';
import { Stage } from './support/stage.js';

const body = (content: string) => JSON.stringify({ model: 'chat', messages: [{ role: 'user', content }] });
const OPEN = body('in the open');
const chunked = (text: string, size = text.length.toString(16)) => `${size}\r\n${text}\r\n0\r\n\r\n`;
/** What a proxy in front took for a part of the first request. */
const HIDDEN = rawCall(KEY, body('smuggled'));

const both = (...headers: readonly string[]) => rawCall(KEY, `0\r\n\r\n${HIDDEN}`, headers);
const length = (n: number) => `content-length: ${n}`;

/** What two servers might read as one request and as two. */
const SHAPES: Readonly<Record<string, string>> = {
  'a length and chunks': both(length(HIDDEN.length + 5), 'transfer-encoding: chunked'),
  'chunks and a length': both('transfer-encoding: chunked', length(HIDDEN.length + 5)),
  'two lengths': rawCall(KEY, `${OPEN}${HIDDEN}`, [length(OPEN.length + HIDDEN.length), length(OPEN.length)]),
  'the same length twice': rawCall(KEY, `${OPEN}${HIDDEN}`, [length(OPEN.length), length(OPEN.length)]),
  'a list of lengths': rawCall(KEY, `${OPEN}${HIDDEN}`, [`content-length: ${OPEN.length}, ${OPEN.length}`]),
  'a length with a sign': rawCall(KEY, `${OPEN}${HIDDEN}`, [`content-length: +${OPEN.length}`]),
  'a length in hexadecimal': rawCall(KEY, `${OPEN}${HIDDEN}`, [`content-length: 0x${OPEN.length.toString(16)}`]),
  'a length below zero': rawCall(KEY, HIDDEN, ['content-length: -1']),
  'a length with a blank inside': rawCall(KEY, `${OPEN}${HIDDEN}`, ['content-length: 1 0']),
  'a blank in front of the colon': both(length(5), 'transfer-encoding : chunked'),
  'chunks that are not the last coding': both('transfer-encoding: chunked, identity'),
  'a coding that nobody knows': both(length(5), 'transfer-encoding: xchunked'),
  'a coding behind a vertical tab': both(length(5), 'transfer-encoding: \u000bchunked'),
  'two codings': both('transfer-encoding: chunked', 'transfer-encoding: identity'),
  'a header on two lines': both('x-note: a', ' transfer-encoding: chunked', length(5)),
  'a header that begins with a blank': both(length(5), ' transfer-encoding: chunked'),
  'a line feed alone in front of a header': both(`x-note: a\ntransfer-encoding: chunked`, length(5)),
  'a carriage return alone': both(`x-note: a\rtransfer-encoding: chunked`, length(5)),
  'line feeds alone everywhere': rawCall(KEY, OPEN).replaceAll('\r\n', '\n') + HIDDEN.replaceAll('\r\n', '\n'),
  'a header without a colon': both(length(5), 'transfer-encoding'),
  'a NUL in a header': both(length(5), 'x-note: a\0b', 'transfer-encoding: chunked'),
  'a size of a chunk that is too large': rawCall(KEY, chunked(OPEN, 'ffffffffffffffff1') + HIDDEN, [
    'transfer-encoding: chunked',
  ]),
  'a size of a chunk with a sign': rawCall(KEY, chunked(OPEN, `+${OPEN.length.toString(16)}`) + HIDDEN, [
    'transfer-encoding: chunked',
  ]),
  'a size of a chunk with 0x': rawCall(KEY, chunked(OPEN, `0x${OPEN.length.toString(16)}`) + HIDDEN, [
    'transfer-encoding: chunked',
  ]),
  'a chunk that ends in a line feed': rawCall(KEY, `${OPEN.length.toString(16)}\n${OPEN}\n0\n\n${HIDDEN}`, [
    'transfer-encoding: chunked',
  ]),
  'a line feed in an extension of a chunk': rawCall(KEY, chunked(OPEN, `${OPEN.length.toString(16)};a\nb`) + HIDDEN, [
    'transfer-encoding: chunked',
  ]),
  'a chunk that is longer than it says': rawCall(KEY, `1\r\n${OPEN}\r\n0\r\n\r\n${HIDDEN}`, [
    'transfer-encoding: chunked',
  ]),
};

describe.each(GATEWAYS)('a request that two servers read differently, on %s,', (adapter) => {
  let stage: Stage;
  let app: INestApplication;

  beforeAll(async () => {
    stage = await Stage.open();
    app = await startGateway(stage, adapter, { configure: answersHalfClosed });
  });
  beforeEach(() => stage.provider.reset());
  afterAll(() => stage.close());

  test.each(Object.entries(SHAPES))('%s: is refused, and nothing behind it is listened to', async (_, bytes) => {
    const statuses = statusesIn(await sendRaw(app, bytes));
    expect(statuses).toEqual([400]);
    expect(stage.provider.seen).toEqual([]);
  });

  test('while the same call as it should be is answered', async () => {
    expect(statusesIn(await sendRaw(app, rawCall(KEY, OPEN)))).toEqual([200]);
    const inChunks = rawCall(KEY, chunked(OPEN), ['transfer-encoding: chunked']);
    expect(statusesIn(await sendRaw(app, inChunks))).toEqual([200]);
    expect(stage.provider.calls).toHaveLength(2);
  });

  test('what goes to the provider is written again: one length, no coding, no header of the connection', async () => {
    const headers = [
      'connection: close, x-note',
      'x-note: a',
      'te: trailers',
      'x-forwarded-host: evil',
      'trailer: x-late',
    ];
    await sendRaw(app, rawCall(KEY, chunked(OPEN), ['transfer-encoding: chunked', ...headers]));
    const sent = stage.provider.calls[0]!.headers;
    expect(sent['content-length']).toMatch(/^\d+$/);
    for (const name of ['transfer-encoding', 'x-note', 'te', 'x-forwarded-host', 'trailer']) {
      expect(sent).not.toHaveProperty(name);
    }
    expect(JSON.stringify(sent)).not.toContain(KEY);
  });

  test.each(['x-request-id', 'traceparent', 'x-user-id', 'openai-beta', 'x-deployment-env'])(
    'a line break in %s adds no header, neither to the answer nor to the call',
    async (name) => {
      for (const end of ['\r\n ', '\n', '\r', '%0d%0a', '\u560d\u560a', '\\r\\n']) {
        const bytes = Buffer.from(rawCall(KEY, OPEN, [`${name}: a${end}x-injected: yes`]), 'latin1');
        expect((await sendRaw(app, bytes)).toLowerCase()).not.toMatch(/^x-injected/m);
      }
      for (const { headers } of stage.provider.seen) expect(headers).not.toHaveProperty('x-injected');
    },
  );
});
