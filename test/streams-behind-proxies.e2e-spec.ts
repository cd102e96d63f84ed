import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { GATEWAYS } from './support/app.js';
import { controlOptions, OPERATOR } from './support/control.js';
import { begin, chunk } from './support/fake-provider.js';
import { KEY, startGateway } from './support/gateway.js';
import { Nginx } from './support/nginx.js';
import { Stage, urlOf } from './support/stage.js';

/** Milliseconds that a proxy may add to the first chunk. */
const ADDED = 100;

describe.each(GATEWAYS)('A stream in front of which something may buffer, on %s', (adapter) => {
  let stage: Stage;
  let app: INestApplication;
  let nginx: Nginx;
  let sentAt: number;

  beforeEach(async () => {
    stage = await Stage.open();
    // One chunk, and then nothing for longer than the test takes.
    stage.provider.always((_request, response) => {
      begin(response);
      response.write(chunk('model-blue', 'first'), () => (sentAt = performance.now()));
    });
    app = await startGateway(stage, adapter, { options: controlOptions });
    const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
    nginx = await Nginx.before(port);
  });
  afterEach(async () => {
    await nginx.stop();
    await stage.close();
  });

  async function through(path: string, key: string, body?: object): Promise<IncomingMessage> {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'accept-encoding': 'gzip' };
    const options = { port: nginx.port, path, method: body ? 'POST' : 'GET', headers, rejectUnauthorized: false };
    const call = request(options);
    call.on('error', () => {});
    call.end(body && JSON.stringify(body));
    const [answer] = (await once(call, 'response')) as [IncomingMessage];
    return answer;
  }

  test('reaches the caller of nginx with TLS as soon as it leaves us', async () => {
    const body = { model: 'chat', stream: true, messages: [{ role: 'user', content: 'Hi' }] };
    // What buffers adds its wait to each of them; a busy machine spares one.
    const added: number[] = [];
    for (let n = 0; n < 5; n++) {
      const answer = await through('/v1/chat/completions', KEY, body);
      const [first] = (await once(answer, 'data')) as [Buffer];
      added.push(performance.now() - sentAt);
      expect(first.toString()).toContain('first');
      expect(answer.headers['content-encoding']).toBeUndefined();
      answer.destroy();
    }
    expect(Math.min(...added)).toBeLessThan(ADDED);
  });

  test('of events does so, too', async () => {
    const answer = await through('/v1/events', OPERATOR);
    const [first] = (await once(answer, 'data')) as [Buffer];
    expect(first.toString()).toContain(': hello');
    answer.destroy();
  });

  test.each([
    ['/v1/chat/completions', KEY, { model: 'chat', stream: true, messages: [{ role: 'user', content: 'Hi' }] }],
    ['/v1/events', OPERATOR, undefined],
  ])('says so in its headers: %s', async (path, key, body) => {
    const leave = new AbortController();
    const answer = await fetch(`${urlOf(app)}${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      signal: leave.signal,
      ...(body && { body: JSON.stringify(body) }),
    });
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'content-type': expect.stringContaining('text/event-stream'),
    });
    leave.abort();
  });
});
