import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { limitSlowRequests } from './slow-requests.js';

test.each([
  ['headers', 'POST / HTTP/1.1\r\nhost: x\r\n'],
  ['body', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nab'],
])('a request whose %s do not come to their end is given up', async (_, part) => {
  const server = createServer({ connectionsCheckingInterval: 20, requestTimeout: 0 });
  limitSlowRequests(server, { headers: 60, request: 80 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(part);
  expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 408 /);
  server.close();
  await once(server, 'close');
});
