import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { INestApplication } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Telemetry } from 'nestjs-blue-green';
import { ADAPTERS } from './support/app.js';
import { control, controlOptions, OPERATOR } from './support/control.js';
import { pollution } from './support/fuzz.js';
import { KEY, startGateway } from './support/gateway.js';
import { rawCall } from './support/raw-http.js';
import { Stage, urlOf } from './support/stage.js';

const MEGABYTE = 1024 * 1024;
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const withContent = (content: string) => `{"model":"chat","messages":[{"role":"user","content":${content}}]}`;
const GOOD = withContent('"Hi"');

/**
 * A hundred megabytes of blanks, packed a thousandfold and more: the first thing that a decoder has to be bounded for.
 */
const BLANKS = Buffer.alloc(100 * MEGABYTE, ' ');
const BOMB = gzipSync(BLANKS);
const LITTLE_BOMB = brotliCompressSync(BLANKS, { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } });

/** Answers that are good ones to whoever unpacks all of it. */
const CHOICE = '{"index":0,"message":{"content":"Hi"},"delta":{"content":"Hi"},"finish_reason":"stop"}';
const ANSWER = `{"choices":[${CHOICE}]}`;
const PACKED_JSON = gzipSync(Buffer.concat([BLANKS, Buffer.from(ANSWER)]));
const PACKED_STREAM = gzipSync(Buffer.concat([Buffer.from(':'), BLANKS, Buffer.from(`\n\ndata: ${ANSWER}\n\n`)]));

