import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { ADAPTERS } from './support/app.js';
import { controlOptions, READER } from './support/control.js';
import { KEY, startGateway } from './support/gateway.js';
import { sendRaw, statusesIn } from './support/raw-http.js';
import { Stage, urlOf } from './support/stage.js';

let stage: Stage;
beforeEach(async () => (stage = await Stage.open()));
afterEach(() => stage.close());

const lines = (...all: readonly string[]): string => `${all.join('\r\n')}\r\n\r\n`;

describe.each(ADAPTERS)('On %s', (adapter) => {
  const started = (): Promise<INestApplication> => startGateway(stage, adapter, { options: controlOptions });
  const asReader = { headers: { authorization: `Bearer ${READER}` } };

  test.each(['/v1/rollouts/%zz', '/v1/rollouts/%', '/v1/rollouts/%ff%zz', '/v1/models/versions/%zz'])(
    'the path %s names nothing that is known: 404 in our shape',
    async (path) => {
      const response = await fetch(`${urlOf(await started())}${path}`, asReader);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({
        error: { type: 'invalid_request_error', message: expect.any(String) },
      });
    },
  );

  test('a model by such a name is an unknown model, in the shape that SDKs know', async () => {
    const headers = { authorization: `Bearer ${KEY}` };
    const response = await fetch(`${urlOf(await started())}/v1/models/%zz`, { headers });
    expect([response.status, await response.json()]).toMatchObject([
      404,
      { error: { message: expect.stringContaining('%zz') } },
    ]);
  });

  test('paths of the app are left as they are', async () => {
    expect((await fetch(`${urlOf(await started())}/theirs/%zz`)).status).toBeGreaterThanOrEqual(400);
  });

  test('two Host headers are refused, in either spelling', async () => {
    const app = await started();
    const call = (...hosts: readonly string[]) =>
      sendRaw(app, lines('GET /v1/status HTTP/1.1', ...hosts, `authorization: Bearer ${READER}`, 'connection: close'));
    expect(statusesIn(await call('host: a'))).toEqual([200]);
    expect(statusesIn(await call('host: a', 'Host: b'))).toEqual([400]);
    expect(await call('host: a', 'host: a')).toContain('more than one Host header');
  });

  test('TRACE is answered as any method that nobody serves', async () => {
    const call = lines('TRACE /v1/chat/completions HTTP/1.1', 'host: a', 'cookie: secret=1', 'connection: close');
    const answer = await sendRaw(await started(), call);
    expect(statusesIn(answer)).toEqual([404]);
    expect(answer).toContain('There is no TRACE /v1/chat/completions here.');
    expect(answer).not.toContain('secret=1');
  });

  test('HEAD of the events is answered at once, and the connection serves the next request', async () => {
    const app = await started();
    const socket = connect(Number(new URL(urlOf(app)).port), '127.0.0.1');
    const head = ['host: a', `authorization: Bearer ${READER}`];
    socket.write(lines('HEAD /v1/events HTTP/1.1', ...head));
    socket.write(lines('GET /v1/status HTTP/1.1', ...head, 'connection: close'));
    let answer = '';
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
    await once(socket, 'close');
    expect(statusesIn(answer)).toEqual([200, 200]);
    expect(answer).toContain('text/event-stream');
    expect(answer).not.toContain(': hello');
  });
});
