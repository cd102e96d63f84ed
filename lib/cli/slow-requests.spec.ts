import { createServer } from 'node:http';
import { expect, test } from '@jest/globals';
import { limitSlowRequests } from './slow-requests.js';

test('Requests have limits on their time, and idle connections outlive those of load balancers', () => {
  const server = createServer();
  limitSlowRequests(server);
  expect([server.headersTimeout, server.requestTimeout]).toEqual([20_000, 300_000]);
  expect(server.keepAliveTimeout).toBeGreaterThan(65_000);
});