describe.each(ADAPTERS)('a body that is meant to do harm, on %s,', (adapter) => {
  let directory: string;
  let stage: Stage;
  let app: INestApplication;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'blue-green-bodies-'));
    stage = await Stage.open();
    app = await startGateway(stage, adapter, {
      options: {
        ...controlOptions,
        breaker: false,
        retry: { attempts: 1 },
        journal: { file: join(directory, 'journal.jsonl') },
        requestLog: { content: true },
        shadow: { percentage: 100, file: join(directory, 'shadow.jsonl'), storeContent: true },
      },
    });
  });
  beforeEach(() => stage.provider.reset());
  afterAll(async () => {
    await stage.close();
    await rm(directory, { recursive: true });
  });

  const send = async (body: string | Buffer, path = '/v1/chat/completions', headers: Record<string, string> = {}) => {
    const response = await fetch(urlOf(app) + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${OPERATOR}`, 'content-type': 'application/json', ...headers },
      body,
    });
    return { status: response.status, text: await response.text() };
  };

  const errors = () => app.get(Telemetry).total('chat', 'blue', 'v1').errors;

  test.each([
    ['gzip', BOMB],
    ['br', LITTLE_BOMB],
  ])('packed with %s a thousandfold: is refused before it is unpacked', async (encoding, bomb) => {
    const before = process.memoryUsage().rss;
    const answers = await Promise.all(
      [1, 2, 3].map(() => send(bomb, '/v1/chat/completions', { 'content-encoding': encoding })),
    );
    for (const { status } of answers) expect([400, 413, 415]).toContain(status);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * MEGABYTE);
    expect(stage.provider.calls).toEqual([]);
  });

  test.each([1_000, 6_000, 40_000])(
    'nested %i levels deep: is an error of the caller, and nobody else notices',
    async (levels) => {
      const failed = errors();
      for (const body of [nested(levels), withContent(nested(levels))]) {
        expect([200, 400]).toContain((await send(body)).status);
        expect([200, 400]).toContain((await send(body, '/v1/embeddings')).status);
      }
      for (const path of [
        '/v1/models/versions',
        '/v1/routes/traffic',
        '/v1/rollouts/chat/start',
        '/v1/auth/validate',
      ]) {
        expect([400, 422]).toContain((await send(`{"metadata":{"a":${nested(levels)}}}`, path)).status);
      }
      expect(errors()).toBe(failed);
      expect((await send(GOOD)).status).toBe(200);
      expect((await control(app, 'GET', '/requests')).status).toBe(200);
    },
  );

  test('of many keys, or of long ones, is answered like any other', async () => {
    const keys = Array.from({ length: 5_000 }, (_, n) => `"key_${n.toString(36)}":0`).join(',');
    expect((await send(`{${keys},"model":"chat","messages":[]}`)).status).toBe(200);
    expect((await send(`{"${'k'.repeat(90_000)}":1}`, '/v1/auth/validate')).status).toBe(422);
    expect((await send(`{"${'/'.repeat(90_000)}":"${'/'.repeat(5_000)}"}`, '/v1/auth/validate')).status).toBe(422);
  });

  test('of slashes without end is refused as soon as any other', async () => {
    const slashes = '/'.repeat(95_000);
    for (const body of [{ reason: slashes }, { nothing: slashes }]) {
      const began = process.cpuUsage();
      expect((await send(JSON.stringify(body), '/v1/rollouts/chat/pause')).status).toBe(422);
      // With a pattern that begins anew at each of them it took seconds.
      expect(process.cpuUsage(began).user).toBeLessThan(1_000_000);
    }
    const version = { version_tag: 'v-9', model: 'm', upstream_endpoint: `${slashes}x` };
    expect((await send(JSON.stringify(version), '/v1/models/versions')).status).toBe(422);
  });

  test.each([
    `{"model":"chat","messages":[],"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}`,
    `{"model":"__proto__","messages":[]}`,
    `{"model":"chat","messages":[{"__proto__":{"polluted":1}}],"stream_options":{"__proto__":{"include_usage":true}}}`,
  ])('with the names of built-ins gives no object another prototype: %s', async (body) => {
    await send(body);
    await send(body, '/v1/embeddings');
    await send(body, '/v1/messages');
    for (const { body: seen } of stage.provider.calls) expect(Object.keys(seen)).not.toContain('polluted');
    expect(pollution()).toEqual([]);
  });

  test.each([
    ['/v1/routes/traffic', '{"route_rules":{"__proto__":50,"blue":50}}'],
    ['/v1/routes/traffic', '{"route_rules":{"constructor":100}}'],
    ['/v1/routes/traffic', '{"model_alias":"__proto__","route_rules":{"blue":100}}'],
    ['/v1/rollouts/__proto__/start', '{}'],
    ['/v1/rollouts/chat/shift', '{"target":"__proto__","increment":10}'],
    ['/v1/rollouts/chat/shift', '{"target":"constructor","increment":10}'],
    ['/v1/rollouts/chat/start', '{"schedule":{"to":"toString"},"force":true,"reason":"try"}'],
    ['/v1/rollouts/chat/preflight', '{"environment":"__proto__"}'],
    ['/v1/models/versions', '{"version_tag":"v-8","model":"m","metadata":{"__proto__":{"polluted":1}},"x":1}'],
  ])('with the name of a built-in is refused by %s: %s', async (path, body) => {
    expect([400, 404, 422]).toContain((await send(body, path)).status);
    expect(pollution()).toEqual([]);
    expect((await send(GOOD)).status).toBe(200);
  });

  describe('sent slowly', () => {
    const sockets: Socket[] = [];
    afterEach(() => sockets.splice(0).forEach((socket) => socket.destroy()));

    test('asks nobody before it is whole, and holds up nobody else', async () => {
      const call = rawCall(KEY, GOOD);
      for (let n = 0; n < 50; n++) {
        const socket = connect(Number(new URL(urlOf(app)).port), '127.0.0.1').on('error', () => undefined);
        sockets.push(socket);
        await once(socket, 'connect');
        socket.write(call.slice(0, call.length - 1 - n));
      }
      expect((await send(GOOD)).status).toBe(200);
      expect(stage.provider.calls.filter(({ body }) => body['model'] === 'model-blue')).toHaveLength(1);
      const [last] = sockets;
      last!.write(call.slice(-1));
      expect(String((await once(last!, 'data'))[0])).toMatch(/^HTTP\/1\.1 200 /);
    });
  });

  test.each<[string, string, Buffer, boolean]>([
    ['JSON', 'application/json', PACKED_JSON, false],
    ['an event stream', 'text/event-stream', PACKED_STREAM, true],
  ])(
    'as the answer of a provider, %s packed a thousandfold, is given up at its bound',
    async (_, type, bytes, stream) => {
      stage.provider.always((_request, response) => {
        response.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' }).end(bytes);
      });
      expect((await send(JSON.stringify({ model: 'chat', messages: [], stream }))).status).toBe(502);
      stage.provider.reset();
      expect((await send(GOOD)).status).toBe(200);
    },
  );

  test('as the answer of a provider, nested deeper than calls can be, goes through as it came', async () => {
    const deep = nested(20_000);
    stage.provider.always((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(`{"choices":[${CHOICE}],"x":${deep}}`);
    });
    const answer = await send(GOOD);
    expect([answer.status, answer.text.includes(deep)]).toEqual([200, true]);
  });

  test('as the answer of a provider, with a header that Node would not send, goes through without it', async () => {
    stage.provider.always((_request, response) => {
      response.socket!.end(
        `HTTP/1.1 200 OK\r\ncontent-type: application/json; x=€\r\ncontent-length: ${ANSWER.length}\r\n\r\n${ANSWER}`,
      );
    });
    expect((await send(GOOD)).status).toBe(200);
  });
});
