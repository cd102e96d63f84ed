import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { KEY, startGateway } from './support/gateway.js';
import { answersHalfClosed, rawCall, sendRaw, statusesIn } from './support/raw-http.js';
import { Stage, urlOf } from './support/stage.js';

const ASKED = { model: 'chat', messages: [{ role: 'user', content: 'Hello' }] };
const PATH = '/v1/chat/completions';

interface Call extends RequestInit {
  readonly headers?: Readonly<Record<string, string>>;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

let stage: Stage;
let apps: readonly INestApplication[];
beforeAll(async () => {
  stage = await Stage.open();
  apps = [await startGateway(stage, 'direct', { configure: answersHalfClosed }), await startGateway(stage, 'express')];
});
beforeEach(() => stage.provider.reset());
afterAll(() => stage.close());

/** What the direct way answers, and what the framework does. */
function both(path: string, init: Call): Promise<readonly Answer[]> {
  return Promise.all(
    apps.map(async (app) => {
      const { headers = {}, ...rest } = init;
      const sent = { 'content-type': 'application/json', authorization: `Bearer ${KEY}`, ...headers };
      const response = await fetch(urlOf(app) + path, { method: 'POST', ...rest, headers: sent });
      return { status: response.status, body: await response.json() };
    }),
  );
}

describe('a call on the direct way', () => {
  test.each<readonly [what: string, status: number, init: Call & { path?: string }]>([
    ['an answer', 200, { body: JSON.stringify(ASKED) }],
    [
      'a type with its charset',
      200,
      { body: JSON.stringify(ASKED), headers: { 'content-type': 'application/json; charset=UTF-8' } },
    ],
    ['a query', 200, { body: JSON.stringify(ASKED), path: `${PATH}?beta=true` }],
    ['a slash at the end', 200, { body: JSON.stringify(ASKED), path: `${PATH}/` }],
    ['a mark of the byte order', 200, { body: `\ufeff${JSON.stringify(ASKED)}` }],
    ['a compressed body', 200, { body: gzipSync(JSON.stringify(ASKED)), headers: { 'content-encoding': 'gzip' } }],
    ['another type', 415, { body: JSON.stringify(ASKED), headers: { 'content-type': 'text/plain' } }],
    [
      'another charset',
      415,
      { body: JSON.stringify(ASKED), headers: { 'content-type': 'application/json; charset=klingon' } },
    ],
    ['no body', 400, {}],
    ['half a body', 400, { body: '{"model":' }],
    ['a text', 400, { body: '"chat"' }],
    ['null', 400, { body: 'null' }],
    ['a list', 400, { body: '[]' }],
    ['a body beyond the limit', 413, { body: JSON.stringify({ ...ASKED, user: 'x'.repeat(110 * 1024) }) }],
    ['no key', 401, { body: JSON.stringify(ASKED), headers: { authorization: '' } }],
    ['an unknown route', 404, { body: JSON.stringify({ ...ASKED, model: 'nothing' }) }],
    ['another method', 404, { method: 'PUT', body: JSON.stringify(ASKED) }],
    ['a path of nobody', 404, { body: JSON.stringify(ASKED), path: '/v1/nothing' }],
  ])('is answered as by the framework: %s', async (_what, status, { path = PATH, ...init }) => {
    const [direct, framework] = await both(path, init);
    expect(direct?.status).toBe(status);
    expect(shapeOf(direct)).toEqual(shapeOf(framework));
  });

  test('sends the body on as it was written: only its model is another one', async () => {
    const written = '{ "messages":[{"role":"user","content":"café"}], "seed": 12345678901234567890, "model": "chat" }';
    await both(PATH, { body: written });
    const asWritten = stage.provider.calls.filter(
      ({ text, body }) => text === written.replace('"chat"', JSON.stringify(body['model'])),
    );
    expect(asWritten).toHaveLength(1);
  });

  test('takes a body that comes in pieces of unknown number', async () => {
    const body = JSON.stringify(ASKED);
    const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    const answer = await sendRaw(apps[0]!, rawCall(KEY, chunked, ['transfer-encoding: chunked', 'connection: close']));
    expect(statusesIn(answer)).toEqual([200]);
  });

  test('outlives a caller who leaves in the middle of a body', async () => {
    await sendRaw(apps[0]!, rawCall(KEY, '{"model":"chat",', ['content-length: 5000']));
    const [direct] = await both(PATH, { body: JSON.stringify(ASKED) });
    expect(direct?.status).toBe(200);
  });
});

/** Without what differs from call to call. */
function shapeOf(answer: Answer | undefined): unknown {
  const text = JSON.stringify(answer).replaceAll(/"(id|created)":("[^"]*"|\d+)/g, '"$1":0');
  return JSON.parse(text);
}
