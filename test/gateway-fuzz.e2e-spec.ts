import type { INestApplication } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { GATEWAYS } from './support/app.js';
import { fuzz } from './support/fuzz.js';
import { KEY, startGateway } from './support/gateway.js';
import { answersHalfClosed, rawCall, sendRaw } from './support/raw-http.js';
import { Stage, urlOf } from './support/stage.js';

const BODY = JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: 'Grüße' }], n: 1 });
const TRACE = 'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const HEADERS = [
  'x-request-id: abc',
  TRACE,
  'x-user-id: ada',
  'cookie: a=b; bg_sticky=x.y',
  'openai-beta: v2',
  'expect: x',
];
const CALLS = [
  rawCall(KEY, BODY, HEADERS.slice(0, 5)),
  rawCall(KEY, `${Buffer.byteLength(BODY).toString(16)}\r\n${BODY}\r\n0\r\n\r\n`, [
    'transfer-encoding: chunked',
    HEADERS[1]!,
  ]),
  rawCall(KEY, BODY, ['x-deployment-env: green', 'x-route-policy: sticky']),
].map((text) => Buffer.from(text));

const junk = fc.oneof(
  fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom(
      '\r\n',
      '\n',
      '\r',
      '\0',
      ' ',
      ':',
      'content-length: 5\r\n',
      '0\r\n\r\n',
      '"',
      '{',
      '__proto__',
      '%2e%2e/',
    )
    .map((text) => Buffer.from(text)),
);
const change = fc.record({ at: fc.nat(1_000), removed: fc.constantFrom(0, 0, 1, 2, 20, 400), added: junk });
const spoilt = fc
  .tuple(fc.constantFrom(...CALLS), fc.array(change, { minLength: 1, maxLength: 3 }))
  .map(([call, changes]) =>
    changes.reduce((bytes, { at, removed, added }) => {
      const place = at % bytes.length;
      return Buffer.concat([bytes.subarray(0, place), added, bytes.subarray(place + removed)]);
    }, call),
  );

describe('any bytes on the socket of the gateway', () => {
  const apps: INestApplication[] = [];
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.open();
    for (const adapter of GATEWAYS) apps.push(await startGateway(stage, adapter, { configure: answersHalfClosed }));
  });
  afterAll(() => stage.close());

  fuzz(
    'get an answer of HTTP or none; what reaches the provider is a call of the version, with no key but its own',
    fc.tuple(
      fc.nat(1),
      fc.oneof(
        { weight: 9, arbitrary: spoilt },
        { weight: 1, arbitrary: fc.uint8Array().map((bytes) => Buffer.from(bytes)) },
      ),
    ),
    async ([which, bytes]) => {
      const answer = await sendRaw(apps[which]!, bytes);
      expect(answer).toMatch(/^(HTTP\/1\.1 \d{3} |$)/);
      expect(answer).not.toMatch(/^HTTP\/1\.1 500/m);
      for (const { headers, body } of stage.provider.calls) {
        expect(headers.authorization).toMatch(/^Bearer sk-upstream-(blue|green)$/);
        expect(body['model']).toMatch(/^model-(blue|green)$/);
        expect(JSON.stringify(headers)).not.toContain(KEY);
      }
      stage.provider.reset();
    },
  );

  test('and then everybody is served as before', async () => {
    for (const app of apps) {
      const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
      const response = await fetch(`${urlOf(app)}/v1/chat/completions`, { method: 'POST', headers, body: BODY });
      expect(response.status).toBe(200);
    }
  });
});
