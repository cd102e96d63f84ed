import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, test } from '@jest/globals';
import { ControlClient } from './control-client.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test('a stream of events ends when it is left, even when garbage was collected meanwhile', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {"type":"StepEntered"}\n\n');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = new ControlClient({ url: `http://127.0.0.1:${port}`, key: undefined, timeout: 5_000 });

  const left = new AbortController();
  const events = client.events(undefined, left.signal);
  expect((await events.next()).value).toEqual({ type: 'StepEntered' });
  const next = events.next();
  for (let turn = 0; turn < 5; turn++) {
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
  }
  left.abort();
  expect(await next).toEqual({ value: undefined, done: true });
  server.close();
  server.closeAllConnections();
});

describe('somebody who answers and is not a control API', () => {
  let server: Server | undefined;

  afterEach(() => void server?.close());

  async function clientOf(type: string, body: string): Promise<ControlClient> {
    server = createServer((_request, response) => response.writeHead(200, { 'content-type': type }).end(body));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    return new ControlClient({ url: `http://127.0.0.1:${port}/v1`, key: 'a-key', timeout: 5_000 });
  }

  test.each([
    ['text/html', '<html>Welcome</html>'],
    ['application/json', '{"ok":true}'],
    ['application/json', '{"data":[{"ok":true}]}'],
    ['application/json', ''],
  ])('is believed nothing: %s %s', async (type, body) => {
    const client = await clientOf(type, body);
    const asked: Record<string, () => Promise<unknown>> = {
      status: () => client.status(),
      rollout: () => client.rollout('chat'),
      preflight: () => client.preflight('chat', undefined),
      cost: () => client.read('/cost/report', {}, 'environments'),
      audit: () => client.audit({}),
      validateKey: () => client.validateKey(undefined, true),
      report: () => client.report('chat', 'md', undefined),
      events: () => client.events(undefined, new AbortController().signal).next(),
    };
    for (const [name, ask] of Object.entries(asked)) {
      const error: unknown = await ask().then(
        () => `${name} went through`,
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({ code: 'no_control_api', exitCode: 1, remedy: expect.stringContaining('--url') });
      expect(String(error)).toMatch(/^CliError: http:.*\/v1\/.* is not a control API\.$/);
    }
  });
});
