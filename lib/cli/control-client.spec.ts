import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
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
